import { Type, type TSchema } from 'typebox'
import type { Severity } from '../severity.ts'
import type { Text } from '../text.ts'
import type { Category, EventType, FieldWords, IncidentStep } from './event-type.ts'
import { both, type Fields } from './fields.ts'
import { templates } from './words.ts'

/** What a type is declared from; schema and templates follow from the fields. */
export interface Declaration {
  readonly name: string
  readonly category: Category
  readonly title: Text
  /** The title of a message, as a Liquid template. */
  readonly headline: Text
  readonly raisedBy: Text
  /** By default info. */
  readonly severity?: Severity
  /** In the order in which a message says them. */
  readonly fields: Fields
  /** The fields of the short text; by default all but those for the letter only. */
  readonly shown?: readonly string[]
  /** More of the schema than the fields say, such as if / then. */
  readonly schema?: Readonly<Record<string, unknown>>
  readonly incident?: IncidentStep
  readonly relations?: Readonly<Record<string, string>>
  readonly example: EventType['example']
}

/** Who raises events, for the published table. */
export const RAISED_BY = {
  watch: both(
    'наблюдение за оборудованием, система видеонаблюдения через API',
    'equipment watch, video system over the API',
  ),
  video: both('консоль, система видеонаблюдения через API', 'console, video system over the API'),
  faults: both('наблюдение, консоль, обращение, API', 'equipment watch, console, ticket, API'),
  billing: both('биллинг через API', 'billing over the API'),
  desk: both(
    'сервис-деск Набата, бот, внешний сервис-деск через API',
    'desk of Nabat, bots, outside desk over the API',
  ),
  deadlines: both('сроки сервис-деска (эскалация), API', 'deadlines of the desk (escalation), API'),
  pbx: both('АТС: AMI или API', 'PBX: AMI or API'),
  nabat: both('сам Набат', 'Nabat itself'),
} as const satisfies Record<string, Text>

export const opens = (key: string): IncidentStep => ({ key, step: 'opens' })
export const updates = (key: string): IncidentStep => ({ key, step: 'updates' })
export const closes = (key: string): IncidentStep => ({ key, step: 'closes' })

function dataSchema(fields: Fields, more: Declaration['schema']): TSchema {
  const properties: Record<string, TSchema> = {}
  for (const [name, field] of Object.entries(fields)) {
    properties[name] = field.required ? field.schema : Type.Optional(field.schema)
  }
  return Type.Object(properties, { ...more })
}

const fieldWords = (fields: Fields): Record<string, FieldWords> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, { label, words }]) => [
      name,
      { label, ...(words === undefined ? {} : { values: words }) },
    ]),
  )

/** Makes an entry of the catalogue. */
export function declare(declaration: Declaration): EventType {
  const { name, category, title, headline, raisedBy, fields, incident, relations, example } = declaration
  const shown = declaration.shown ?? Object.keys(fields).filter((field) => !fields[field]!.letterOnly)
  return {
    name,
    category,
    title,
    raisedBy,
    severity: declaration.severity ?? 'info',
    data: dataSchema(fields, declaration.schema),
    fields: fieldWords(fields),
    ...(incident && { incident }),
    ...(relations && { relations }),
    example,
    templates: {
      ru: templates(headline.ru, fields, shown, 'ru'),
      en: templates(headline.en, fields, shown, 'en'),
    },
  }
}

/** Endings of Russian short participles: добавлен, добавлена, добавлено. */
export type Gender = 'm' | 'f' | 'n'
const ENDINGS = { m: '', f: 'а', n: 'о' }

/** `назначен` in the gender; `изменён` loses its ё where the stress moves: изменена. */
export function participle(masculine: string, gender: Gender): string {
  const stem = gender === 'm' ? masculine : masculine.replace(/ён$/, 'ен')
  return stem + ENDINGS[gender]
}

/** A thing that is kept in a register: what it is called, and its fields. */
export interface Kept {
  /** Noun of the type names, and the field that names the thing. */
  readonly noun: string
  readonly category: Category
  readonly ru: { readonly word: string; readonly gender: Gender }
  readonly en: string
  readonly fields: Fields
  readonly example: Readonly<Record<string, unknown>>
  readonly changed: Readonly<Record<string, unknown>>
}

/** Created, edited, deleted: the three types of everything that people keep. */
export function registerTypes(kept: Kept): EventType[] {
  const { noun, category, ru, en, fields } = kept
  const named = `{{ event.data.${noun} }}`
  const step = (verb: string, word: string, english: string, example: Readonly<Record<string, unknown>>) =>
    declare({
      name: `${noun}.${verb}`,
      category,
      title: both(`${capital(ru.word)} ${participle(word, ru.gender)}`, `${capital(en)} ${english}`),
      headline: both(
        `${capital(participle(word, ru.gender))} ${ru.word}: ${named}`,
        `${capital(en)} ${english}: ${named}`,
      ),
      raisedBy: RAISED_BY.video,
      fields,
      example: { subject: String(kept.example[noun]), actor: { user: 'petrov', role: 'admin' }, data: example },
    })
  return [
    step('created', 'добавлен', 'created', kept.example),
    step('edited', 'изменён', 'edited', { ...kept.example, changes: [kept.changed] }),
    step('deleted', 'удалён', 'deleted', kept.example),
  ]
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
