import { firstIdOf, idBytes, idTime, idText } from '../ids.ts'
import { HOUR_MS, hourOf, type HourRow } from '../store/hours.ts'
import type { Store } from '../store/store.ts'
import { countHour } from './count-hour.ts'
import { addHourText, hourText, type Counts } from './hour.ts'
import { isOver, mayChange, whyCount, type KnownHour, type WaitingNow } from './why-count.ts'

/*
 * Every hour of history is counted once, when it is over, and kept; nothing is written for it when a message leaves. What
 * has changed in it since shows in the queue (why-count.ts), and then that hour is counted again. The present hour is
 * counted whenever somebody looks.
 */

/** As far back as anybody looks; older hours are dropped. */
export const MOST_HOURS = 720
/** More than so many of an hour in the queue are not counted: it is looked at again every time. */
const MOST_QUEUED = 10_000
/** Hours of one statement: their texts are read without holding up what else there is to do. */
const READ_AT_ONCE = 48
/** How often an hour is counted until the digests it waits for stay the same meanwhile. */
const TRIES = 3

const KNOWN = `select hour, counted_at, queued, lead, leads, revived from hourly
  where workspace = ? and hour >= ? order by hour`
const BODIES =
  'select hour, body from hourly where workspace = ? and hour >= ? and hour < ? and counted_at > 0 order by hour'
const QUEUED = `select count(*) as n from (
  select 1 from queue where workspace = ? and delivery >= ? and delivery < ? limit ${MOST_QUEUED + 1}) as q`
const LEADS = `select count(*) as n from (
  select 1 from queue where workspace = ? and digest = 1 and delivery <= ? limit ${MOST_QUEUED + 1}) as q`
const OLDEST = 'select id from events where workspace = ? and id >= ? order by id limit 1'

/** What came of bringing hours up to date. */
export interface Looked {
  /** Hours that are not over yet, or could not be kept: what they come to, by their beginning. */
  readonly fresh: ReadonlyMap<number, string>
  /** Hours that are still to be counted. */
  readonly left: number
}

/** Brings the hours from one on up to date, the newest first, as long as `goesOn`. */
export async function lookAtHours(
  store: Store,
  workspace: number,
  from: number,
  now: number,
  goesOn: () => boolean = () => true,
): Promise<Looked> {
  const fresh = new Map<number, string>()
  const known = await knownHours(store, workspace, from)
  const first = await firstHour(store, workspace, from)
  let left = 0
  if (first === null) return { fresh, left }
  for (let hour = hourOf(now); hour >= first; hour -= HOUR_MS) {
    const before = known.get(hour)
    if (whyCount(before, await waitingOf(store, workspace, before)) === null) continue
    if (!goesOn()) left += 1
    else await countAgain(store, workspace, hour, before, now, fresh)
  }
  return { fresh, left }
}

/** The numbers of hours, each handed over with its beginning, from the oldest on. `fresh`: those that are not kept. */
export async function readHours(
  store: Store,
  workspace: number,
  from: number,
  to: number,
  fresh: ReadonlyMap<number, string>,
  take: (hour: number) => Counts,
): Promise<void> {
  for (let at = from; at < to; at += READ_AT_ONCE * HOUR_MS) {
    const end = Math.min(to, at + READ_AT_ONCE * HOUR_MS)
    for (const row of await store.read({ sql: BODIES, parameters: [workspace, at, end] }))
      if (!fresh.has(Number(row['hour']))) addHourText(take(Number(row['hour'])), row['body'] as string)
  }
  for (const [hour, text] of fresh) if (hour >= from && hour < to) addHourText(take(hour), text)
}

async function knownHours(store: Store, workspace: number, from: number): Promise<Map<number, KnownHour>> {
  const rows = await store.read({ sql: KNOWN, parameters: [workspace, from] })
  return new Map(
    rows.map((row) => [
      Number(row['hour']),
      {
        hour: Number(row['hour']),
        countedAt: Number(row['counted_at']),
        queued: Number(row['queued']),
        lead: row['lead'] === null ? null : idText(row['lead'] as Uint8Array),
        leads: Number(row['leads']),
        revived: Number(row['revived']),
      },
    ]),
  )
}

/** The hour of the oldest event from a time on; null where there is none. No delivery is older than its event. */
async function firstHour(store: Store, workspace: number, from: number): Promise<number | null> {
  const [row] = await store.read({ sql: OLDEST, parameters: [workspace, idBytes(firstIdOf(from))] })
  return row === undefined ? null : hourOf(idTime(idText(row['id'] as Uint8Array)))
}

async function waitingOf(store: Store, workspace: number, known: KnownHour | undefined): Promise<WaitingNow> {
  if (known === undefined || !mayChange(known)) return { queued: null, leads: null }
  return {
    queued: known.queued > 0 ? await queuedOf(store, workspace, known.hour) : 0,
    leads: known.lead === null ? 0 : await leadsTo(store, workspace, known.lead),
  }
}

/** How many of an hour have a place in the queue; null for more than is looked for. */
const queuedOf = (store: Store, workspace: number, hour: number): Promise<number | null> =>
  few(store, QUEUED, [workspace, idBytes(firstIdOf(hour)), idBytes(firstIdOf(hour + HOUR_MS))])

/** How many digests wait that are not later than one. */
const leadsTo = (store: Store, workspace: number, lead: string): Promise<number | null> =>
  few(store, LEADS, [workspace, idBytes(lead)])

async function few(store: Store, sql: string, parameters: readonly unknown[]): Promise<number | null> {
  const [row] = await store.read({ sql, parameters })
  const count = Number(row!['n'])
  return count > MOST_QUEUED ? null : count
}

/** Counts an hour and keeps it once it is over. What waits is looked at first: what leaves meanwhile is noticed next time. */
async function countAgain(
  store: Store,
  workspace: number,
  hour: number,
  known: KnownHour | undefined,
  now: number,
  fresh: Map<number, string>,
): Promise<void> {
  let lead = known?.lead ?? null
  for (let tried = 1; ; tried += 1) {
    const queued = await queuedOf(store, workspace, hour)
    const leads = lead === null ? 0 : await leadsTo(store, workspace, lead)
    const counted = await countHour(store, workspace, hour)
    const body = hourText(counted.counts)
    if (!isOver(hour, now)) return void fresh.set(hour, body)
    if (counted.lead !== lead && tried < TRIES) {
      lead = counted.lead
      continue
    }
    fresh.set(hour, body)
    const row: HourRow = {
      hour,
      countedAt: now,
      // Such as no count comes to: it is looked at again every time.
      queued: queued ?? MOST_QUEUED + 1,
      lead: counted.lead,
      leads: counted.lead === lead ? (leads ?? -1) : -1,
      revived: known?.revived ?? 0,
      body,
    }
    return store.writeHours(workspace, [row], hourOf(now) - (MOST_HOURS + 24) * HOUR_MS)
  }
}
