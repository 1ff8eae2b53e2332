import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WAYS, wayOf } from '../../src/nodes/share-out.ts'
import { startCable, type Cable } from '../standins/cable.ts'
import { startMail, type MailStandIn } from '../standins/mail.ts'
import { startReceiver, type Receiver } from '../standins/receiver.ts'
import { startTelegram, type TelegramCall, type TelegramStandIn } from '../standins/telegram.ts'
import { ask, makeKey, withKey } from '../support/answers.ts'
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts'
import { startServerProcess, type ServerProcess } from '../support/server.ts'
import { missingBy, SteadyLoad, type Medium, type Planned } from '../support/steady-load.ts'
import { until } from '../until.ts'

/*
 * Three real processes on one PostgreSQL, under a steady load that all of them accept, meet what machines meet: one is
 * killed, one stands still for a minute, PostgreSQL is restarted, a connection is half open, connections are used up. After
 * each: nothing lost, nothing stuck, repeats within what was in flight and marked, no 429, and soon back to full speed.
 */

/** Attempted and not yet settled when a process died: what it may repeat. */
const IN_FLIGHT = 200
const BACK_MS = 20_000
const TAKEN_OVER_MS = 15_000
const STOPPED_MS = 60_000

/** Ways out of many owners, so that each node serves some. */
const HOOKS = 9
const BOTS = 3
const CHATS = 12
const POST_EVERY_MS = 100
const BATCH = 4
const RATE = (3 * BATCH * 1_000) / POST_EVERY_MS
/** What a healthy system needs to tell somebody, on a machine that does other things as well. */
const SOON_MS = 1_500

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const config = (hooks: string, telegram: string, mail: number): string => `
channels:
  - { name: mail, kind: smtp, host: 127.0.0.1, port: ${mail}, encryption: none,
      from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
${range(HOOKS)
  .map((n) => `  - { name: hook ${n}, kind: webhook, url: "${hooks}/${n}" }`)
  .join('\n')}
${range(BOTS)
  .map((n) => `  - { name: bot ${n}, kind: telegram, token: "${1000 + n}:AAH", apiRoot: "${telegram}" }`)
  .join('\n')}
rules:
  - { name: letters, types: [camera.unavailable], when: { field: data.letter, op: eq, value: true },
      to: [{ channel: mail, address: duty@example.ru }] }
${range(HOOKS)
  .map(
    (n) =>
      `  - { name: hook ${n}, types: [camera.unavailable], when: { field: data.hook, op: eq, value: ${n} }, to: [{ channel: hook ${n} }] }`,
  )
  .join('\n')}
${range(CHATS)
  .map(
    (n) =>
      `  - { name: chat ${n}, types: [camera.unavailable], when: { field: data.chat, op: eq, value: ${n} },
      to: [{ channel: bot ${n % BOTS}, chat: "-${100 + n}" }] }`,
  )
  .join('\n')}
`

/** The nth event: every one goes to a receiver, every tenth by mail, and few to a group, which takes twenty a minute. */
function planned(n: number): Planned {
  const id = `event-${n}`
  const letter = n % 10 === 0
  const chat = n % 48 === 0 ? (n / 48) % CHATS : -1
  return {
    id,
    event: { type: 'camera.unavailable', id, source: 'load', data: { camera: id, hook: n % HOOKS, letter, chat } },
    media: ['webhook', ...(letter ? (['mail'] as const) : []), ...(chat >= 0 ? (['telegram'] as const) : [])],
  }
}

const eventIn = (text: string): string => /event-\d+/.exec(text)?.[0] ?? text

interface Line {
  readonly accepted: number
  readonly lost: number
  readonly stuck: number
  readonly repeats: number
  readonly throttled: number
  /** Seconds until everything arrived at once again. */
  readonly backAfter: number
}

let postgres: OwnPostgres
let cable: Cable
let hooks: Receiver
let mail: MailStandIn
let telegram: TelegramStandIn
let load: SteadyLoad
/** The third is at the end of the cable. */
const nodes: ServerProcess[] = []
const table: Record<string, Line | { takenOverAfter: number }> = {}

const databaseUrl = (index: number): string => {
  const url = new URL(postgres.url)
  if (index === 2) url.port = String(cable.port)
  return url.href
}

const startNode = async (index: number): Promise<ServerProcess> =>
  startServerProcess({
    ...(index === 0 ? { config: config(hooks.url, telegram.url, mail.port) } : {}),
    env: {
      NABAT_DATABASE_URL: databaseUrl(index),
      NABAT_SECRET_KEY: 'the key of three nodes',
      NABAT_ALLOW_PRIVATE_ADDRESSES: 'true',
      NABAT_LOG_LEVEL: process.env['NABAT_LOG_LEVEL'] ?? 'warn',
    },
  })

const leases = async (): Promise<Map<string, number>> =>
  new Map(
    (await postgres.query('select name, node from leases')).map((row) => [String(row['name']), Number(row['node'])]),
  )

/** All that nodes do is done by somebody, and by `many` of them. */
const shared = (many: number): Promise<true> =>
  until(
    async () => {
      const held = await leases()
      return held.size === WAYS.length + 1 && new Set(held.values()).size === many
    },
    TAKEN_OVER_MS * 2,
    `${many} nodes to share everything`,
  )

/** The process that serves most of what is under load, of those that may be chosen. Node numbers rise with births. */
async function busiest(): Promise<{ index: number; node: number }> {
  const channels = await postgres.query(`select workspace, id, key from entities where section = 'channels'`)
  const held = await leases()
  const counts = new Map<number, number>()
  for (const { workspace, id, key } of channels) {
    const [kind, n] = String(key).split(' ')
    const node = held.get(
      wayOf(kind === 'bot' ? `bot:${1000 + Number(n)}` : `channel:${String(workspace)}.${String(id)}`),
    )!
    counts.set(node, (counts.get(node) ?? 0) + (kind === 'bot' ? 3 : 1))
  }
  const alive = (await postgres.query('select id from nodes where alive_until > now() order by id')).map(({ id }) => id)
  const [node] = [...counts].toSorted(([, one], [, other]) => other - one)[0]!
  return { index: born[alive.indexOf(node)]!, node }
}
/** Indexes of processes in the order of their births. */
const born = [0, 1, 2]

const isFull = (): boolean => load.oldestMs(['webhook', 'mail']) < SOON_MS && load.acceptedWithin(1_000) >= RATE * 0.8

/** Waits until everything arrives at once and goes on doing so; gives when that began. */
async function fullSpeed(): Promise<number> {
  let since = performance.now()
  const isSteady = (): boolean => {
    if (!isFull()) since = performance.now()
    return performance.now() - since > 3_000
  }
  await until(isSteady, 60_000, 'full speed').catch((error: unknown) => {
    const seen = {
      missing: missingBy(load),
      oldestMs: load.oldestMs(['webhook', 'mail']),
      accepted: load.acceptedWithin(2_000),
    }
    throw new Error(`no full speed: ${JSON.stringify(seen)}`, { cause: error })
  })
  return since
}

/** Something happens under load; gives what became of everything, once nothing is left to wait for. */
async function under(name: string, happens: () => Promise<void>): Promise<Line> {
  load.go()
  await fullSpeed()
  const before = { accepted: load.acceptedAt.length, repeats: load.repeats, calls: telegram.calls.length }
  await happens()
  const from = performance.now()
  const backAfter = Math.max(0, (await fullSpeed()) - from) / 1_000
  load.pause()
  await until(() => load.missing.size === 0, 45_000).catch(() => {})
  const stuck = async (): Promise<number> => Number((await postgres.query('select count(*) as n from queue'))[0]!['n'])
  await until(async () => (await stuck()) === 0, 15_000).catch(() => {})
  const line = {
    accepted: load.acceptedAt.length - before.accepted,
    lost: load.missing.size,
    stuck: await stuck(),
    repeats: load.repeats - before.repeats,
    throttled: telegram.calls.slice(before.calls).filter(({ status }) => status === 429).length,
    backAfter: Math.round(backAfter * 10) / 10,
  }
  table[name] = line
  tellOfThrottled(before.calls)
  return line
}

/** For whoever looks for the cause: what went to a chat in the minute before it was refused. */
function tellOfThrottled(from: number): void {
  const chatOf = ({ params }: TelegramCall): unknown => params['chat_id']
  for (const [index, refused] of telegram.calls.entries()) {
    if (index < from || refused.status !== 429) continue
    const before = telegram.calls.slice(0, index).filter((call) => chatOf(call) === chatOf(refused))
    const ago = before.map((call) => refused.at - call.at).filter((ms) => ms < 61_000)
    console.log(`429 for chat ${String(chatOf(refused))}, earlier calls so many ms before: ${ago.join(' ')}`)
  }
}

function expectFine(line: Line, repeats: number): void {
  expect(line).toMatchObject({ lost: 0, stuck: 0, throttled: 0 })
  expect(line.repeats).toBeLessThanOrEqual(repeats)
  expect(line.backAfter * 1_000).toBeLessThanOrEqual(BACK_MS)
}

beforeAll(async () => {
  postgres = await startOwnPostgres(60)
  cable = await startCable(postgres.port)
  hooks = await startReceiver()
  mail = await startMail({ onLetter: ({ text }) => load.arrive('mail', eventIn(text)) })
  telegram = await startTelegram({
    enforceLimits: true,
    onMessage: ({ text }) => load.arrive('telegram', eventIn(text)),
  })
  hooks.answer(({ body }) => {
    load.arrive('webhook', eventIn(body))
    return 204
  })
  for (const index of range(3)) nodes.push(await startNode(index))
  load = new SteadyLoad(() => nodes.map(({ url }) => url), POST_EVERY_MS, BATCH, planned)
  await shared(3)
}, 120_000)

afterAll(async () => {
  console.table(table)
  await load?.end()
  if (process.env['NABAT_LOG_LEVEL'] !== undefined) for (const node of nodes) console.log(node.output())
  for (const node of nodes) {
    node.process.kill('SIGCONT')
    await node.kill()
    await node.stop()
  }
  await Promise.all([hooks?.close(), mail?.close(), telegram?.close(), cable?.close()])
  await postgres?.[Symbol.asyncDispose]()
}, 60_000)

describe('three nodes on one PostgreSQL', () => {
  it('route the next event by a rule that was saved on any of them', async () => {
    for (const saver of range(3)) {
      const type = `rule.of.${saver}`
      const { status } = await ask(nodes[saver]!.call, 'POST', '/api/v1/rules', {
        ...{ name: `saved on ${saver}`, types: ['camera.available'], to: [{ channel: `hook ${saver}` }] },
        when: { field: 'data.camera', op: 'eq', value: type },
      })
      expect(status).toBe(201)
      const sent = await Promise.all(
        nodes.map((node) => node.send({ type: 'camera.available', data: { camera: type } })),
      )
      expect(sent.map(({ events }) => events[0]!.deliveries)).toEqual([1, 1, 1])
    }
  })

  it('know a key that was made on any of them at once', async () => {
    for (const maker of range(3)) {
      const key = await makeKey(nodes[maker]!, 'read')
      for (const node of nodes)
        await until(async () => (await withKey(node, key)('GET', '/api/v1/rules')).status === 200, 500, 'the key')
    }
  })

  it('lose nothing when one is killed, and take over its bot within 15 s', { timeout: 150_000 }, async () => {
    const { index, node } = await busiest()
    const line = await under('one is killed', async () => {
      await nodes[index]!.kill()
      const killedAt = performance.now()
      void until(async () => ![...(await leases()).values()].includes(node), TAKEN_OVER_MS * 2)
        .then(() => shared(2))
        .then(
          () =>
            (table['its work is taken over'] = {
              takenOverAfter: Math.round((performance.now() - killedAt) / 100) / 10,
            }),
        )
    })
    expectFine(line, IN_FLIGHT)
    expect(table['its work is taken over']).toMatchObject({ takenOverAfter: expect.any(Number) })
    expect((table['its work is taken over'] as { takenOverAfter: number }).takenOverAfter).toBeLessThan(
      TAKEN_OVER_MS / 1_000,
    )
    const back = await under('and started again', async () => {
      nodes[index] = await startNode(index)
      born.splice(born.indexOf(index), 1)
      born.push(index)
    })
    expectFine(back, 0)
    await shared(3)
  })

  it(
    'do without one that stands still for a minute, which sends nothing of it when it wakes',
    { timeout: 200_000 },
    async () => {
      const { index } = await busiest()
      let stoppedAt = 0
      const line = await under('one is stopped', async () => {
        nodes[index]!.process.kill('SIGSTOP')
        stoppedAt = performance.now()
      })
      expectFine(line, IN_FLIGHT)
      load.go()
      await until(() => performance.now() - stoppedAt >= STOPPED_MS, STOPPED_MS + 5_000, 'a minute to pass')
      const back = await under('and continued after 60 s', async () => {
        nodes[index]!.process.kill('SIGCONT')
      })
      expectFine(back, 0)
      await shared(3)
    },
  )

  it('go on when PostgreSQL is restarted', { timeout: 150_000 }, async () => {
    expectFine(await under('PostgreSQL is restarted', () => postgres.restart()), 3 * IN_FLIGHT)
    await shared(3)
  })

  it('do without one whose connections are half open', { timeout: 200_000 }, async () => {
    const line = await under('a connection is half open', async () => cable.cut())
    expectFine(line, IN_FLIGHT)
    expectFine(await under('and mended', async () => cable.mend()), 0)
    await shared(3)
  })

  it('go on when others had used up all connections', { timeout: 200_000 }, async () => {
    const line = await under('connections are used up for 12 s', async () => {
      const release = await postgres.exhaust()
      const from = performance.now()
      await until(() => performance.now() - from > 12_000, 15_000, 'twelve seconds to pass')
      await release()
    })
    expectFine(line, 3 * IN_FLIGHT)
    await shared(3)
  })

  it('have sent everything once, or say that it may be a repeat', async () => {
    const rows = await postgres.query(`select e.event_id, d.state, d.note, n.key as channel
      from deliveries d join events e on e.workspace = d.workspace and e.id = d.event
        join destinations a on a.workspace = d.workspace and a.id = d.destination
        join entities n on n.workspace = d.workspace and n.section = 'channels' and n.id = a.channel
      where e.source = 'load'`)
    expect(rows.length).toBeGreaterThanOrEqual(load.acceptedAt.length)
    expect(rows.filter(({ state }) => state !== 1)).toEqual([])
    const mediumOf = (channel: string): Medium =>
      channel === 'mail' ? 'mail' : channel.startsWith('bot') ? 'telegram' : 'webhook'
    const unmarked = rows.filter(
      ({ event_id: id, channel, note }) =>
        (load.arrived.get(`${mediumOf(String(channel))} ${String(id)}`) ?? 0) > 1 &&
        !String(note).split(' ').includes('repeat'),
    )
    expect(unmarked).toEqual([])
  })
})
