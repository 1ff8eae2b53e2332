/*
 * Words that telephony has always written into its letters without braces: NOTIFICATION_CALLERID, VM_DUR. Each stands for a
 * piece of template, put in before the template is read; so the values are escaped for the medium like all others, and a
 * value in which such a word occurs is not looked at again.
 */
import type { Category } from '@nabat/api/catalog/event-type.ts'
import type { Text } from '@nabat/api/text.ts'

/** A bare word: the Liquid it stands for, in plain text and in HTML. */
export interface BareWord {
  readonly title: Text
  readonly liquid: string
  /** Where it is another in HTML. */
  readonly html?: string
}

const CALLER = '{{ event.data.caller }}'
const CALLER_NAME = '{{ event.data.callerName | default: event.data.caller }}'
const CALLEE = '{{ event.data.to | default: event.data.group }}'
const MOMENT = '{{ event.time | date: "%Y-%m-%d %H:%M:%S" }}'
const callerId = (quote: string, less: string, more: string): string =>
  `{% if event.data.callerName != blank %}${quote}{{ event.data.callerName }}${quote} ${less}${CALLER}${more}{% else %}${CALLER}{% endif %}`

/** Every bare word. */
export const BARE_WORDS: Readonly<Record<string, BareWord>> = {
  NOTIFICATION_MISSEDCAUSE: {
    title: {
      ru: 'Причина: всегда NOANSWER, подробнее event.data.cause',
      en: 'Cause: always NOANSWER; event.data.cause',
    },
    liquid: 'NOANSWER',
  },
  NOTIFICATION_CALLERID: { title: { ru: 'Номер звонившего', en: 'Number of the caller' }, liquid: CALLER },
  NOTIFICATION_NAME_FROM: { title: { ru: 'Имя звонившего', en: 'Name of the caller' }, liquid: CALLER_NAME },
  NOTIFICATION_TO: { title: { ru: 'Кому звонили', en: 'Who was called' }, liquid: CALLEE },
  NOTIFICATION_NAME_TO: { title: { ru: 'Кому звонили', en: 'Who was called' }, liquid: CALLEE },
  NOTIFICATION_DURATION: {
    title: { ru: 'Сколько ждали, секунд', en: 'How long they waited, seconds' },
    liquid: '{{ event.data.waitedSeconds | default: event.data.durationSeconds | default: 0 | round }}',
  },
  NOTIFICATION_DATE: { title: { ru: 'Когда звонили', en: 'When they called' }, liquid: MOMENT },
  VM_DATE: { title: { ru: 'Когда оставлено сообщение', en: 'When the message was left' }, liquid: MOMENT },
  VM_CALLERID: {
    title: { ru: 'Имя и номер: "Имя" <101>', en: 'Name and number: "Name" <101>' },
    liquid: callerId('"', '<', '>'),
    html: callerId('&quot;', '&lt;', '&gt;'),
  },
  VM_DUR: {
    title: { ru: 'Длина сообщения, 0:17', en: 'Length of the message, 0:17' },
    liquid:
      '{{ event.data.durationSeconds | default: 0 | divided_by: 60 | floor }}:{{ event.data.durationSeconds | default: 0 | round | modulo: 60 | prepend: "0" | slice: -2, 2 }}',
  },
  VM_CALLER_NAME: { title: { ru: 'Имя звонившего', en: 'Name of the caller' }, liquid: CALLER_NAME },
  VM_CALLER_NUM: { title: { ru: 'Номер звонившего', en: 'Number of the caller' }, liquid: CALLER },
}

/** Events of these categories have them. */
export const hasBareWords = (category: Category): boolean => category === 'calls'

/** Liquid, which is left as it is (what nothing closes up to the end), or a whole word. */
const LIQUID_OR_WORD =
  /\{%-?\s*raw\s*-?%\}[\s\S]*?(?:\{%-?\s*endraw\s*-?%\}|$)|\{%[\s\S]*?(?:%\}|$)|\{\{[\s\S]*?(?:\}\}|$)|(?<![\p{L}\p{N}_])(?:NOTIFICATION|VM)_[A-Z_]+(?![\p{L}\p{N}_])/gu

/** A template with its bare words turned into Liquid; `html`: the values will be escaped. */
export const withBareWords = (template: string, html: boolean): string =>
  template.replace(LIQUID_OR_WORD, (found) => {
    if (!Object.hasOwn(BARE_WORDS, found)) return found
    const { liquid, html: inHtml = liquid } = BARE_WORDS[found]!
    return html ? inHtml : liquid
  })
