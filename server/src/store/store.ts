/*
 * The port of the store: everything durable goes through here, and every adapter passes one specification
 * (store/specification). It is asynchronous although the embedded store answers at once, because PostgreSQL does not.
 *
 * A write is one transaction: it happens whole or not at all. Where the store takes no writes (full disk, lost
 * connection) the promise is rejected with StoreUnavailable and nothing has changed.
 */
import type { Section } from '@nabat/api/configuration.ts'
import type { Topic } from '@nabat/api/live.ts'
import type { Address } from '../pipeline/outcome.ts'
import type { AccessStore } from './access.ts'
import type { BotStore } from './bots.ts'
import type { DeviceHolder, DeviceStore } from './devices.ts'
import type { HourStore } from './hours.ts'
import type { LinkingStore } from './linking.ts'
import type { SecondFactorStore } from './second-factor.ts'

/** The store takes no writes now; the caller may try again later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** 0 critical, 1 warning, 2 info: what leaves first. */
export type Priority = 0 | 1 | 2

/** 0 none, 1 opens, 2 updates, 3 closes, 4 closes and goes even to those who were not told of the opening. */
export type Step = 0 | 1 | 2 | 3 | 4

export const STATES = ['waiting', 'sent', 'suppressed', 'failed', 'cancelled'] as const
export type DeliveryState = (typeof STATES)[number]

/** A delivery as routing and hold decided it. */
export interface PlannedDelivery {
  readonly id: string
  /** Entity id of the rule; 0 for none. */
  readonly rule: number
  readonly recipient: string | null
  readonly destination: { readonly channel: number; readonly address: Address } | null
  /** Waiting unless a reason speaks against it. */
  readonly suppressed: string | null
  /** Why it waits longer than for its turn: quiet hours and the like. */
  readonly held: string | null
  readonly dueAt: number
  readonly expiresAt: number
  readonly priority: Priority
  readonly step: Step
  readonly living: boolean
  /** At most one for this key, rule and destination in `perMs`; a further one is suppressed as `throttled`. */
  readonly throttle: { readonly key: string; readonly perMs: number } | null
  /** It leaves with others of its rule and destination, in one message at `dueAt` of the first of them. */
  readonly digest: boolean
  /** It comes after the one before it was sent, and not in its place. */
  readonly follows: boolean
}

/** An event that is about to be written, with everything that was decided about it. */
export interface PlannedEvent {
  readonly id: string
  readonly source: string
  /** Null: the sender gave none, so there is nothing to compare it with. */
  readonly eventId: string | null
  readonly type: string
  readonly subject: string | null
  readonly severity: Priority
  readonly time: number
  readonly actorUser: string | null
  readonly actorRole: string | null
  readonly incident: string | null
  readonly step: Step
  /** JSON. */
  readonly data: string
  /** JSON, null without. */
  readonly attachments: string | null
  /** The compact trace (pipeline/trace.ts). */
  readonly trace: string
  readonly deliveries: readonly PlannedDelivery[]
}

/** The events of one request. `version`: the configuration they were routed by. */
export interface AcceptRequest {
  readonly workspace: number
  readonly version: number
  readonly at: number
  readonly events: readonly PlannedEvent[]
}

/** Where something became due: the lane of a destination. */
export interface Woken {
  readonly workspace: number
  readonly destination: number
  readonly priority: Priority
  readonly dueAt: number
  /** Where it is, when the store had it at hand. */
  readonly to?: { readonly channel: number; readonly address: Address }
}

export interface AcceptedRow {
  readonly id: string
  readonly duplicate: boolean
  /** Deliveries that will leave or wait. */
  readonly deliveries: number
}

/** `stale`: the configuration has changed since it was routed; route again and come back. */
export type AcceptResult = 'stale' | { readonly events: readonly AcceptedRow[]; readonly woken: readonly Woken[] }

/** Up to `limit` due deliveries of one destination. */
export interface ClaimWant {
  readonly workspace: number
  readonly destination: number
  readonly limit: number
  /** When more than so many are due that are not critical, all of them are claimed at once, as one message. */
  readonly foldOver?: number
  /** Only critical ones. */
  readonly urgent?: boolean
}

/** So many leave as one message at most. */
export const FOLD_LIMIT = 1_000

/** A claimed delivery with all that rendering and the second look of hold need. */
export interface ClaimedRow {
  readonly workspace: number
  readonly delivery: string
  readonly destination: number
  readonly channel: number
  readonly address: Address
  readonly disabled: string | null
  readonly rule: number
  readonly recipient: string | null
  readonly insteadOf: string | null
  readonly priority: Priority
  /** An earlier attempt may have arrived: the process died, or the answer was lost, while it was under way. */
  readonly suspect: boolean
  /** Number of the node that has claimed it, where there are several: under another it has to be claimed anew. */
  readonly claimedBy?: number | null
  /** Why it waited, when it was more than its turn. */
  readonly waitedFor: string | null
  readonly step: Step
  readonly living: boolean
  /** Other events joined it: the message tells of all of them. */
  readonly digest: boolean
  readonly attempts: number
  readonly expiresAt: number
  readonly event: EventRow
  /** Version of the configuration at accept: it pins the templates. */
  readonly version: number
  /** The incident's state, and the ids under which this destination was told of it. */
  readonly incident: {
    readonly key: string
    readonly state: IncidentState
    readonly told: readonly string[] | null
    /** The latest event it was told of. */
    readonly toldEvent: string | null
  } | null
  /** Another message of the same incident waits behind this one. */
  readonly followed: boolean
  /** It comes after the one before it was sent: in case that went unread, or to tell of the end where the beginning was told. */
  readonly follows: boolean
  /** Why it is not needed any more: the message was read, the incident taken on, or another way got through first. */
  readonly answered: 'read' | 'acknowledged' | 'incident_ended' | 'told_otherwise' | null
  /** Others of its destination that leave in the same message, in the order of their events. */
  readonly folded?: readonly ClaimedRow[]
}

export interface ClaimResult {
  readonly rows: readonly ClaimedRow[]
  /** For each want in which everything due was claimed: what is due next, null when the lane is empty. */
  readonly next: readonly (Pick<Woken, 'priority' | 'dueAt'> | null | 'more')[]
  /** Whether the rows of a want leave as one message. */
  readonly folded: readonly boolean[]
}

export interface EventRow {
  readonly id: string
  readonly source: string
  readonly eventId: string
  readonly type: string
  readonly subject: string | null
  readonly severity: Priority
  readonly time: number
  readonly actorUser: string | null
  readonly actorRole: string | null
  readonly incident: string | null
  readonly data: string
  readonly attachments: string | null
}

export type IncidentState = 'open' | 'acknowledged' | 'ended'

/** The state of an incident that nothing has opened: it has not ended, unless the message itself says so. */
export const stateOfUnknown = (step: Step): IncidentState => (step === 3 || step === 4 ? 'ended' : 'open')

/** [at, took ms, verdict, reason, detail]; one line of a delivery's attempts. */
export type AttemptEntry = readonly [number, number, string, string | null, string | null]

/** By when an attempt must have reached the provider, which counts it from then on: the answer tells no more. */
export const arrivedAt = ([at, tookMs]: AttemptEntry): number => at + tookMs

type ClaimedKey = Pick<ClaimedRow, 'workspace' | 'delivery' | 'destination' | 'digest' | 'claimedBy'> & {
  /** Id of the event. */
  readonly event: string

  readonly incidentKey: string | null
  /** The same message may wait for another way: when this one is sent the others are not needed. */
  readonly family: boolean
}

/** What became of a claimed delivery. */
export type Settlement =
  | (ClaimedKey & {
      readonly kind: 'end'
      readonly state: Exclude<DeliveryState, 'waiting'>
      readonly reason: string | null
      readonly note: string | null
      readonly attempt: AttemptEntry | null
      /** The provider's ids under which the incident is known there from now on; null leaves what is kept. */
      readonly told: readonly string[] | null
      /** The delivery in whose message it left, itself when others left in its own; null for a message to itself. */
      readonly foldedInto: string | null
      /** The delivery that takes its place. */
      readonly instead: PlannedDelivery | null
      /** The destination is of no use any more. */
      readonly disable: { readonly reason: string; readonly detail: string } | null
      /** The message drew on a budget; remembered for a minute. */
      readonly budgeted: boolean
    })
  | (ClaimedKey & {
      readonly kind: 'defer'
      readonly dueAt: number
      /** When its life ends now: the time a decision keeps it back does not count. */
      readonly expiresAt: number
      readonly reason: string
      readonly suspect: boolean
      readonly attempt: AttemptEntry | null
      readonly budgeted: boolean
      /** The same by another way, while this one waits for its channel; what gets through first is the one that is sent. */
      readonly instead: PlannedDelivery | null
    })

/** A lane that has something waiting, as found at the start or by the full look. */
export interface LaneRow extends Woken {
  readonly channel: number
  readonly address: Address
}

export interface EntityRow {
  readonly section: Section
  readonly id: number
  readonly key: string
  readonly body: string
  readonly origin: 'file' | 'api'
  readonly version: number
  readonly removed: boolean
}

/** Whether a workspace is shut. Milliseconds since 1970. */
export interface WorkspaceState {
  /** It accepts and delivers nothing until it is unblocked. */
  readonly blocked: { readonly at: number; readonly reason: string } | null
  /** Neither does a removed one; in time everything of it is deleted. */
  readonly removedAt: number | null
}

/** A change of a workspace's state; it leaves a change row. */
export interface WorkspaceStateWrite {
  readonly workspace: number
  /** The version it was worked out against; another one is a conflict. */
  readonly expect: number
  readonly state: WorkspaceState
  readonly by: string
  readonly at: number
}

export interface WorkspaceRow extends WorkspaceState {
  readonly id: number
  readonly name: string
  /** JSON. */
  readonly settings: string
  readonly version: number
  /** JSON: what the file named at the last apply. */
  readonly file: string | null
}

/** What has changed in a workspace's configuration since a version. */
export interface ConfigurationChanges {
  readonly workspace: WorkspaceRow
  readonly entities: readonly EntityRow[]
  /** Destinations whose state changed; `disabled` null: in use again. */
  readonly destinations: readonly DestinationRow[]
  /** People who have got a first device, or lost the last one. */
  readonly holders: readonly DeviceHolder[]
}

export interface DestinationRow {
  readonly id: number
  readonly channel: number
  readonly address: string
  readonly disabled: { readonly at: number; readonly reason: string; readonly detail: string } | null
}

/** One entity made (`id` null), changed, or removed (`body` null). */
export interface EntityWrite {
  readonly section: Section
  readonly id: number | null
  readonly key: string
  readonly body: string | null
  readonly origin: 'file' | 'api'
}

/** One transaction on a workspace's configuration; each part leaves a change row. */
export interface ConfigurationWrite {
  readonly workspace: number
  /** The version it was worked out against; another one is a conflict. */
  readonly expect: number
  readonly at: number
  readonly by: string
  readonly comment: string | null
  readonly entities: readonly EntityWrite[]
  readonly settings: string | null
  readonly secrets: readonly { readonly name: string; readonly sealed: Uint8Array }[]
  readonly file: string | null
  /** What waits because of what is being changed, and is due now to be looked at again. */
  readonly lookAgain: readonly LookAgain[]
}

/** Messages that wait for one of these reasons; of some recipients or one channel, or of everybody. */
export interface LookAgain {
  readonly reasons: readonly string[]
  readonly recipients?: readonly string[]
  /** Entity id. */
  readonly channel?: number
}

export interface KeyRow {
  readonly id: string
  readonly workspace: number
  readonly name: string
  readonly rights: 'send' | 'read' | 'all'
  readonly perMinute: number | null
}

/** A key as it is stored, without itself. Milliseconds since 1970. */
export interface StoredKey extends KeyRow {
  /** SHA-256 of the key. */
  readonly hash: Uint8Array
  readonly createdAt: number
  /** Login, or name of the key, of whoever made it; null where that was not written down. */
  readonly by: string | null
}

/** Where a schedule stands. Milliseconds since 1970. */
export interface ScheduleRun {
  /** Entity id; 0 for the daily statistics of the workspace. */
  readonly schedule: number
  /** Its last change, or that of the workspace's settings; 0 when they are as they were made. */
  readonly savedAt: number
  /** The occurrence that was raised last, null for none. */
  readonly raisedAt: number | null
}

export interface FileRow {
  readonly id: string
  readonly name: string
  readonly mediaType: string
  readonly size: number
}

/** A message for the inbox of a person. */
export interface InboxEntry {
  readonly id: string
  /** The delivery that brings it. */
  readonly delivery: string
  /** The entry it brings up to date, null for a new one. */
  readonly updates: string | null
  readonly incident: string | null
  readonly severity: Priority
  /** Name of the event type. */
  readonly type: string
  readonly title: string
  /** JSON. */
  readonly body: string
  readonly at: number
}

/** Entries of an inbox: some of them, those that have not changed since a time (milliseconds since 1970), or all. */
export type InboxPart = 'all' | { readonly ids: readonly string[] } | { readonly until: number }

/** How many entries an inbox has at most, and how many of the oldest go together once there are more, read ones first. */
export interface InboxLimit {
  readonly most: number
  readonly trimmed: number
}

/** For everybody. */
export const INBOX_LIMIT: InboxLimit = { most: 10_000, trimmed: 100 }

/** An unread entry knows its latest deliveries, so many: one that is brought up to date for weeks must not grow all that time. */
export const INBOX_TOLD = 100

/** A compiled statement that only reads; runs beside the writer and never blocks it. */
export interface ReadQuery {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** What has changed in a workspace: something of a topic, or the inbox of one person, by their login. */
export type Note = Topic | `inbox:${string}`

/** What another node has written that concerns all. */
export type Notice =
  /** Something became due or will; `channel` tells whose node it concerns. */
  | { readonly kind: 'woken'; readonly woken: readonly (Omit<Woken, 'to'> & { readonly channel: number })[] }
  | { readonly kind: 'configuration'; readonly workspace: number }
  | { readonly kind: 'keys' }
  /** Something that people may be looking at; of the configuration they hear by itself. */
  | { readonly kind: 'changed'; readonly workspace: number; readonly topics: readonly Note[] }
  /** Sessions of an account have ended, or what may be done in them is another. */
  | { readonly kind: 'access'; readonly account: number }
  /** Somebody tried to sign in; `of` says what waits grow with. */
  | { readonly kind: 'tried'; readonly of: readonly string[]; readonly at: number }
  /** A workspace is no more. */
  | { readonly kind: 'workspaces' }
  /** Somebody needs the updates of a bot. */
  | { readonly kind: 'bot'; readonly bot: string }
  /** Notices may have been missed: anything may have changed. */
  | { readonly kind: 'missed' }

/** A beat of a node. */
export interface Beat {
  /** It takes its share of what nodes do; one that only answers requests does not. */
  readonly serves: boolean
  /** Leases to renew, or to take where nobody holds them. */
  readonly wanted: readonly string[]
  /** Leases to give up. */
  readonly given: readonly string[]
  /** From now on, by the store's clock; the node counts as alive for as long. */
  readonly lastsMs: number
  /** The node has forgotten what it had claimed: it joins under another name, so that this is free at once. */
  readonly anew: boolean
}

export interface Standing {
  /** This node; another name than before when it was away for so long that it counted as dead. */
  readonly node: string
  /** Those that are alive and take a share, this one among them when it does. */
  readonly nodes: readonly string[]
  /** Leases it holds now. */
  readonly held: readonly string[]
}

/** What a statement of `read` is written in. */
export type Dialect = 'sqlite' | 'postgres'

export interface Store extends AccessStore, BotStore, DeviceStore, HourStore, LinkingStore, SecondFactorStore {
  /** What statements of `read` are written in, where one text does not do for both. */
  dialect(): Promise<Dialect>
  /**
   * Says that this node is alive and sees to its leases. What nodes had claimed that are alive no more waits again, marked
   * as suspect. An embedded store has one node, which gets what it wants.
   */
  holdLeases(beat: Beat): Promise<Standing>
  /** Gives everything up: the node counts as dead at once. */
  leave(): Promise<void>
  /** Tells the other nodes what became due on them (of configuration and keys the store tells by itself); soon, and together with what else there is to tell. Never rejects: looking now and then is the safety net. */
  tell(notice: Notice): void
  /** Calls back with what other nodes tell. */
  listen(call: (notice: Notice) => void): void
  accept(request: AcceptRequest): Promise<AcceptResult>
  claim(wants: readonly ClaimWant[], now: number): Promise<ClaimResult>
  /** Settles and, in the same transaction, accepts what was raised because of it. */
  settle(
    settlements: readonly Settlement[],
    raised: readonly AcceptRequest[],
    now: number,
  ): Promise<{
    readonly woken: readonly Woken[]
    /** Raised events that were routed by an older configuration: not stored, to be routed again. */
    readonly stale: readonly AcceptRequest[]
  }>
  /** Before the first claim, and when duties of another node are taken over: what dead processes had claimed waits again, marked as suspect. */
  recover(now: number): Promise<{
    lanes: readonly LaneRow[]
    sends: readonly { at: number; workspace: number; destination: number; channel: number; address: Address }[]
  }>
  /** Claims up to `limit` deliveries whose life is over, walking the queue in rounds from `after`. */
  claimExpired(
    after: string | null,
    limit: number,
    now: number,
  ): Promise<{ rows: readonly ClaimedRow[]; after: string | null }>
  /** The events that leave in one message with a delivery, the first first. */
  digestEvents(workspace: number, delivery: string): Promise<readonly EventRow[]>
  /** Makes at most `limit` of the messages that wait so due now; fewer are woken when there are no more. */
  lookAgain(workspace: number, which: LookAgain, limit: number, now: number): Promise<readonly Woken[]>
  /** Address and channel of a destination, for a lane that was woken before it was known. */
  destination(workspace: number, id: number): Promise<{ channel: number; address: Address } | undefined>

  cancelDeliveries(
    workspace: number,
    ids: readonly string[],
    reason: string,
    now: number,
  ): Promise<{ ended: string[]; woken: readonly Woken[] }>
  retryDeliveries(
    workspace: number,
    ids: readonly string[],
    now: number,
    expiresAt: number,
  ): Promise<{ waiting: string[]; woken: readonly Woken[] }>
  acknowledge(
    workspace: number,
    incident: string,
    by: string,
    now: number,
  ): Promise<'acknowledged' | 'ended' | 'unknown'>

  workspaces(): Promise<readonly WorkspaceRow[]>
  /** Makes a workspace and gives its id; `made`: by whom and when, for its first change. A name that is taken is an error. */
  createWorkspace(name: string, settings: string, made?: { readonly by: string; readonly at: number }): Promise<number>
  /** Blocks, unblocks, removes or restores a workspace. It raises the version: what was just routed is looked at again. */
  setWorkspaceState(write: WorkspaceStateWrite): Promise<'conflict' | 'written'>
  /**
   * Deletes at most `limit` rows of a workspace that was removed before a time, and tells how many; `gone` once the
   * workspace itself is deleted with its keys and members; `kept` when it was not removed, or later.
   */
  deleteWorkspace(workspace: number, removedBefore: number, limit: number): Promise<number | 'kept' | 'gone'>
  configurationSince(workspace: number, version: number): Promise<ConfigurationChanges>
  /** A person whose card is removed loses devices and inbox with it; a card that is written again has neither. */
  writeConfiguration(
    write: ConfigurationWrite,
  ): Promise<{ version: number; ids: readonly number[]; woken: readonly Woken[] } | 'conflict'>
  secrets(workspace: number): Promise<readonly { name: string; sealed: Uint8Array }[]>
  /** Disables (or, with null, enables again) a destination and leaves a change of the configuration's version. */
  setDestination(
    workspace: number,
    id: number,
    disabled: { reason: string; detail: string } | null,
    now: number,
  ): Promise<void>
  /** A chat has another id: its destinations are found under the new one from now on. */
  moveDestinations(workspace: number, channel: number, from: string, to: string): Promise<void>

  addKey(key: StoredKey): Promise<void>
  removeKey(workspace: number, id: string): Promise<boolean>
  keys(): Promise<readonly (StoredKey & { readonly lastUsedAt: number | null })[]>
  /** Notes when keys were used last; an earlier time than is known changes nothing. */
  noteKeyUses(uses: readonly { readonly workspace: number; readonly id: string; readonly at: number }[]): Promise<void>

  putFile(workspace: number, file: FileRow, content: Uint8Array): Promise<void>
  fileContent(workspace: number, id: string): Promise<Uint8Array | undefined>
  /** `limit`: `INBOX_LIMIT` when left out. */
  putInbox(workspace: number, login: string, entry: InboxEntry, limit?: InboxLimit): Promise<string>
  /** Marks entries read (a time) or unread, and answers with those that changed; what they tell of counts as read from then on. */
  markInbox(workspace: number, login: string, part: InboxPart, readAt: number | null): Promise<readonly string[]>
  /** Deletes everything in somebody's inbox; how many entries. */
  clearInbox(workspace: number, login: string): Promise<number>

  /** Every schedule there is, and as the last one schedule 0. */
  scheduleRuns(workspace: number): Promise<readonly ScheduleRun[]>
  /** An occurrence has been raised; an earlier one than is known changes nothing. */
  recordScheduleRun(workspace: number, schedule: number, at: number): Promise<void>

  /** Small values of the installation, such as the proof that the secret key is the right one. */
  mark(name: string): Promise<Uint8Array | undefined>
  setMark(name: string, value: Uint8Array): Promise<void>

  read(query: ReadQuery): Promise<readonly Record<string, unknown>[]>
  /** Forgets at most `limit` events of a workspace accepted before `before`, with all that hangs on them; how many. */
  forget(workspace: number, before: number, limit: number): Promise<number>
  /** Writes a consistent copy; the path must not exist. */
  backup(path: string): Promise<void>
  /** Rejects unless the store answers and takes writes. */
  ping(): Promise<void>
  close(): Promise<void>
}
