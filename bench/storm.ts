/*
 * The storm: 20,000 events in batches of 200, one after another, to one webhook. The time ends when the sink has them all
 * and the queue is empty, which is when every outcome is on the disk.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { findPeers } from './peers.ts'
import { rawLimit, startNabat, startSink, until, type Nabat, type Sink } from './processes.ts'
import { median, ratioOf, spread, type Row } from './table.ts'

export const BATCH = 200

/** One rule for each kind of event, all to the sink. */
export const stormConfig = (sink: string): string => `
workspace: { name: default, title: Bench, timeZone: Europe/Moscow, language: ru }
channels:
  - { name: sink, kind: webhook, url: "${sink}/hook" }
rules:
  - { name: everything to the sink, types: [camera.unavailable, camera.settings.changed], to: [ { channel: sink } ] }
`

/** camera.unavailable of distinct cameras opens an incident for each. */
export const withIncident = (n: number): unknown => ({
  type: 'camera.unavailable',
  data: { camera: `cam-${n}`, object: `obj-${n % 100}`, count: 1, total: 12, reason: 'нет ответа' },
})

/** A change of settings belongs to no incident. */
export const withoutIncident = (n: number): unknown => ({
  type: 'camera.settings.changed',
  data: {
    camera: `cam-${n}`,
    object: `obj-${n % 100}`,
    changes: [{ field: 'archiveDays', label: 'Срок архива, дней', from: 7, to: 14 }],
  },
})

/** Deliveries that still wait or are not settled yet. */
export function waiting(nabat: Nabat): { count(): number; [Symbol.dispose](): void } {
  const database = new DatabaseSync(join(nabat.folder, 'data/nabat.db'), { readOnly: true })
  const count = database.prepare('select count(*) as n from queue')
  return {
    count: () => Number(count.get()!['n']),
    [Symbol.dispose]: () => database.close(),
  }
}

/** One storm; deliveries a second from the first post to the last settlement. */
export async function storm(
  nabat: Nabat,
  sink: Sink,
  total: number,
  make: (n: number) => unknown,
  first = 0,
): Promise<{ perSecond: number; acceptedPerSecond: number }> {
  using queue = waiting(nabat)
  await sink.reset()
  const startedAt = performance.now()
  for (let at = 0; at < total; at += BATCH)
    await nabat.post(Array.from({ length: BATCH }, (_, i) => make(first + at + i)))
  const acceptedAt = performance.now()
  await until(async () => (await sink.count()) >= total, 'the storm to arrive', 120_000, 10)
  await until(() => queue.count() === 0, 'the storm to be settled')
  const seconds = (ms: number): number => (total / ms) * 1000
  return {
    perSecond: seconds(performance.now() - startedAt),
    acceptedPerSecond: seconds(acceptedAt - startedAt),
  }
}

const KINDS: readonly (readonly [string, (n: number) => unknown])[] = [
  ['storm, each opens an incident', withIncident],
  ['storm, no incident', withoutIncident],
]

export const bench: Bench = {
  summary: '20,000 events in batches of 200, stored, delivered by webhook, settled',
  async run({ rounds, quick, say }) {
    const total = quick ? 4_000 : 20_000
    await using sink = await startSink()
    const peers = findPeers(say)
    await using nabat = await startNabat({ config: stormConfig(sink.url) })
    // Warms the code up, and shows what a delivery looks like on the wire: the raw limit posts the same.
    let first = 0
    const next = (): number => (first += total)
    await storm(nabat, sink, 2_000, withIncident, next())
    const sample = await sink.sample()
    const figures = new Map<string, number[]>()
    const add = (name: string, figure: number): void => {
      figures.set(name, [...(figures.get(name) ?? []), figure])
      say(`${name}: ${Math.round(figure)} a second`)
    }
    for (let round = 0; round < rounds; round += 1) {
      add('raw limit', await rawLimit(sink, total, sample))
      for (const [name, make] of KINDS) add(name, (await storm(nabat, sink, total, make, next())).perSecond)
      for (const peer of peers) add(peer.name, await peer.run(sink, total))
    }
    const of = (name: string): number => median(figures.get(name)!)
    const against = (name: string, other: string) => ratioOf(figures.get(name)!, figures.get(other)!)
    const rows: Row[] = [{ what: 'raw limit', figure: of('raw limit'), unit: '/s' }]
    for (const peer of peers)
      rows.push({ what: peer.name, figure: of(peer.name), unit: '/s', ofRaw: against(peer.name, 'raw limit').median })
    for (const [name] of KINDS) {
      const ratio = against(name, 'raw limit')
      rows.push({
        what: name,
        figure: of(name),
        unit: '/s',
        ofRaw: ratio.median,
        ofPeers: Object.fromEntries(peers.map((peer) => [peer.name, against(name, peer.name).median])),
        bounds: { value: ratio.median, least: 0.5, aim: 0.7, better: 'more', unit: 'of raw' },
        note: `of raw ${spread(ratio)}`,
      })
    }
    return rows
  },
}
