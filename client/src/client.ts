import type { Category } from '@nabat/api/catalog/event-type.ts'
import type { EventSchedule, Group, OwnType, Section, Silence, Template, User } from '@nabat/api/configuration.ts'
import type { AcceptedEvent, PostedEvent } from '@nabat/api/event.ts'
import type { Severity } from '@nabat/api/severity.ts'
import type {
  ApiKey,
  Applied,
  CatalogType,
  Change,
  Delivery,
  Entity,
  InboxEntry,
  Incident,
  NextTime,
  Page,
  Reachability,
  SilenceState,
  StoredEvent,
  TracedEvent,
  UploadedFile,
  WorkspaceState,
} from './answers.ts'
import { call, withRetries, type ClientOptions } from './call.ts'
import { at, Channels, Entities, List, Rules, type Limit, type Send } from './resources.ts'

export type * from './answers.ts'
export type { ClientOptions } from './call.ts'
export { List } from './resources.ts'
export { NabatError, type ErrorDetail } from './error.ts'

class Events {
  readonly #send: Send
  readonly #options: ClientOptions

  constructor(send: Send, options: ClientOptions) {
    this.#send = send
    this.#options = options
  }

  /**
   * Posts one event or many (all of them are stored, or none). Tries again as `retries` says, but only when every
   * event carries an id: then what arrives twice is a duplicate and changes nothing.
   */
  send(event: PostedEvent): Promise<AcceptedEvent>
  send(events: readonly PostedEvent[]): Promise<AcceptedEvent[]>
  async send(posted: PostedEvent | readonly PostedEvent[]): Promise<AcceptedEvent | AcceptedEvent[]> {
    const many = Array.isArray(posted) ? (posted as readonly PostedEvent[]) : undefined
    const post = (): Promise<{ events: AcceptedEvent[] }> => this.#send('POST', '/events', { body: posted })
    const repeatable = (many ?? [posted as PostedEvent]).every((event) => event.id !== undefined)
    const { events } = repeatable ? await withRetries(this.#options, post) : await post()
    return many === undefined ? events[0]! : events
  }

  /** The event with its trace, deliveries and attempts. */
  get(id: string): Promise<TracedEvent> {
    return this.#send('GET', `/events/${at(id)}`)
  }

  list(
    query: Limit & {
      readonly source?: string
      readonly eventId?: string
      /** One type, or several: `camera.*`. */
      readonly type?: string
      readonly category?: Category
      readonly severity?: Severity
      readonly subject?: string
      readonly incident?: string
      readonly from?: string
      readonly to?: string
    } = {},
  ): List<StoredEvent> {
    return new List(this.#send, '/events', { ...query })
  }

  /** The event a sender knows by its own id. */
  async find(query: { readonly source: string; readonly eventId: string }): Promise<StoredEvent | undefined> {
    return (await this.list(query).page()).items[0]
  }
}

/** The calls of one server with one key. Every failure is a NabatError; `signal` ends calls with its own reason. */
export class NabatClient {
  readonly #options: ClientOptions
  readonly #send: Send
  readonly events: Events
  readonly types: Entities<OwnType>
  readonly channels: Channels
  readonly users: Entities<User>
  readonly groups: Entities<Group>
  readonly templates: Entities<Template>
  readonly silences: Entities<Silence, Entity<Silence> & SilenceState>
  readonly rules: Rules
  readonly schedules: Entities<EventSchedule, Entity<EventSchedule> & NextTime>

  constructor(options: ClientOptions) {
    this.#options = options
    const send: Send = (method, path, parts) => call(options, method, path, parts) as Promise<never>
    this.#send = send
    this.events = new Events(send, options)
    this.types = new Entities(send, 'types')
    this.channels = new Channels(send, 'channels')
    this.users = new Entities(send, 'users')
    this.groups = new Entities(send, 'groups')
    this.templates = new Entities(send, 'templates')
    this.silences = new Entities(send, 'silences')
    this.rules = new Rules(send, 'rules')
    this.schedules = new Entities(send, 'schedules')
  }

  /** The same client with other options: a signal, a longer deadline, another language. */
  with(options: Partial<ClientOptions>): NabatClient {
    return new NabatClient({ ...this.#options, ...options })
  }

  readonly deliveries = {
    list: (
      query: Limit & {
        readonly state?: 'waiting' | 'sent' | 'suppressed' | 'failed' | 'cancelled'
        readonly event?: string
        /** Id of a delivery: all that left in one message with it. */
        readonly digest?: string
        readonly channel?: string
        readonly rule?: string
        readonly recipient?: string
        readonly reason?: string
      } = {},
    ): List<Delivery> => new List(this.#send, '/deliveries', { ...query }),
    get: (id: string): Promise<Delivery> => this.#send('GET', `/deliveries/${at(id)}`),
    /** Tries again what has ended unsent. */
    retry: (id: string): Promise<Delivery> => this.#send('POST', `/deliveries/${at(id)}/retry`),
    /** Stops what still waits. */
    cancel: (id: string): Promise<Delivery> => this.#send('POST', `/deliveries/${at(id)}/cancel`),
    /** As many as 1,000; answers with those that wait again. */
    retryMany: async (ids: readonly string[]): Promise<string[]> => this.#many('retry', ids),
    /** As many as 1,000; answers with those that were stopped. */
    cancelMany: async (ids: readonly string[]): Promise<string[]> => this.#many('cancel', ids),
  }

  async #many(what: 'retry' | 'cancel', ids: readonly string[]): Promise<string[]> {
    return (await this.#send<{ ids: string[] }>('POST', `/deliveries/${what}`, { body: { ids } })).ids
  }

  readonly incidents = {
    list: (query: Limit & { readonly state?: Incident['state'] } = {}): List<Incident> =>
      new List(this.#send, '/incidents', { ...query }),
    get: (key: string): Promise<Incident> => this.#send('GET', `/incidents/${at(key)}`),
    /** `by`: who takes care of it; by default the name of the key. */
    acknowledge: (key: string, by?: string): Promise<Incident> =>
      this.#send('POST', `/incidents/${at(key)}/acknowledge`, { body: by === undefined ? {} : { by } }),
  }

  readonly keys = {
    list: (): List<ApiKey> => new List(this.#send, '/keys'),
    /** The only answer that holds the key itself. */
    make: (wanted: {
      readonly name: string
      readonly rights: ApiKey['rights']
      readonly perMinute?: number
    }): Promise<{ id: string; name: string; rights: ApiKey['rights']; key: string }> =>
      this.#send('POST', '/keys', { body: wanted }),
    remove: async (id: string): Promise<void> => void (await this.#send('DELETE', `/keys/${at(id)}`)),
  }

  readonly inbox = {
    list: (login: string, query: Limit & { readonly unread?: boolean } = {}): List<InboxEntry> =>
      new List(this.#send, `/users/${at(login)}/inbox`, {
        limit: query.limit,
        read: query.unread === true ? false : undefined,
      }),
    /** Marks entries read, without ids all of them; answers with how many changed. */
    read: (login: string, ids?: readonly string[]): Promise<number> => this.#mark(login, 'read', ids),
    unread: (login: string, ids?: readonly string[]): Promise<number> => this.#mark(login, 'unread', ids),
  }

  async #mark(login: string, as: 'read' | 'unread', ids: readonly string[] | undefined): Promise<number> {
    const parts = ids === undefined ? {} : { body: { ids } }
    return (await this.#send<{ changed: number }>('POST', `/users/${at(login)}/inbox/${as}`, parts)).changed
  }

  readonly files = {
    /** Uploads a file; events carry it by its id in `attachments`. */
    upload: (name: string, mediaType: string, bytes: Uint8Array<ArrayBuffer> | Blob): Promise<UploadedFile> => {
      const form = new FormData()
      form.append('file', new Blob([bytes], { type: mediaType }), name)
      return this.#send('POST', '/files', { form })
    },
  }

  readonly changes = {
    list: (query: Limit & { readonly section?: Section | 'workspace' } = {}): List<Change> =>
      new List(this.#send, '/changes', { ...query }),
  }

  /** A page of the people with the ways to them, by login, and every rule that tells nobody. */
  reachability(
    query: Limit & { readonly cursor?: string; readonly unreachable?: boolean } = {},
  ): Promise<Reachability> {
    const { limit, cursor, unreachable } = query
    return this.#send('GET', '/reachability', {
      query: { limit, cursor, unreachable: unreachable === true ? true : undefined },
    })
  }

  /** The workspace of the key, with its zone and language. */
  workspace(): Promise<WorkspaceState> {
    return this.#send('GET', '/workspace')
  }

  /** Every event type, the workspace's own included. */
  async catalog(): Promise<readonly CatalogType[]> {
    return (await this.#send<Page<CatalogType>>('GET', '/catalog')).items
  }

  /** Makes the configuration what a YAML file says; `dryRun` only tells what would happen. */
  apply(yaml: string, { dryRun = false } = {}): Promise<Applied> {
    return this.#send('POST', '/apply', { yaml, query: { dryRun } })
  }

  /** The configuration as YAML, with references instead of secrets. */
  export(): Promise<string> {
    return this.#send('GET', '/export')
  }

  /** A link to the page where an administrator is made; with a key of the server itself. */
  adminLink(): Promise<{ link: string; expiresAt: string }> {
    return this.#send('POST', '/admin-link')
  }

  /** Has the server write a consistent copy of its store; `path` is one on the server. */
  backup(): Promise<{ path: string }> {
    return this.#send('POST', '/backup')
  }
}
