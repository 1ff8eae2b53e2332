/*
 * Counting of one hour, read in slices beside the writer: whoever looks at a list must not wait behind it. A delivery is
 * of the hour it was made in, so that the list of that hour has the same number, however late it was sent.
 */
import { firstIdOf, idBytes, idText } from '../ids.ts'
import { HOUR_MS } from '../store/hours.ts'
import { STATES, type Dialect, type Store } from '../store/store.ts'
import { addTo, channelOf, mostOf, nothingCounted, KEPT, type Counts } from './hour.ts'

/** Rows of one statement: tens of milliseconds. */
const DELIVERIES_AT_ONCE = 10_000
const EVENTS_AT_ONCE = 20_000

const SENT = STATES.indexOf('sent')

/** The moment in an id: its first six bytes. SQLite reads a number in hexadecimal only as JSON. */
const TOOK_SQLITE = "d.ended_at - (('0x' || hex(substr(d.event, 1, 6))) ->> '$')"
const TOOK_POSTGRES = "d.ended_at - ('x' || left(replace(d.event::text, '-', ''), 12))::bit(48)::bigint"
/** The buckets of latency.ts. */
const BUCKET = `case when took <= 10 then 0 when took <= 20 then 1 when took <= 50 then 2 when took <= 100 then 3
    when took <= 200 then 4 when took <= 500 then 5 when took <= 1000 then 6 when took <= 2000 then 7 when took <= 5000 then 8
    when took <= 10000 then 9 when took <= 20000 then 10 when took <= 30000 then 11 when took <= 60000 then 12
    when took <= 120000 then 13 when took <= 300000 then 14 when took <= 600000 then 15 when took <= 1800000 then 16
    when took <= 3600000 then 17 when took <= 7200000 then 18 when took <= 21600000 then 19 when took <= 43200000 then 20
    when took <= 86400000 then 21 else 22 end`

// The severity is asked for row by row: joined, PostgreSQL reads all events there are, since it cannot know that an hour's
// deliveries are of an hour's events. What waited for a digest, or for a first message to go unread, was meant to take its time. Those that gathered a digest
// are known by those that joined them.
const SUMS = `select channel, rule, state, critical, case when timed = 1 then ${BUCKET} end as bucket, count(*) as n,
    sum(folded) as folded, sum(summary) as summaries, max(lead) as lead
  from (select coalesce(t.channel, 0) as channel, d.rule, d.state, case when (
        select e.severity from events e where e.workspace = d.workspace and e.id = d.event) = 0 then 1 else 0 end as critical,
      case when d.state = 1 and d.follows = 0 and (d.note is null or d.note <> 'joined') and d.id not in (
        select m.digest from deliveries m where m.workspace = ? and m.digest >= ? and m.digest < ? and m.note = 'joined')
        then 1 else 0 end as timed,
      case when d.reason = 'folded' then 1 else 0 end as folded,
      case when d.reason = 'folded' and d.digest = d.id then 1 else 0 end as summary`
const OF_HOUR = `from deliveries d left join destinations t on t.workspace = d.workspace and t.id = d.destination
    where d.workspace = ? and d.id >= ? and d.id < ?) as made
  group by 1, 2, 3, 4, 5`
const DELIVERIES: Readonly<Record<Dialect, string>> = {
  sqlite: `${SUMS}, ${TOOK_SQLITE} as took, case when d.state = 0 then d.digest end as lead ${OF_HOUR}`,
  // There is no greatest uuid before PostgreSQL 18.
  postgres: `${SUMS}, ${TOOK_POSTGRES} as took, case when d.state = 0 then d.digest::text end as lead ${OF_HOUR}`,
}
// What Nabat tells of itself is about no object.
const SUBJECTS = `select subject, count(*) as n from events
  where workspace = ? and id >= ? and id < ? and subject is not null and source <> 'nabat' group by subject`
const END_OF_DELIVERIES =
  'select id from deliveries where workspace = ? and id >= ? and id < ? order by id limit 1 offset ?'
const END_OF_EVENTS = 'select id from events where workspace = ? and id >= ? and id < ? order by id limit 1 offset ?'

/** An hour, and the latest delivery in whose message one of it is to leave. */
export interface CountedHour {
  readonly counts: Counts
  readonly lead: string | null
}

/** Counts the hour that begins at a moment. */
export async function countHour(store: Store, workspace: number, hour: number): Promise<CountedHour> {
  const counts = nothingCounted()
  const lead = await addDeliveries(store, workspace, hour, counts)
  await addSubjects(store, workspace, hour, counts)
  const kept = { rules: new Map(mostOf(counts.rules, KEPT)), subjects: new Map(mostOf(counts.subjects, KEPT)) }
  return { counts: { ...counts, ...kept }, lead }
}

async function addDeliveries(store: Store, workspace: number, hour: number, counts: Counts): Promise<string | null> {
  const sql = DELIVERIES[await store.dialect()]
  let latest: string | null = null
  for await (const [from, to] of slices(store, END_OF_DELIVERIES, workspace, hour, DELIVERIES_AT_ONCE)) {
    const rows = await store.read({ sql, parameters: [workspace, from, to, workspace, from, to] })
    for (const row of rows) {
      const count = Number(row['n'])
      const state = Number(row['state'])
      const channel = channelOf(counts, Number(row['channel']), Number(row['critical']) === 1)
      channel.ends[state]! += count
      channel.folded += Number(row['folded'])
      channel.summaries += Number(row['summaries'])
      if (state === SENT && row['bucket'] !== null) channel.took[Number(row['bucket'])]! += count
      if (Number(row['rule']) !== 0) addTo(counts.rules, Number(row['rule']), count)
      const lead = leadOf(row['lead'])
      if (lead !== null && (latest === null || lead > latest)) latest = lead
    }
  }
  return latest
}

const leadOf = (lead: unknown): string | null =>
  lead === null || lead === undefined ? null : typeof lead === 'string' ? lead : idText(lead as Uint8Array)

async function addSubjects(store: Store, workspace: number, hour: number, { subjects }: Counts): Promise<void> {
  for await (const [from, to] of slices(store, END_OF_EVENTS, workspace, hour, EVENTS_AT_ONCE))
    for (const row of await store.read({ sql: SUBJECTS, parameters: [workspace, from, to] }))
      addTo(subjects, row['subject'] as string, Number(row['n']))
}

/** The ids between which the slices of an hour lie, the first of each included; none where there is nothing. */
async function* slices(
  store: Store,
  endOf: string,
  workspace: number,
  hour: number,
  size: number,
): AsyncGenerator<readonly [Uint8Array, Uint8Array], void> {
  const end = idBytes(firstIdOf(hour + HOUR_MS))
  for (let from: Uint8Array = idBytes(firstIdOf(hour)); ;) {
    const [row] = await store.read({ sql: endOf, parameters: [workspace, from, end, size] })
    const to = (row?.['id'] as Uint8Array | undefined) ?? end
    yield [from, to]
    if (row === undefined) return
    from = to
  }
}
