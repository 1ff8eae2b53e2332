import type { EventType, Templates } from '@nabat/api/catalog/event-type.ts'
import type { LetterLook, Template } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import { LOGO_ADDRESS, type AttachedFile, type LetterStyle, type Message } from '../channels/channel.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { severityOf } from '../pipeline/accept.ts'
import type { ClaimedRow, EventRow } from '../store/store.ts'
import { LISTED } from './digest.ts'
import { OBJECTS_NAMED } from './storm.ts'
import { escapeHtml } from './markup.ts'
import { hasBareWords } from './bare-words.ts'
import { harmless } from './harmless.ts'
import type { Compiled } from './mjml/compiler.ts'
import type { Mistake } from './mistakes.ts'
import { isMjml } from './mjml/protect.ts'
import { renderOwnPart, renderPart, type Context, type Part } from './words.ts'

/** Events of a digest that are handed on whole; a receiver that wants the others asks the API for them. */
const MOST_GATHERED = 100
/** Characters of their data together: more, and receivers begin to answer 413, which ends the delivery. */
const LARGEST_GATHERED = 256 * 1024

/** The event as a CloudEvents 1.0 record. */
export function cloudEvent(event: EventRow): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: event.eventId,
    source: event.source,
    type: event.type,
    ...(event.subject === null ? {} : { subject: event.subject }),
    time: new Date(event.time).toISOString(),
    datacontenttype: 'application/json',
    severity: severityOf(event.severity),
    ...(event.incident === null ? {} : { incident: event.incident }),
    ...(event.actorUser === null ? {} : { actoruser: event.actorUser }),
    ...(event.actorRole === null ? {} : { actorrole: event.actorRole }),
    data: JSON.parse(event.data) as unknown,
  }
}

/** A template of the workspace's own, at the version that holds for a message. */
export interface OwnWords {
  /** Of the entity; null: it is not saved. */
  readonly id: number | null
  readonly version: number
  readonly template: Template
}

/** A template that could not be rendered. */
export interface Failure {
  readonly words: OwnWords
  readonly part: Part
  readonly error: unknown
}

/** Who reads a message; without a language or zone of their own it is the one of the workspace. */
export interface Reader {
  readonly login: string | null
  readonly name?: string
  readonly language?: Language
  readonly timeZone?: string
}

/** What a message is made of. */
export interface MessageParts {
  readonly row: ClaimedRow
  readonly type: EventType
  readonly own: readonly OwnWords[]
  readonly view: WorkspaceView
  readonly attachments: readonly AttachedFile[]
  readonly silent: boolean
  /** The events of a digest or summary, the one of the row among them; empty for an ordinary message. */
  readonly gathered?: readonly EventRow[]
  /** Where these are found one by one. */
  readonly list?: string | undefined
  /** By default the recipient of the row. */
  readonly reader?: Reader | undefined
  /** How letters look; by default as the workspace's settings say. */
  readonly look?: LetterLook | undefined
  /** The picture of the company, where it is a file of ours. */
  readonly logo?: AttachedFile | undefined
  /** What became of the letters that are MJML documents, by their source. */
  readonly compiled?: ReadonlyMap<string, Compiled>
}

/**
 * A delivery in words: the language and zone of the recipient, the templates pinned at accept. Parts are rendered when a
 * channel asks for them, since none shows them all. A template that fails gives way to the default one, and `note` says so.
 */
export class RenderedMessage implements Message {
  readonly deliveryId: string
  readonly language: Language
  readonly severity: Message['severity']
  readonly links: Message['links']
  readonly attachments: readonly AttachedFile[]
  readonly silent: boolean
  readonly event: Readonly<Record<string, unknown>>
  readonly storedAs: string
  declare readonly incident?: NonNullable<Message['incident']>
  note: string | null = null
  /** Own templates that gave way to the default ones so far. */
  readonly failures: Failure[] = []
  /** What its templates may use. */
  readonly context: Context
  readonly #gathered: readonly EventRow[]
  readonly #own: readonly OwnWords[]
  readonly #defaults: Templates
  readonly #bare: boolean
  readonly look: LetterStyle
  readonly #compiled: ReadonlyMap<string, Compiled>
  #isWhole = false
  readonly #zone: string
  readonly #signature: string | undefined
  readonly #rendered: Partial<Record<Part, string>> = {}

  constructor(parts: MessageParts) {
    const { row, type, own, view, attachments, silent, gathered = [], list } = parts
    const person = row.recipient === null ? undefined : view.people.get(row.recipient)
    const reader: Reader = parts.reader ?? { login: row.recipient, ...person }
    const { event } = row
    this.deliveryId = row.delivery
    this.language = reader.language ?? view.language
    this.severity = severityOf(event.severity)
    this.attachments = attachments
    this.silent = silent
    this.event = cloudEvent(event)
    this.storedAs = event.id
    const data = this.event['data'] as Record<string, unknown>
    // What tells of several leads to all of them, and belongs to the incident of none.
    if (gathered.length > 0) this.links = list === undefined ? [] : [{ title: LIST[this.language], url: list }]
    else {
      this.links = linksOf(data, this.language)
      if (row.incident !== null) this.incident = { key: row.incident.key, state: row.incident.state }
    }
    this.#gathered = gathered
    this.#own = own
    this.#defaults = type.templates[this.language]
    this.#bare = hasBareWords(type.category)
    this.#zone = reader.timeZone ?? view.timeZone
    this.#signature = view.settings.signature
    this.#compiled = parts.compiled ?? NONE_COMPILED
    this.look = lookOf(view, parts.look ?? view.settings.letter, parts.logo)
    this.context = {
      event: {
        id: event.id,
        type: event.type,
        source: event.source,
        subject: event.subject,
        time: event.time / 1000,
        severity: this.severity,
        incident: event.incident,
        actor: { user: event.actorUser, role: event.actorRole, name: view.people.get(event.actorUser ?? '')?.name },
        data,
      },
      recipient: { login: reader.login, name: reader.name ?? reader.login },
      workspace: {
        name: view.name,
        title: view.settings.title ?? view.name,
        signature: view.settings.signature,
        logo: typeof this.look.logo === 'object' ? LOGO_ADDRESS : this.look.logo,
        color: this.look.colour,
        footer: this.look.footer,
      },
      ...(gathered.length === 0 ? {} : { digest: this.#digestOf(gathered, view) }),
    }
  }

  /** What a digest's words may use: its events in a line each, and how many of each type. */
  #digestOf(gathered: readonly EventRow[], view: WorkspaceView): Record<string, unknown> {
    const kinds = new Map<string, number>()
    for (const { type } of gathered) kinds.set(type, (kinds.get(type) ?? 0) + 1)
    const titleOf = (name: string): string => view.type(name)?.title[this.language] ?? name
    return {
      count: gathered.length,
      more: Math.max(0, gathered.length - LISTED),
      from: gathered[0]!.time / 1000,
      to: gathered.at(-1)!.time / 1000,
      kinds: [...kinds].map(([name, count]) => ({
        type: name,
        title: titleOf(name),
        count,
        ...objectsOf(name, gathered),
      })),
      events: gathered.slice(0, LISTED).map((event) => ({
        type: event.type,
        severity: severityOf(event.severity),
        time: event.time / 1000,
        title: this.#titleOf(event, view),
      })),
    }
  }

  #titleOf(event: EventRow, view: WorkspaceView): string {
    const type = view.type(event.type)
    if (type === undefined) return event.type
    const context = {
      event: { ...event, time: event.time / 1000, data: JSON.parse(event.data) as unknown },
      recipient: {},
      workspace: {},
    }
    try {
      return renderPart('title', type.templates[this.language].title, context, this.#zone)
    } catch {
      return type.title[this.language]
    }
  }

  /** For machines; worked out when a channel asks, most never do. */
  get gathered(): Message['gathered'] {
    if (this.#gathered.length === 0) return undefined
    const events: Readonly<Record<string, unknown>>[] = []
    let size = 0
    for (const event of this.#gathered.slice(0, MOST_GATHERED)) {
      size += event.data.length
      if (events.length > 0 && size > LARGEST_GATHERED) break
      events.push(cloudEvent(event))
    }
    return { events, total: this.#gathered.length }
  }

  get title(): string {
    return this.#part('title')
  }
  get text(): string {
    return this.#part('text')
  }
  get letter(): string {
    const letter = harmless(this.#part('letter'))
    if (this.#isWhole || this.#signature === undefined) return letter
    return `${letter}<p>${escapeHtml(this.#signature).replaceAll('\n', '<br>')}</p>`
  }
  get isWhole(): boolean {
    this.#part('letter')
    return this.#isWhole
  }

  #part(part: Part): string {
    return (this.#rendered[part] ??= this.#render(part))
  }

  #render(part: Part): string {
    const words = this.#own.find(({ template }) => template[part] !== undefined)
    if (words !== undefined) {
      try {
        const rendered = this.#renderOwn(part, words.template[part]!)
        if (rendered !== null) return rendered
        this.note ??= 'letter_plain'
      } catch (error) {
        this.note = 'template_failed'
        this.failures.push({ words, part, error })
      }
    }
    try {
      return renderPart(part, this.#defaults[part], this.context, this.#zone, this.#bare)
    } catch {
      // A type of the workspace's own may bring words that fail; the event is told all the same.
      this.note = 'template_failed'
      return part === 'title' ? String(this.event['type']) : escapeHtml(String(this.event['type']))
    }
  }

  /** Words of the workspace's own; null for a letter that could not be compiled without that being its fault. */
  #renderOwn(part: Part, source: string): string | null {
    if (part !== 'letter' || !isMjml(source)) return renderOwnPart(part, source, this.context, this.#zone, this.#bare)
    const compiled = this.#compiled.get(source)
    if (compiled === undefined || 'failed' in compiled) return null
    if ('mistakes' in compiled) throw new NotMjml(compiled.mistakes)
    const rendered = renderOwnPart(part, compiled.html, this.context, this.#zone, this.#bare)
    this.#isWhole = true
    return rendered
  }
}

const NONE_COMPILED: ReadonlyMap<string, Compiled> = new Map()

/** A letter that is no MJML, with what is wrong in it. */
export class NotMjml extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes[0]?.message.en ?? 'not MJML')
    this.mistakes = mistakes
  }
}

/** How letters of a company look. `logo`: its picture, where that is a file of ours. */
export function lookOf(
  { name, settings: { title = name } }: WorkspaceView,
  letter: LetterLook = {},
  logo?: AttachedFile,
): LetterStyle {
  return {
    company: title,
    colour: letter.color,
    logo: logo ?? (letter.logo?.startsWith('https://') === true ? letter.logo : undefined),
    footer: letter.footer,
  }
}

/** Which objects the events of a type are about, the most frequent first. */
function objectsOf(type: string, gathered: readonly EventRow[]): Record<string, unknown> {
  const counts = new Map<string, number>()
  for (const event of gathered) {
    if (event.type !== type) continue
    const data = JSON.parse(event.data) as Record<string, unknown>
    const name = [data['object'], data['server'], event.subject].find((each) => typeof each === 'string')
    if (name !== undefined) counts.set(name as string, (counts.get(name as string) ?? 0) + 1)
  }
  const named = [...counts].toSorted(([, a], [, b]) => b - a).map(([name, count]) => ({ name, count }))
  return { objects: named.slice(0, OBJECTS_NAMED), moreObjects: Math.max(0, named.length - OBJECTS_NAMED) }
}

const LIST: Readonly<Record<Language, string>> = { ru: 'Открыть список', en: 'Open the list' }
const OPEN: Readonly<Record<Language, string>> = { ru: 'Открыть', en: 'Open' }

function linksOf(data: Record<string, unknown>, language: Language): Message['links'] {
  const url = data['url']
  return typeof url === 'string' && /^https?:\/\//.test(url) ? [{ title: OPEN[language], url }] : []
}
