import type { Template } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import { PARTS, type Part, type StoredTemplate } from '../../data/templates.ts'

/** Fields of the form. */
export interface TemplateValues extends Readonly<Record<Part, string | null>> {
  readonly name: string
  /** Empty: every channel. */
  readonly channel: string
  /** Empty: both. */
  readonly language: Language | ''
}

/** The fields for a template, or for a new one; a part that is null has no words of its own. */
export const readTemplate = (template: StoredTemplate | undefined, first: Partial<Template>): TemplateValues => {
  const from = template ?? first
  return {
    name: from.name ?? '',
    channel: from.channel ?? '',
    language: from.language ?? '',
    title: from.title ?? null,
    text: from.text ?? null,
    letter: from.letter ?? null,
  }
}

/** What a template is called when nobody has named it. */
export const nameFor = (type: string, { channel, language }: Pick<TemplateValues, 'channel' | 'language'>): string =>
  [type, channel, language].filter((each) => each !== '').join(' · ')

/** The template that the fields make. */
export const writeTemplate = (values: TemplateValues, type: string): Template => ({
  name: values.name.trim() === '' ? nameFor(type, values) : values.name.trim(),
  type,
  ...(values.channel === '' ? {} : { channel: values.channel }),
  ...(values.language === '' ? {} : { language: values.language }),
  ...ownParts(values),
})

/** The parts that have words of their own. */
export const ownParts = (values: TemplateValues): Partial<Record<Part, string>> =>
  Object.fromEntries(PARTS.flatMap((part) => (values[part] === null ? [] : [[part, values[part]]])))
