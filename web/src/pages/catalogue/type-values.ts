import type { OwnType } from '@nabat/api/configuration.ts'
import type { Stored } from '../../data/entities.ts'

/** A type of the workspace's own, as it is stored. */
export type StoredType = OwnType & Stored

/** Fields of the form over a type; what is JSON is text. */
export interface TypeValues {
  readonly name: string
  readonly title: { readonly ru: string; readonly en: string }
  readonly category: string
  readonly severity: string
  /** JSON Schema of `data`, and an example of it. */
  readonly data: string
  readonly example: string
  readonly step: 'none' | 'opens' | 'updates' | 'closes'
  readonly key: string
  /** `assignee: data.assignees`, one a line. */
  readonly relations: string
}

/** What a new type begins with: enough to see how a schema is written. */
const FIRST_SCHEMA = { type: 'object', properties: { pump: { type: 'string', description: '' } }, required: ['pump'] }
const FIRST_EXAMPLE = { pump: 'N-1' }

const json = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2))

/** The fields for a type; those of a new one show how they are filled in. */
export const readType = (type: StoredType | undefined): TypeValues => ({
  name: type?.name ?? '',
  title: { ru: type?.title.ru ?? '', en: type?.title.en ?? '' },
  category: type?.category ?? 'custom',
  severity: type?.severity ?? 'info',
  data: json(type === undefined ? FIRST_SCHEMA : type.data),
  example: json(type === undefined ? FIRST_EXAMPLE : type.example),
  step: type?.incident?.step ?? 'none',
  key: type?.incident?.key ?? '',
  relations: Object.entries(type?.relations ?? {})
    .map((pair) => pair.join(': '))
    .join('\n'),
})

/** JSON as a value; what is none goes as it was typed, for the server to say what it wants there. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const given = (name: string, text: string, value: unknown = text): object =>
  text.trim() === '' ? {} : { [name]: value }

/** Lines as pairs: the name before the first colon, the rest after it. */
const pairs = (lines: string): Record<string, string> =>
  Object.fromEntries(
    lines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [name = '', ...rest] = line.split(':')
        return [name.trim(), rest.join(':').trim()]
      }),
  )

/** The type that the fields make; what they do not show stays as it is. */
export const writeType = (values: TypeValues, before: StoredType | undefined): object => ({
  ...(before?.templates === undefined ? {} : { templates: before.templates }),
  name: values.name.trim(),
  title: { ru: values.title.ru, ...given('en', values.title.en) },
  category: values.category,
  severity: values.severity,
  ...given('data', values.data, parsed(values.data)),
  ...given('example', values.example, parsed(values.example)),
  ...(values.step === 'none' ? {} : { incident: { key: values.key, step: values.step } }),
  ...given('relations', values.relations, pairs(values.relations)),
})

/** The field of the form that shows a mistake of the API: a mistake in JSON stands beside the whole text. */
export function typeFieldOf(pointer: string): string {
  const [first = '', second = ''] = pointer.slice(1).split('/')
  if (first === 'title') return second === '' ? 'title.ru' : `title.${second}`
  if (first === 'incident') return second === 'step' ? 'step' : 'key'
  return first
}
