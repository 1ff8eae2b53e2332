import type { Language } from '../text.ts'
import type { Templates } from './event-type.ts'
import { CHANGED, type Field, type Fields, type Shape } from './fields.ts'

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
const UNITS = {
  ru: { s: 'с', min: 'мин', giga: 'ГБ', tera: 'ТБ', comma: ',' },
  en: { s: 's', min: 'min', giga: 'GB', tera: 'TB', comma: '.' },
}
const GIGA = 1e9
const TERA = 1e12
const YES = { ru: 'да', en: 'yes' }
const NO = { ru: 'нет', en: 'no' }
const DUE = { ru: 'срок', en: 'due' }
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

/** Bytes as disks are sold: decimal gigabytes, and terabytes from one up. */
function size(path: string, language: Language): string {
  const { giga, tera, comma } = UNITS[language]
  const of = (unit: number) => `{{ ${path} | divided_by: ${unit}.0 | round: 1 | replace: ".", "${comma}" }}`
  return `{% if ${path} >= ${TERA} %}${of(TERA)} ${tera}{% else %}${of(GIGA)} ${giga}{% endif %}`
}

/** Seconds, with minutes before them from one up. */
function duration(path: string, language: Language): string {
  const { s, min } = UNITS[language]
  const minutes = `{% if ${path} >= 60 %}{{ ${path} | divided_by: 60 | floor }} ${min} {% endif %}`
  return `${minutes}{{ ${path} | round | modulo: 60 }} ${s}`
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
      return duration(path, language)
    case 'bytes':
      return size(path, language)
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

/** A value before or after: yes and no in words, a list with commas, a dash for none. */
function changed(path: string, language: Language): string {
  const whens = `{% when true %}${YES[language]}{% when false %}${NO[language]}`
  return `{% case ${path} %}${whens}{% else %}{{ ${path} | join: ", " | default: "—" }}{% endcase %}`
}

/** One changed field: its label, the value before, the value after. */
function change(language: Language): { label: string; before: string; after: string } {
  return {
    label: wording('change.field', CHANGED, language, '{{ change.label | default: change.field }}'),
    before: changed('change.from', language),
    after: changed('change.to', language),
  }
}

function textLine(name: string, field: Field, language: Language): string {
  const path = `event.data.${name}`
  if (field.shape === 'changes') {
    const { label, before, after } = change(language)
    return `{% for change in ${path} -%}\n${label}: ${before} → ${after}\n{% endfor -%}\n`
  }
  if (field.shape === 'prose') return given(path, `{{ ${path} | strip | truncate: 700 }}`)
  if (field.shape === 'lines') return `{% for line in ${path} -%}\n{{ line }}\n{% endfor -%}\n`
  if (field.shape === 'counts') return typeCounts(path, language)
  if (field.shape === 'items') {
    const items = `{% for item in ${path} -%}\n• ${deskItem(language)}\n{% endfor -%}`
    return given(path, `${field.label[language]}: {{ ${path} | size }}\n${items}`)
  }
  return given(path, `${field.label[language]}: ${value(path, field, language)}`)
}

/** More lines than this of types are only counted: the message is for reading, the letter has them all. */
const TYPES_SHOWN = 15
const MORE_TYPES = { ru: 'и ещё типов', en: 'and other types' }

function typeCounts(path: string, language: Language): string {
  const shown = `{% for item in ${path} limit: ${TYPES_SHOWN} -%}\n${typeCount(language)}\n{% endfor -%}\n`
  const more = `{% if ${path}.size > ${TYPES_SHOWN} -%}\n${MORE_TYPES[language]}: {{ ${path}.size | minus: ${TYPES_SHOWN} }}\n{% endif -%}\n`
  return shown + more
}

const typeCount = (language: Language): string => `{{ item.title.${language} }}: {{ item.count }}`

const row = (label: string, value: string) => `<tr><th>${label}</th><td>${value}</td></tr>`

function letterRow(name: string, field: Field, language: Language): string {
  const path = `event.data.${name}`
  if (field.shape === 'changes') {
    const { label, before, after } = change(language)
    return `{% for change in ${path} -%}\n${row(label, `${before} → ${after}`)}\n{% endfor -%}\n`
  }
  return given(path, row(field.label[language], value(path, field, language)))
}

/** An object of the desk in a list of them: its number, title and deadline. */
function deskItem(language: Language): string {
  const number = '{% if item.number != blank %}№ {{ item.number }} {% endif %}'
  const due = `{% if item.deadline != blank %}, ${DUE[language]} ${moment('item.deadline', language)}{% endif %}`
  return `${number}{{ item.title }}${due}`
}

/** What does not fit a cell of the table: prose, and lists by the line. */
function letterBlock(name: string, field: Field, language: Language): string {
  const path = `event.data.${name}`
  if (field.shape === 'prose') {
    const paragraph = '{% if paragraph != blank -%}\n<p>{{ paragraph }}</p>\n{% endif -%}'
    const split = `{% assign paragraphs = ${path} | split: "\\n" -%}`
    return given(path, `${split}\n{% for paragraph in paragraphs -%}\n${paragraph}\n{% endfor -%}`)
  }
  const item =
    field.shape === 'items' ? deskItem(language) : field.shape === 'counts' ? typeCount(language) : '{{ item }}'
  const items = `{% for item in ${path} -%}\n<li>${item}</li>\n{% endfor -%}`
  return given(path, `<p>${field.label[language]}:</p>\n<ul>\n${items}\n</ul>`)
}

/** The short text: the fields `shown`, then who and when. */
function text(fields: Fields, shown: readonly string[], language: Language): string {
  const lines = shown.map((name) => textLine(name, fields[name]!, language))
  const signed = '{% if event.actor.user != blank %}{{ event.actor.user }}, {% endif %}'
  return lines.join('') + signed + moment('event.time', language)
}

const BLOCKS: readonly Shape[] = ['prose', 'lines', 'items', 'counts']

/** The letter under its title: what was written, a table of everything else that is there. */
function letter(fields: Fields, language: Language): string {
  const seen = Object.entries(fields).filter(([, field]) => field.shape !== 'hidden')
  const blocks = seen.filter(([, field]) => BLOCKS.includes(field.shape))
  const rows = seen.filter(([, field]) => !BLOCKS.includes(field.shape))
  const put = (write: typeof letterRow, part: typeof seen) =>
    part.map(([name, field]) => write(name, field, language)).join('')
  const who = given('event.actor.user', row(WHO[language], '{{ event.actor.user }}'))
  const when = row(WHEN[language], moment('event.time', language))
  return `${put(letterBlock, blocks)}<table>\n${put(letterRow, rows)}${who}${when}\n</table>`
}

/** The default templates of a type in one language. `shown` names the fields of the short text, in order. */
export function templates(title: string, fields: Fields, shown: readonly string[], language: Language): Templates {
  const lines = shown.filter((name) => fields[name]!.shape !== 'hidden')
  return { title, text: text(fields, lines, language), letter: letter(fields, language) }
}
