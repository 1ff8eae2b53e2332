import type { Overview, OverviewHours } from '@nabat/api/overview.ts'
import type { Language } from '@nabat/api/text.ts'
import type { Clock } from '../clock.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { downOf } from '../history/channels-down.ts'
import { namesOf, type Names } from '../history/names.ts'
import type { ReachSummary } from '../people/unreachable.ts'
import { STATES, type Store } from '../store/store.ts'
import { binsOf, type Bin } from './bins.ts'
import { addCounts, addTo, mostOf, noEnds, nothingCounted, type Counts, type Ends } from './hour.ts'
import { lookAtHours, readHours } from './hours.ts'
import { addTook, countTook, noneTook, quantileOf, type Histogram } from './latency.ts'
import { openIncidents, waitingByChannel, type Waiting } from './now.ts'

/** Hours are counted so long before what is known is answered, milliseconds; the rest goes on without anybody waiting. */
const PATIENCE_MS = 1_500
/** Rules and things that are named. */
const NAMED = 5
/** Rules whose names are looked up: several may have had the same one. */
const LOOKED_UP = 50

const HAPPENED = `select 1 from (select source from events where workspace = ? order by id desc limit 50) as e where source <> 'nabat'
  union all select 1 from (select 1 from deliveries where workspace = ? limit 1) as d limit 1`

/** Numbers of deliveries by how they ended. */
type ByEnd = Readonly<Record<(typeof STATES)[number], number>>

const byEnd = (ends: Ends): ByEnd =>
  Object.fromEntries(STATES.map((state, index) => [state, ends[index]!])) as unknown as ByEnd

const latency = (took: Histogram) => ({
  count: countTook(took),
  p50Ms: quantileOf(took, 0.5),
  p95Ms: quantileOf(took, 0.95),
})

/** How long messages took, all of them or the critical ones. */
function tookOf({ channels }: Counts, only: 'all' | 'critical'): Histogram {
  const sum = noneTook()
  for (const { critical, took } of channels.values()) if (critical || only === 'all') addTook(sum, took)
  return sum
}

/** The ends of deliveries by the name of their channel, null for none; several may have had the same name. */
function byChannel({ channels }: Counts, names: Names): Map<string | null, Ends> {
  const found = new Map<string | null, Ends>()
  for (const { channel, ends } of channels.values()) {
    const name = names.channel(channel)?.name ?? null
    let sum = found.get(name)
    if (sum === undefined) found.set(name, (sum = noEnds()))
    for (const [index, count] of ends.entries()) sum[index]! += count
  }
  return found
}

function total({ channels }: Counts): ByEnd {
  const sum = noEnds()
  for (const { ends } of channels.values()) for (const [index, count] of ends.entries()) sum[index]! += count
  return byEnd(sum)
}

/** What has happened in a period and what is now, in figures: the answer of GET /api/v1/overview. */
export async function overviewOf(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  view: WorkspaceView,
  hours: OverviewHours,
  people: ReachSummary | null,
  language: Language,
): Promise<Overview> {
  const now = clock.now()
  const bins = binsOf(hours, now, view.timeZone)
  const from = bins[0]!.from
  const to = bins.at(-1)!.to
  const goesOn = (): boolean => clock.now() - now < PATIENCE_MS
  const { fresh, left } = await lookAtHours(store, view.id, from, now, goesOn)
  const counts = bins.map(nothingCounted)
  await readHours(store, view.id, from, to, fresh, (hour) => counts[binOf(bins, hour)]!)
  const whole = nothingCounted()
  for (const each of counts) addCounts(whole, each)
  const waiting = await waitingByChannel(store, view.id, now)
  const rules = mostOf(whole.rules, LOOKED_UP)
  const channels = [...whole.channels.values(), ...[...waiting.keys()].map((channel) => ({ channel }))]
  const spokenOf = [...channels.map(({ channel }) => ({ channel })), ...rules.map(([rule]) => ({ rule }))]
  const names = await namesOf(store, view, spokenOf)
  return {
    hours,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    left,
    empty: whole.channels.size === 0 && !(await hasHappened(store, view.id)),
    total: total(whole),
    all: latency(tookOf(whole, 'all')),
    critical: latency(tookOf(whole, 'critical')),
    bins: bins.map((bin, index) => binView(bin, counts[index]!, names)),
    channels: await channelsView(store, view, byChannel(whole, names), waiting, names, language),
    incidents: await openIncidents(store, view, language),
    storms: stormsOf(whole),
    people,
    rules: topRules(rules, names),
    subjects: mostOf(whole.subjects, NAMED).map(([subject, count]) => ({ subject, count })),
    waiting: waitingView([...waiting.values()]),
    tookMs: clock.now() - now,
  }
}

/** Which column an hour is drawn in. */
const binOf = (bins: readonly Bin[], hour: number): number => bins.findIndex(({ to }) => hour < to)

/** Whether anything but what Nabat tells of itself has happened, as far as the latest events say, or anybody was ever told. */
async function hasHappened(store: Store, workspace: number): Promise<boolean> {
  const rows = await store.read({ sql: HAPPENED, parameters: [workspace, workspace] })
  return rows.length > 0
}

const binView = ({ from, to }: Bin, counts: Counts, names: Names): Overview['bins'][number] => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  ...total(counts),
  all: latency(tookOf(counts, 'all')),
  critical: latency(tookOf(counts, 'critical')),
  channels: [...byChannel(counts, names)].map(([channel, ends]) => ({ channel, ...byEnd(ends) })),
})

/** The channels of today, and those through which something was to leave: those that need somebody first. */
async function channelsView(
  store: Store,
  view: WorkspaceView,
  ends: ReadonlyMap<string | null, Ends>,
  waiting: ReadonlyMap<number, Waiting>,
  names: Names,
  language: Language,
): Promise<Overview['channels']> {
  const today = new Map([...view.channels.values()].map(({ name, kind }) => [name, kind.kind as string]))
  const behind = new Map<string, Waiting[]>()
  for (const [id, one] of waiting) {
    const name = names.channel(id)?.name
    if (name !== undefined) behind.set(name, [...(behind.get(name) ?? []), one])
  }
  const down = await downOf(store, view.id, [...today.keys()], language)
  const all = [...new Set([...today.keys(), ...ends.keys(), ...behind.keys()])]
  const rows = all.map((name) => {
    const numbers = byEnd(ends.get(name) ?? noEnds())
    const { sent, failed } = numbers
    const { count, oldest } = waitingView(behind.get(name ?? '') ?? [])
    return {
      name,
      kind: name === null ? null : (today.get(name) ?? null),
      removed: name !== null && !today.has(name),
      ...numbers,
      failedShare: sent + failed === 0 ? null : failed / (sent + failed),
      down: (name === null ? undefined : down.get(name)) ?? null,
      behind: count,
      oldest,
    }
  })
  const urgency = (row: (typeof rows)[number]): number => (row.down === null ? 0 : 2) + (row.failed > 0 ? 1 : 0)
  const size = (row: (typeof rows)[number]): number => row.sent + row.failed
  return rows.toSorted((a, b) => urgency(b) - urgency(a) || size(b) - size(a))
}

function waitingView(all: readonly Waiting[]): Overview['waiting'] {
  const sum = (of: (one: Waiting) => number): number => all.reduce((count, one) => count + of(one), 0)
  const oldest = all.length === 0 ? null : Math.min(...all.map((one) => one.oldest))
  return {
    count: sum(({ count }) => count),
    due: sum(({ due }) => due),
    oldest: oldest === null ? null : new Date(oldest).toISOString(),
  }
}

function stormsOf({ channels }: Counts): Overview['storms'] {
  const all = [...channels.values()]
  return {
    messages: all.reduce((sum, { folded }) => sum + folded, 0),
    summaries: all.reduce((sum, { summaries }) => sum + summaries, 0),
  }
}

function topRules(rules: readonly (readonly [number, number])[], names: Names): Overview['rules'] {
  const counts = new Map<string, number>()
  for (const [id, count] of rules) {
    const name = names.rule(id)?.name
    if (name !== undefined) addTo(counts, name, count)
  }
  return mostOf(counts, NAMED).map(([rule, count]) => ({ rule, count }))
}
