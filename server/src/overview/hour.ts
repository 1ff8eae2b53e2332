/* What an hour comes to, as it is counted, added up and kept. */
import { STATES } from '../store/store.ts'
import { addTook, noneTook, type Histogram } from './latency.ts'

/** How deliveries of an hour stand: by the order of STATES. */
export type Ends = number[]

/** Deliveries of one channel, critical ones apart. */
export interface ChannelCounts {
  /** Entity id; 0 for those that had no way at all. */
  readonly channel: number
  readonly critical: boolean
  readonly ends: Ends
  /** Those that left in a summary because there were too many, and how many summaries that were. */
  folded: number
  summaries: number
  /** From the event to sending. */
  readonly took: Histogram
}

/** What is known of an hour, or of several together. */
export interface Counts {
  readonly channels: Map<string, ChannelCounts>
  /** Deliveries by entity id of the rule. */
  readonly rules: Map<number, number>
  /** Events by what they are about. */
  readonly subjects: Map<string, number>
}

/** So many rules and things of each hour are kept, those with the most. */
export const KEPT = 100

export const noEnds = (): Ends => STATES.map(() => 0)
export const nothingCounted = (): Counts => ({ channels: new Map(), rules: new Map(), subjects: new Map() })

/** The counts of a channel, made where there are none yet. */
export function channelOf({ channels }: Counts, channel: number, critical: boolean): ChannelCounts {
  const key = `${channel} ${critical}`
  let found = channels.get(key)
  if (found === undefined)
    channels.set(key, (found = { channel, critical, ends: noEnds(), folded: 0, summaries: 0, took: noneTook() }))
  return found
}

/** Adds to a number of a map. */
export const addTo = <K>(map: Map<K, number>, key: K, count: number): Map<K, number> =>
  map.set(key, (map.get(key) ?? 0) + count)

/** Adds one hour, or several, to others. */
export function addCounts(to: Counts, more: Counts): void {
  for (const one of more.channels.values()) {
    const sum = channelOf(to, one.channel, one.critical)
    for (const [index, count] of one.ends.entries()) sum.ends[index]! += count
    sum.folded += one.folded
    sum.summaries += one.summaries
    addTook(sum.took, one.took)
  }
  for (const [rule, count] of more.rules) addTo(to.rules, rule, count)
  for (const [subject, count] of more.subjects) addTo(to.subjects, subject, count)
}

/** Those with the most, the first by key where they are equal. */
export const mostOf = <K extends string | number>(counts: ReadonlyMap<K, number>, most: number): [K, number][] =>
  [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most)

type Kept = readonly [channel: number, critical: 0 | 1, ends: Ends, folded: number, summaries: number, took: number[]]

/** As the store keeps it. */
export function hourText({ channels, rules, subjects }: Counts): string {
  const kept = [...channels.values()].map(({ channel, critical, ends, folded, summaries, took }): Kept => {
    const last = took.findLastIndex((count) => count > 0)
    return [channel, critical ? 1 : 0, ends, folded, summaries, took.slice(0, last + 1)]
  })
  return JSON.stringify({ channels: kept, rules: mostOf(rules, KEPT), subjects: mostOf(subjects, KEPT) })
}

/** What `hourText` has made, added to what is known already. */
export function addHourText(to: Counts, text: string): void {
  const { channels, rules, subjects } = JSON.parse(text) as {
    channels: Kept[]
    rules: [number, number][]
    subjects: [string, number][]
  }
  for (const [channel, critical, ends, folded, summaries, took] of channels) {
    const sum = channelOf(to, channel, critical === 1)
    for (const [index, count] of ends.entries()) sum.ends[index]! += count
    sum.folded += folded
    sum.summaries += summaries
    addTook(sum.took, took)
  }
  for (const [rule, count] of rules) addTo(to.rules, rule, count)
  for (const [subject, count] of subjects) addTo(to.subjects, subject, count)
}
