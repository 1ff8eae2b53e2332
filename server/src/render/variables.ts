/*
 * What a template of a type may name: drawn from the type's one declaration, so that what the editor offers, what is checked
 * and what is rendered are the same.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Text } from '@nabat/api/text.ts'
import { analyzeSync, type Template } from 'liquidjs'
import { nearest } from '../schema-problems.ts'
import { BARE_WORDS, hasBareWords } from './bare-words.ts'
import { DIGEST } from './digest.ts'
import { MOST, type Mistake } from './mistakes.ts'
import { protect } from './mjml/protect.ts'
import { STORM } from './storm.ts'
import type { Context, Part } from './words.ts'

/** A kind of value, as an editor shows it. */
export type VariableType = 'string' | 'number' | 'boolean' | 'time' | 'array' | 'object' | 'any'

/** Something a template may name. */
export interface Variable {
  readonly name: string
  /** What is written into the template. */
  readonly insert: string
  readonly title: Text
  readonly type: VariableType
  readonly values?: Readonly<Record<string, Text>>
}

const variable = (name: string, type: VariableType, ru: string, en: string): Variable => ({
  name,
  insert: type === 'time' ? `{{ ${name} | date: "%d.%m.%Y %H:%M" }}` : `{{ ${name} }}`,
  title: { ru, en },
  type,
})

const SHARED: readonly Variable[] = [
  variable('event.time', 'time', 'Когда случилось', 'When it happened'),
  variable('event.subject', 'string', 'О чём событие', 'What the event is about'),
  variable('event.severity', 'string', 'Важность: info, warning, critical', 'Severity: info, warning, critical'),
  variable('event.type', 'string', 'Тип события', 'Event type'),
  variable('event.source', 'string', 'Откуда пришло', 'Where it came from'),
  variable('event.incident', 'string', 'Ключ инцидента', 'Key of the incident'),
  variable('event.id', 'string', 'Номер события в Набате', 'Id of the event in Nabat'),
  variable('event.actor.name', 'string', 'Кто сделал: имя', 'Who did it: name'),
  variable('event.actor.user', 'string', 'Кто сделал: логин', 'Who did it: login'),
  variable('event.actor.role', 'string', 'Кто сделал: роль', 'Who did it: role'),
  variable('recipient.name', 'string', 'Имя получателя', 'Name of the reader'),
  variable('recipient.login', 'string', 'Логин получателя', 'Login of the reader'),
  variable('workspace.title', 'string', 'Название компании', 'Name of the company'),
  variable('workspace.name', 'string', 'Короткое имя кабинета', 'Short name of the workspace'),
  variable('workspace.signature', 'string', 'Подпись из карточки компании', 'Signature of the company card'),
]

const GATHERED: readonly Variable[] = [
  variable('digest.count', 'number', 'Сколько событий', 'How many events'),
  variable('digest.from', 'time', 'Время первого', 'Time of the first'),
  variable('digest.to', 'time', 'Время последнего', 'Time of the last'),
  variable('digest.more', 'number', 'Сколько не названо в списке', 'How many the list leaves out'),
  {
    ...variable('digest.events', 'array', 'Список: type, title, time, severity', 'List: type, title, time, severity'),
    insert: '{% for each in digest.events %}{{ each.time | date: "%H:%M" }} {{ each.title }}\n{% endfor %}',
  },
  {
    ...variable(
      'digest.kinds',
      'array',
      'По типам: type, title, count, objects (name, count), moreObjects',
      'By type: type, title, count, objects (name, count), moreObjects',
    ),
    insert: '{% for kind in digest.kinds %}{{ kind.title }}: {{ kind.count }}\n{% endfor %}',
  },
]

interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
}

function typeOf({ type, format }: Schema): VariableType {
  if (format === 'date-time' || format === 'date') return 'time'
  const types = [type ?? []].flat().filter((each) => each !== 'null')
  if (types.includes('string')) return 'string'
  const [only] = types
  if (only === 'number' || only === 'integer') return 'number'
  return only === 'boolean' || only === 'array' || only === 'object' ? only : 'any'
}

/** Words of several events at once, not of a type. */
export const isGathering = ({ name }: EventType): boolean => name === DIGEST || name === STORM

/** Every variable of a type, those of its data first. */
export function variablesOf(type: EventType): Variable[] {
  if (isGathering(type)) return [...GATHERED, ...SHARED.filter(({ name }) => !name.startsWith('event.'))]
  const properties = (type.data as Schema).properties ?? {}
  const names = new Set([...Object.keys(properties), ...Object.keys(type.example.data)])
  const data = [...names].map((name): Variable => {
    const schema = properties[name] ?? schemaOf(type.example.data[name])
    const words = type.fields?.[name]
    const title = words?.label ?? { ru: schema.description ?? name, en: schema.description ?? name }
    const kind = typeOf(schema)
    const path = /^[A-Za-z_][\w-]*$/.test(name) ? `event.data.${name}` : `event.data[${JSON.stringify(name)}]`
    const { insert } = variable(path, kind, '', '')
    const list = `{% for item in ${path} %}{{ item }}{% unless forloop.last %}, {% endunless %}{% endfor %}`
    return {
      name: path,
      insert: kind === 'array' ? list : insert,
      title,
      type: kind,
      ...(words?.values === undefined ? {} : { values: words.values }),
    }
  })
  return [...data, ...SHARED]
}

const schemaOf = (example: unknown): Schema =>
  Array.isArray(example) ? { type: 'array' } : example === null ? {} : { type: typeof example }

/** The bare words of a type; none for most. */
export const bareWordsOf = (type: EventType): Variable[] =>
  hasBareWords(type.category)
    ? Object.entries(BARE_WORDS).map(([name, { title }]) => ({ name, insert: name, title, type: 'string' }))
    : []

const LONGEST_EXAMPLE = 120

/** The value a name has in a context, in one line; null where it has none. */
export function exampleOf(name: string, context: Context): string | null {
  let value: unknown = context
  for (const step of name.replaceAll(/\["(.*?)"\]/g, '.$1').split('.'))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined
  if (value === undefined || value === null) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE - 1)}…` : text
}

/** Characters of Liquid: LiquidJS compares each name with all others [8,000 names: 4.6 s], and nobody else is served meanwhile. */
const MOST_LOOKED_THROUGH = 10_000

/** Names of a template that lead nowhere, the first of them: neither the type nor the event that is shown knows them. */
export function unknownNames(
  part: Part,
  source: string,
  parsed: readonly Template[],
  type: EventType,
  context: Context,
): Mistake[] {
  const liquid = protect(source).pieces.reduce((sum, { text }) => sum + text.length, 0)
  if (liquid > MOST_LOOKED_THROUGH) return []
  const known = variablesOf(type).map(({ name }) => name)
  const open = ((type.data as Schema).properties ?? null) === null
  const found: { readonly name: string; readonly line: number; readonly column: number }[] = []
  for (const uses of Object.values(analyzeSync([...parsed], { partials: false }).globals))
    for (const { segments, location } of uses) {
      const path = segments.filter((each) => typeof each === 'string' || typeof each === 'number').map(String)
      if (path.length < segments.length || isKnown(path, known, context, open)) continue
      found.push({ name: path.join('.'), line: location.row, column: location.col })
    }
  return found
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MOST)
    .map(({ name, line, column }): Mistake => {
      const near = nearestNames(name, known)
      const meant = near.length === 0 ? '' : near.join(', ')
      return {
        ...{ part, level: 'warning', line, column },
        message: {
          ru: `У события нет «${name}»${meant === '' ? '' : `; может быть: ${meant}?`}`,
          en: `The event has no "${name}"${meant === '' ? '' : `; did you mean: ${meant}?`}`,
        },
        ...(near.length === 0 ? {} : { near }),
      }
    })
}

/** Below the fields of `data` nothing is checked: what stands there is the sender's. */
function isKnown(path: readonly string[], known: readonly string[], context: Context, open: boolean): boolean {
  if (path.length === 1 && known.some((name) => name.startsWith(`${path[0]}.`))) return true
  if (path[0] === 'event' && path[1] === 'data' && (open || path.length === 2)) return true
  const depth = path[0] === 'event' && (path[1] === 'data' || path[1] === 'actor') ? 3 : 2
  const name = path.slice(0, depth).join('.')
  if (known.some((each) => each === name || each.startsWith(`${name}.`))) return true
  return exampleOf(name, context) !== null
}

function nearestNames(name: string, known: readonly string[]): string[] {
  const near = new Set<string>()
  const last = name.split('.').at(-1)!.toLowerCase()
  const closest = nearest(name, known)
  if (closest !== undefined) near.add(closest)
  for (const each of known) {
    const end = each.split('.').at(-1)!.toLowerCase()
    if (end === last || nearest(last, [end]) !== undefined) near.add(each)
  }
  return [...near].slice(0, 3)
}
