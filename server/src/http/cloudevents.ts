/*
 * The doors of POST /api/v1/events: plain JSON, and CloudEvents 1.0 in its three HTTP modes (structured, batched,
 * binary; https://github.com/cloudevents/spec, HTTP protocol binding 1.0.2). All are brought to the shape of a plain
 * event; what is wrong with the envelope is told by path like any other mistake.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { Type } from 'typebox'
import { SEVERITIES } from '@nabat/api/severity.ts'
import { problem, type Problem } from '@nabat/api/text.ts'

const ATTRIBUTES = {
  id: Type.String(),
  source: Type.String(),
  type: Type.String({ description: 'An event type of the catalogue' }),
  subject: Type.Optional(Type.String()),
  time: Type.Optional(Type.String({ format: 'date-time' })),
  datacontenttype: Type.Optional(Type.String({ description: 'JSON of some kind' })),
  severity: Type.Optional(Type.Enum([...SEVERITIES])),
  incident: Type.Optional(Type.String()),
  actoruser: Type.Optional(Type.String()),
  actorrole: Type.Optional(Type.String()),
}

/** A CloudEvent as the document shows it; what is wrong with one is told below, in the person's language. */
export const CloudEvent = Type.Object({
  specversion: Type.Literal('1.0'),
  ...ATTRIBUTES,
  data: Type.Optional(Type.Unknown({ description: 'As the schema of the type asks' })),
  data_base64: Type.Optional(Type.String({ description: 'The same, as JSON in Base64' })),
})

/** The headers of the binary mode. Whoever sends `ce-specversion` sends the required ones too. */
export const BINARY_HEADERS = Type.Partial(
  Type.Object({
    'ce-specversion': Type.Literal('1.0'),
    ...Object.fromEntries(
      Object.entries(ATTRIBUTES)
        .filter(([name]) => name !== 'datacontenttype')
        .map(([name, schema]) => [`ce-${name}`, schema]),
    ),
  }),
)

export interface PostedBatch {
  readonly events: readonly unknown[]
  readonly problems: readonly Problem[]
  /** The path of an event in the request: `/3` in a list, empty when it stands alone. */
  readonly at: (index: number) => string
}

type Json = Readonly<Record<string, unknown>>

const alone = (): string => ''
const inList = (index: number): string => `/${index}`

/** Reads a parsed body by its content type. */
export function readEvents(contentType: string, headers: IncomingHttpHeaders, body: unknown): PostedBatch {
  if (headers['ce-specversion'] !== undefined) {
    const attributes = binaryAttributes(headers)
    return fromCloudEvents([{ ...attributes, data: body }], alone)
  }
  if (contentType.startsWith('application/cloudevents-batch+json')) {
    if (Array.isArray(body)) return fromCloudEvents(body, inList)
    return {
      events: [],
      problems: [problem('', 'Здесь нужен список событий', 'A list of events is needed here')],
      at: alone,
    }
  }
  if (contentType.startsWith('application/cloudevents+json')) return fromCloudEvents([body], alone)
  return Array.isArray(body) ? { events: body, problems: [], at: inList } : { events: [body], problems: [], at: alone }
}

/** Attributes of the binary mode; values are percent-encoded (HTTP binding, 3.1.3.2). */
function binaryAttributes(headers: IncomingHttpHeaders): Json {
  const attributes: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || typeof value !== 'string') continue
    try {
      attributes[name.slice(3)] = decodeURIComponent(value)
    } catch {
      attributes[name.slice(3)] = value
    }
  }
  return attributes
}

function fromCloudEvents(records: readonly unknown[], at: (index: number) => string): PostedBatch {
  const problems: Problem[] = []
  const events = records.map((record, index) => fromCloudEvent(record, at(index), problems))
  return { events, problems, at }
}

const REQUIRED = ['id', 'source', 'type'] as const

function fromCloudEvent(record: unknown, path: string, problems: Problem[]): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    problems.push(problem(path, 'Событие CloudEvents — это объект', 'A CloudEvent is an object'))
    return {}
  }
  const event = record as Json
  if (event['specversion'] !== '1.0')
    problems.push(problem(`${path}/specversion`, 'Нужна версия CloudEvents 1.0', 'CloudEvents version 1.0 is needed'))
  for (const name of REQUIRED)
    if (event[name] === undefined)
      problems.push(
        problem(`${path}/${name}`, `Нет обязательного атрибута «${name}»`, `The attribute "${name}" is required`),
      )
  const type = event['datacontenttype']
  if (typeof type === 'string' && !/^(application|text)\/([a-z0-9.+-]*\+)?json\b/i.test(type))
    problems.push(problem(`${path}/datacontenttype`, 'Данные события — JSON', 'The data of an event is JSON'))
  const user = event['actoruser']
  const role = event['actorrole']
  return {
    ...pick(event, ['id', 'source', 'type', 'subject', 'time', 'severity', 'incident']),
    ...(user === undefined && role === undefined
      ? {}
      : { actor: { ...(user === undefined ? {} : { user }), ...(role === undefined ? {} : { role }) } }),
    ...dataOf(event, path, problems),
  }
}

function dataOf(event: Json, path: string, problems: Problem[]): { data?: unknown } {
  const encoded = event['data_base64']
  if (typeof encoded !== 'string')
    return event['data'] === undefined || event['data'] === null ? {} : { data: event['data'] }
  try {
    return { data: JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as unknown }
  } catch {
    problems.push(problem(`${path}/data_base64`, 'Внутри data_base64 должен быть JSON', 'data_base64 must hold JSON'))
    return {}
  }
}

const pick = (event: Json, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => event[name] !== undefined).map((name) => [name, event[name]]))
