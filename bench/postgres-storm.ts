/*
 * The storm on PostgreSQL, by one, two and four nodes, beside graphile-worker and pg-boss on the same server: 20,000 events
 * in batches of 200 to eight webhooks of one receiver, since a way out is served by one node and one webhook alone would
 * keep the others idle. Batches go to the nodes in turn, one under way at each. The time ends when everything is settled;
 * that of the peers when the last call has arrived.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Bench } from './bench.ts'
import { findPeers } from './peers.ts'
import { startPostgres } from './postgres.ts'
import { rawLimit, startNabat, startSink, until, type Nabat, type Sink } from './processes.ts'
import { BATCH, withIncident } from './storm.ts'
import { median, ratioOf, spread, type Row } from './table.ts'

const NODES = [1, 2, 4] as const
const WAYS = 8
/** `withIncident` names a hundred objects. */
const OBJECTS = 100
const WARM_UP = 4_000

const objectsOf = (way: number): string =>
  Array.from({ length: OBJECTS }, (_, n) => n)
    .filter((n) => n % WAYS === way)
    .map((n) => `obj-${n}`)
    .join(', ')

/** A rule and a webhook for each eighth of the objects. */
export const sharedConfig = (sink: string): string => `
workspace: { name: default, title: Bench, timeZone: Europe/Moscow, language: ru }
channels:
${Array.from({ length: WAYS }, (_, way) => `  - { name: sink-${way}, kind: webhook, url: "${sink}/hook/${way}" }`).join('\n')}
rules:
${Array.from(
  { length: WAYS },
  (_, way) =>
    `  - { name: objects ${way}, types: [camera.unavailable], when: { field: data.object, op: in, value: [${objectsOf(way)}] }, to: [ { channel: sink-${way} } ] }`,
).join('\n')}
`

/** Nodes on one database. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly Nabat[]
  /** A connection to their database. */
  readonly client: Client
}

/** Starts nodes one after another and waits until the ways out are shared out among them. */
export async function startCluster(
  count: number,
  databaseUrl: string,
  sink: Sink,
  nodeArguments: readonly string[] = [],
): Promise<Cluster> {
  const folders: string[] = []
  const nodes: Nabat[] = []
  const client = new Client({ connectionString: databaseUrl })
  const dispose = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
    await client.end()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  await client.connect()
  try {
    for (let n = 0; n < count; n += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'nabat-bench-'))
      folders.push(folder)
      nodes.push(await startNabat({ config: sharedConfig(sink.url), folder, databaseUrl, nodeArguments }))
    }
    const holding = async (): Promise<number> =>
      Number((await client.query('select count(distinct node) as n from leases')).rows[0].n)
    await until(async () => (await holding()) === count, `the ways out to be shared among ${count}`, 60_000, 100)
  } catch (error) {
    await dispose()
    throw error
  }
  return { nodes, client, [Symbol.asyncDispose]: dispose }
}

/** One storm; deliveries a second from the first post to the last settlement. */
export async function clusterStorm(
  { nodes, client }: Cluster,
  sink: Sink,
  total: number,
  first: number,
): Promise<{ perSecond: number; acceptedPerSecond: number }> {
  await sink.reset()
  const startedAt = performance.now()
  let at = 0
  const post = async (node: Nabat): Promise<void> => {
    while (at < total) {
      const from = first + at
      at += BATCH
      await node.post(Array.from({ length: BATCH }, (_, i) => withIncident(from + i)))
    }
  }
  await Promise.all(nodes.map(post))
  const acceptedAt = performance.now()
  await until(async () => (await sink.count()) >= total, 'the storm to arrive', 120_000, 10)
  const isEmpty = async (): Promise<boolean> => (await client.query('select 1 from queue limit 1')).rows.length === 0
  await until(isEmpty, 'the storm to be settled', 30_000, 10)
  const seconds = (ms: number): number => (total / ms) * 1000
  return { perSecond: seconds(performance.now() - startedAt), acceptedPerSecond: seconds(acceptedAt - startedAt) }
}

const nameOf = (nodes: number): string => `storm, ${nodes} node${nodes === 1 ? '' : 's'} on PostgreSQL`

export const bench: Bench = {
  summary: '20,000 events by 1, 2 and 4 nodes on one PostgreSQL, beside graphile-worker and pg-boss',
  async run({ rounds, quick, say }) {
    const total = quick ? 4_000 : 20_000
    await using sink = await startSink()
    await using postgres = await startPostgres()
    const databases = new Map<string, string>()
    for (const name of ['graphile-worker', 'pg-boss']) databases.set(name, await postgres.database(name))
    const peers = findPeers(say, (name) => databases.get(name)!)
    await using stack = new AsyncDisposableStack()
    const clusters: { name: string; cluster: Cluster }[] = []
    let first = 0
    for (const nodes of NODES) {
      const cluster = stack.use(await startCluster(nodes, await postgres.database(`nabat_${nodes}`), sink))
      await clusterStorm(cluster, sink, WARM_UP, (first += WARM_UP))
      clusters.push({ name: nameOf(nodes), cluster })
    }
    const sample = await sink.sample()
    const figures = new Map<string, number[]>()
    const measured = [
      { name: 'raw limit', run: () => rawLimit(sink, total, sample) },
      ...clusters.map(({ name, cluster }) => ({
        name,
        run: async () => (await clusterStorm(cluster, sink, total, (first += total))).perSecond,
      })),
      ...peers.map((peer) => ({ name: peer.name, run: () => peer.run(sink, total) })),
    ]
    // The round before the first warms everybody up; who begins changes from round to round.
    for (let round = -1; round < rounds; round += 1)
      for (const index of measured.keys()) {
        const { name, run } = measured[(index + round + 1) % measured.length]!
        const figure = await run()
        if (round < 0) continue
        figures.set(name, [...(figures.get(name) ?? []), figure])
        say(`${name}: ${Math.round(figure)} a second`)
      }
    return rowsOf(
      figures,
      clusters.map(({ name }) => name),
      peers.map(({ name }) => name),
    )
  },
}

function rowsOf(
  figures: ReadonlyMap<string, readonly number[]>,
  storms: readonly string[],
  peers: readonly string[],
): Row[] {
  const of = (name: string): readonly number[] => figures.get(name)!
  const ofRaw = (name: string): number => ratioOf(of(name), of('raw limit')).median
  const rows: Row[] = [{ what: 'raw limit', figure: median(of('raw limit')), unit: '/s' }]
  for (const peer of peers) rows.push({ what: peer, figure: median(of(peer)), unit: '/s', ofRaw: ofRaw(peer) })
  // The better of the two in each round.
  const best = of('raw limit').map((_, round) => Math.max(...peers.map((peer) => of(peer)[round]!)))
  for (const name of storms) {
    const ratio = ratioOf(of(name), best)
    rows.push({
      what: name,
      figure: median(of(name)),
      unit: '/s',
      ofRaw: ofRaw(name),
      ...(peers.length > 0 && {
        ofPeers: Object.fromEntries(peers.map((peer) => [peer, ratioOf(of(name), of(peer)).median])),
        bounds: { value: ratio.median, least: 1.5, aim: 2, better: 'more', unit: '× the better peer' },
        note: `of the better peer ${spread(ratio)}`,
      }),
    })
  }
  return rows
}
