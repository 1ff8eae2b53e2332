import type { Template } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'

/** A template of a workspace, as it is saved. */
export interface OwnTemplate {
  readonly id: number
  readonly version: number
  readonly template: Template
}

/** Own words for a type, the most particular first: this channel before every channel, this language before any. */
export function fitting<Words extends { readonly template: Template }>(
  templates: readonly Words[],
  type: string,
  channel: string,
  language: Language,
): Words[] {
  const fits = templates.filter(
    ({ template }) =>
      template.type === type &&
      (template.channel === undefined || template.channel === channel) &&
      (template.language === undefined || template.language === language),
  )
  const rank = ({ template }: Words): number =>
    (template.channel === undefined ? 2 : 0) + (template.language === undefined ? 1 : 0)
  return fits.sort((a, b) => rank(a) - rank(b))
}
