import type { Language } from '../text.ts'
import type { Templates } from './event-type.ts'
import { CHANGED, type Field, type Fields } from './fields.ts'

/**
 * Writes the default templates of a type from its fields. A line appears only when its variable is there: the tags that
 * surround it end in `-%}`, which eats the line break after them, so neither an absent line nor its tags leave a blank.
 *
 *     {% if event.data.object != blank -%}
 *     Объект: {{ event.data.object }}
 *     {% endif -%}
 *
 * `!= blank` is false for what is missing, empty text and an empty list, and true for 0.
 */

const DATE = { ru: '%d.%m.%Y', en: '%Y-%m-%d' }
const UNITS = { ru: { seconds: 'с', bytes: 'ГБ' }, en: { seconds: 's', bytes: 'GB' } }
const WHEN = { ru: 'Когда', en: 'When' }
const WHO = { ru: 'Кто', en: 'Who' }

/** The moment at `path` in the recipient's zone, which the renderer knows. */
export const moment = (path: string, language: Language): string => `{{ ${path} | date: "${DATE[language]} %H:%M" }}`

/** Lines that appear when `path` is there. */
const given = (path: string, lines: string): string => `{% if ${path} != blank -%}\n${lines}\n{% endif -%}\n`

/** A `case` that turns values into words. */
function wording(
  path: string,
  words: Readonly<Record<string, Record<Language, string>>>,
  language: Language,
  other: string,
) {
  const whens = Object.entries(words).map(([value, text]) => `{% when "${value}" %}${text[language]}`)
  return `{% case ${path} %}${whens.join('')}{% else %}${other}{% endcase %}`
}

/** The value of a field as Liquid output. */
function value(path: string, field: Field, language: Language): string {
  switch (field.shape) {
    case 'list':
      return `{{ ${path} | join: ", " }}`
    case 'time':
      return moment(path, language)
    case 'date':
      return `{{ ${path} | date: "${DATE[language]}" }}`
    case 'percent':
      return `{{ ${path} }} %`
    case 'seconds':
      return `{{ ${path} | round }} ${UNITS[language].seconds}`
    case 'bytes':
      return `{{ ${path} | divided_by: 1073741824.0 | round: 1 }} ${UNITS[language].bytes}`
    case 'money':
      return `{{ ${path} }} {{ event.data.currency | default: "₽" }}`
    case 'share':
      return `{{ ${path} }}{% if event.data.total != blank %} ${language === 'ru' ? 'из' : 'of'} {{ event.data.total }}{% endif %}`
    case 'words':
      return wording(path, field.words ?? {}, language, `{{ ${path} }}`)
    default:
      return `{{ ${path} }}`
  }
}

/** One changed field: its label, the value before, the value after. */
function change(language: Language): { label: string; before: string; after: string } {
  return {
    label: wording('change.field', CHANGED, language, '{{ change.label | default: change.field }}'),
    before: '{{ change.from | join: ", " | default: "—" }}',
    after: '{{ change.to | join: ", " | default: "—" }}',
  }
}

function textLine(name: string, field: Field, language: Language): string {
  const path = `event.data.${name}`
  if (field.shape === 'changes') {
    const { label, before, after } = change(language)
    return `{% for change in ${path} -%}\n${label}: ${before} → ${after}\n{% endfor -%}\n`
  }
  if (field.shape === 'prose') return given(path, `{{ ${path} | strip | truncate: 700 }}`)
  return given(path, `${field.label[language]}: ${value(path, field, language)}`)
}

const row = (label: string, value: string) => `<tr><th>${label}</th><td>${value}</td></tr>`

function letterRow(name: string, field: Field, language: Language): string {
  const path = `event.data.${name}`
  if (field.shape === 'changes') {
    const { label, before, after } = change(language)
    return `{% for change in ${path} -%}\n${row(label, `${before} → ${after}`)}\n{% endfor -%}\n`
  }
  return given(path, row(field.label[language], value(path, field, language)))
}

function letterProse(name: string): string {
  const path = `event.data.${name}`
  const lines = `{% assign paragraphs = ${path} | split: "\\n" -%}\n{% for paragraph in paragraphs -%}\n<p>{{ paragraph }}</p>\n{% endfor -%}`
  return given(path, lines)
}

/** The short text: the fields `shown`, then who and when. */
function text(fields: Fields, shown: readonly string[], language: Language): string {
  const lines = shown.map((name) => textLine(name, fields[name]!, language))
  const signed = '{% if event.actor.user != blank %}{{ event.actor.user }}, {% endif %}'
  return lines.join('') + signed + moment('event.time', language)
}

/** The letter: the title, a table of everything that is there, what was written, in full. */
function letter(title: string, fields: Fields, language: Language): string {
  const names = Object.keys(fields).filter((name) => fields[name]!.shape !== 'hidden')
  const isProse = (name: string) => fields[name]!.shape === 'prose'
  const rows = names.filter((name) => !isProse(name)).map((name) => letterRow(name, fields[name]!, language))
  const who = given('event.actor.user', row(WHO[language], '{{ event.actor.user }}'))
  const when = row(WHEN[language], moment('event.time', language))
  const written = names.filter(isProse).map(letterProse)
  return `<p><b>${title}</b></p>\n${written.join('')}<table>\n${rows.join('')}${who}${when}\n</table>`
}

/** The default templates of a type in one language. `shown` names the fields of the short text, in order. */
export function templates(title: string, fields: Fields, shown: readonly string[], language: Language): Templates {
  const lines = shown.filter((name) => fields[name]!.shape !== 'hidden')
  return { title, text: text(fields, lines, language), letter: letter(title, fields, language) }
}
