import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Condition } from '@nabat/api/condition.ts'
import type { Section } from '@nabat/api/configuration.ts'
import type { Severity } from '@nabat/api/severity.ts'
import type { Language } from '@nabat/api/text.ts'

/** A page of a list; `next` is the cursor of the one behind it. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/** An entity of the configuration. What the file made is changed in the file. */
export type Entity<T> = T & { readonly id: string; readonly origin: 'file' | 'api'; readonly version: number }

/** The workspace of a key. */
export interface WorkspaceState {
  readonly name: string
  readonly title?: string
  /** IANA zone. */
  readonly timeZone: string
  readonly language: Language
  readonly mailOff?: boolean
  /** Hour of `statistics.daily`, false for none. */
  readonly dailyStatistics: string | false
  readonly signature?: string
  readonly systemContact?: string
  /** Of the configuration. */
  readonly version: number
}

export interface ChannelState {
  /** `unusable`: its settings lead nowhere; `incomplete`: fields in `missing` must be filled in. */
  readonly status: 'ready' | 'off' | 'incomplete' | 'unusable'
  readonly missing: readonly string[]
}

/** What a silence does now, when that changes next, and whose it is. */
export interface SilenceState {
  /** `pending`: it has not begun, or waits for the hours of its schedule. */
  readonly status: 'pending' | 'active' | 'ended'
  readonly changesAt: string | null
  readonly madeBy: string | null
  readonly madeAt: string | null
  readonly changedBy: string | null
  readonly changedAt: string | null
}

/** What the clock says of a schedule. */
export interface NextTime {
  /** When a schedule comes next (RFC 3339); null: never. */
  readonly next: string | null
}

/** An event as it was stored. */
export interface StoredEvent {
  /** Nabat's own id. */
  readonly id: string
  /** The sender's id; Nabat's own when the sender gave none. */
  readonly eventId: string
  readonly source: string
  readonly type: string
  readonly subject: string | null
  readonly severity: Severity
  readonly time: string
  readonly acceptedAt: string
  readonly actor: { readonly user: string | null; readonly role: string | null } | null
  readonly incident: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** An event with everything that was decided about it. */
export interface TracedEvent extends StoredEvent {
  readonly attachments: readonly { readonly file: string; readonly name: string }[]
  readonly trace: Trace
  readonly deliveries: readonly Delivery[]
}

/** Why the event went where it went. `says` is the reason as a sentence. */
export interface Trace {
  /** Version of the configuration it was routed by. */
  readonly version: number
  readonly rules: readonly {
    readonly id: string
    readonly name: string
    /** It is not there any more. */
    readonly removed?: true
    readonly result: 'matched' | 'refused'
    readonly reason?: 'type' | 'role' | 'schedule' | 'condition' | 'disabled'
    readonly condition?: Condition
    readonly actual?: unknown
    readonly says: string
  }[]
  readonly alreadyTold: readonly {
    readonly destination: string
    readonly rule: string
    readonly by: string
    readonly says: string
  }[]
  readonly missing: readonly {
    readonly name: string
    readonly rule: string
    readonly reason: string
    readonly says: string
  }[]
  readonly silences: Readonly<Record<string, string>>
}

export type DeliveryState = 'waiting' | 'claimed' | 'sent' | 'suppressed' | 'failed' | 'cancelled'

/** One message for one destination. */
export interface Delivery {
  readonly id: string
  readonly event: string
  readonly rule: string | null
  /** The rule is not there any more. */
  readonly ruleRemoved?: true
  readonly recipient: string | null
  readonly channel: string | null
  /** The channel is not there any more. */
  readonly channelRemoved?: true
  readonly kind: string | null
  readonly destination: string | null
  readonly state: DeliveryState
  readonly reason: string | null
  /** State and reason as a phrase. */
  readonly says: string
  readonly note: string | null
  readonly createdAt: string
  readonly dueAt: string | null
  /** It waits for an earlier message of the same incident. */
  readonly behind?: true
  readonly expiresAt: string | null
  readonly endedAt: string | null
  /** The delivery whose place it took. */
  readonly insteadOf: string | null
  /** The delivery in whose message this one leaves, together with others. */
  readonly digest: string | null
  /** Name of the silence that kept it back. */
  readonly silence?: string
  readonly attempts: readonly Attempt[]
}

export interface Attempt {
  readonly at: string
  readonly tookMs: number
  readonly verdict: 'sent' | 'deferred' | 'rejected'
  readonly reason: string | null
  readonly detail: string | null
  /** The message may have arrived although no answer came. */
  readonly ambiguous?: true
}

export interface Incident {
  readonly id: string
  readonly key: string
  readonly state: 'open' | 'acknowledged' | 'ended'
  readonly severity: Severity
  readonly openedAt: string
  readonly openedBy: string
  readonly lastEvent: string
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
  readonly endedAt: string | null
}

/** What a staged check found; it stops at the first stage that fails. */
export interface ChannelTest {
  readonly ok: boolean
  /** A test message was sent, and taken. */
  readonly posted: boolean
  readonly stages: readonly { readonly stage: string; readonly ok: boolean; readonly says: string }[]
}

/** What an apply did, or would do. Names are `section/name`. */
export interface Applied {
  readonly version: number
  readonly created: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly dryRun: boolean
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly rights: 'send' | 'read' | 'all'
  readonly perMinute: number | null
  readonly createdAt: string
  /** Login, or name of the key, of whoever made it. */
  readonly by: string | null
  /** Null: not used yet. */
  readonly lastUsedAt: string | null
}

export interface UploadedFile {
  readonly id: string
  readonly name: string
  readonly mediaType: string
  readonly size: number
}

export interface InboxEntry {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly links: readonly { readonly title: string; readonly url: string }[]
  readonly severity: Severity
  readonly type: string
  /** In the language asked for; the name of a type that is gone. */
  readonly typeTitle: string
  readonly category: string | null
  readonly source: string
  /** Null for a message about no stored event. */
  readonly event: string | null
  /** The sender's id of the event. */
  readonly eventId: string
  /** As it is at this moment. */
  readonly incident: { readonly key: string; readonly state: Incident['state'] } | null
  /** Login or name of whoever acknowledged the incident. */
  readonly acknowledgedBy: string | null
  readonly acknowledgedByName: string | null
  /** How often news of the incident came after the entry. */
  readonly updates: number
  readonly changedAt: string
  readonly readAt: string | null
}

export interface Change {
  readonly id: string
  readonly version: number
  readonly at: string
  readonly by: string
  readonly section: Section | 'workspace'
  readonly key: string
  readonly before: unknown
  readonly after: unknown
  readonly comment: string | null
}

/** A person and the ways to them. Where something is not reached, `reason` is the code and `says` the reason as a phrase. */
export interface PersonReach {
  readonly login: string
  readonly name: string | null
  readonly reachable: boolean
  readonly reason: string | null
  readonly says: string | null
  /** In the order in which they are tried. */
  readonly contacts: readonly {
    /** Null: there is no channel that this contact would go by. */
    readonly channel: string | null
    readonly destination: string | null
    readonly works: boolean
    readonly reason: string | null
    readonly says: string | null
    /** Since when the destination is disabled, or the channel is down. */
    readonly since: string | null
  }[]
}

/** Who can be told anything at all. `rules` are those by which nobody is told, whatever happens. */
export interface Reachability {
  readonly people: Page<PersonReach>
  readonly rules: readonly { readonly name: string; readonly reason: string; readonly says: string }[]
}

/** An event type as the catalogue shows it. */
export type CatalogType = Pick<
  EventType,
  'name' | 'category' | 'title' | 'severity' | 'raisedBy' | 'data' | 'example' | 'templates'
> & {
  readonly categoryTitle: string
  readonly incident: EventType['incident'] | null
  readonly relations: NonNullable<EventType['relations']>
}
