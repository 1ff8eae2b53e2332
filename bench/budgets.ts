/*
 * Telegram's budgets on a virtual clock: the real pipeline, store and Telegram channel, speaking HTTP to a stand-in of the
 * Bot API in this process that counts by the same clock and answers 429 as soon as a window is exceeded. Only time is
 * virtual: it passes when no attempt is under way.
 */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRandom } from '../server/src/clock.ts'
import { Configuration } from '../server/src/configuration/configuration.ts'
import { secretBox } from '../server/src/configuration/secret-box.ts'
import { Workspaces } from '../server/src/configuration/workspaces.ts'
import { idMaker } from '../server/src/ids.ts'
import { silentLog } from '../server/src/log.ts'
import { Metrics } from '../server/src/metrics.ts'
import { Pipeline } from '../server/src/pipeline/pipeline.ts'
import { openSqliteStore } from '../server/src/store/sqlite/sqlite-store.ts'
import type { Bench } from './bench.ts'
import { withoutIncident } from './storm.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What the stand-in holds against: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const BOT = { limit: 30, perMs: 1_000 }
const CHAT = { limit: 1, perMs: 1_000 }
const GROUP = { limit: 20, perMs: 60_000 }

/** Turns of the event loop without anything new after which nothing more is expected before time passes. */
const QUIET_TURNS = 12

type Window = typeof BOT

/** The shortest time in which `count` sends fit into windows, from the first to the last. */
function shortestMs(count: number, windows: readonly Window[]): number {
  const at: number[] = []
  for (let n = 0; n < count; n += 1)
    at.push(Math.max(at[n - 1] ?? 0, ...windows.map(({ limit, perMs }) => (n < limit ? 0 : at[n - limit]! + perMs))))
  return at.at(-1)!
}

class BotApi {
  readonly sends = new Map<string, number[]>()
  readonly times: number[] = []
  refused = 0
  readonly #clock: VirtualClock

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** Takes a message, or says that it came too soon. */
  take(chat: string): { status: number; body: object } {
    const now = this.#clock.now()
    const own = this.sends.get(chat) ?? []
    const exceeded = (times: readonly number[], { limit, perMs }: Window): boolean =>
      times.length >= limit && times[times.length - limit]! > now - perMs
    const tooSoon = exceeded(this.times, BOT) || exceeded(own, CHAT) || (chat.startsWith('-') && exceeded(own, GROUP))
    if (tooSoon) {
      this.refused += 1
      const words = 'Too Many Requests: retry after 1'
      return {
        status: 429,
        body: { ok: false, error_code: 429, description: words, parameters: { retry_after: 1 } },
      }
    }
    this.times.push(now)
    own.push(now)
    this.sends.set(chat, own)
    const result = { message_id: this.times.length, date: Math.floor(now / 1000), chat: { id: Number(chat) } }
    return { status: 200, body: { ok: true, result } }
  }

  async listen(): Promise<Server> {
    const server = createServer((request, response) => {
      let text = ''
      request.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      request.on('end', () => {
        const { chat_id: chat } = JSON.parse(text) as { chat_id: string | number }
        const { status, body } = this.take(String(chat))
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
}

interface Work {
  readonly privateChats: number
  readonly groups: number
  /** Messages for each of them. */
  readonly each: number
}

/** Sends them all; seconds of virtual time from the first to the last, and how often a window was exceeded. */
async function run({ privateChats, groups, each }: Work): Promise<{ tookMs: number; refused: number }> {
  const clock = new VirtualClock(Date.parse('2026-11-22T10:00:00Z'))
  const api = new BotApi(clock)
  const server = await api.listen()
  const folder = mkdtempSync(join(tmpdir(), 'nabat-budgets-'))
  const store = openSqliteStore(folder)
  const box = secretBox('the key of a bench', systemRandom)
  const workspaces = new Workspaces(store, box, {}, silentLog)
  await store.createWorkspace('default', '{}')
  await workspaces.load()
  const view = workspaces.byName('default')!
  const configuration = new Configuration({
    store,
    workspaces,
    clock,
    allowPrivateAddresses: true,
    lookup: () => Promise.resolve(null),
    wake: () => {},
  })
  const chats = [
    ...Array.from({ length: privateChats }, (_, n) => `{ channel: bot, chat: "${1000 + n}", private: true }`),
    ...Array.from({ length: groups }, (_, n) => `{ channel: bot, chat: "-${1000 + n}" }`),
  ]
  const { port } = server.address() as AddressInfo
  const applied = await configuration.apply(
    view,
    `workspace: { name: default }
channels: [ { name: bot, kind: telegram, token: "123456789:AAbench", apiRoot: "http://127.0.0.1:${port}" } ]
rules: [ { name: all, types: [camera.settings.changed], lifetime: 24h, to: [ ${chats.join(', ')} ] } ]`,
    'bench',
  )
  if ('problems' in applied) throw new Error(JSON.stringify(applied.problems))
  const makeId = idMaker(clock, systemRandom)
  const pipeline = new Pipeline({
    store,
    workspaces,
    world: { clock, log: silentLog },
    random: systemRandom,
    makeId,
    metrics: new Metrics(),
    worldOf: () => ({
      clock,
      random: systemRandom,
      log: silentLog,
      allowPrivateAddresses: true,
      putInbox: () => Promise.resolve(''),
    }),
    publicUrl: null,
    moved: () => {},
  })
  const events = Array.from({ length: each }, (_, n) => withoutIncident(n))
  const accepted = await pipeline.accept(view, events, 'bench', String)
  if (!('events' in accepted)) throw new Error(JSON.stringify(accepted))
  await pipeline.start()
  const total = chats.length * each
  while (api.times.length < total) {
    await quiet(() => pipeline.claim.inFlight)
    if (api.times.length < total) clock.advance()
  }
  await pipeline.stop(0)
  await store.close()
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
  return { tookMs: api.times.at(-1)! - api.times[0]!, refused: api.refused }
}

/** Waits until no attempt is under way and no claim or commit brings another. */
async function quiet(inFlight: () => number): Promise<void> {
  for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
    if (inFlight() > 0) turns = 0
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export const bench: Bench = {
  summary: "Telegram's budgets on a virtual clock, against the shortest time they allow",
  async run({ quick, say }) {
    const each = quick ? 10 : 50
    const works: readonly (readonly [string, Work])[] = [
      [
        `${(200 * each).toLocaleString('en-US')} messages, 100 chats and 100 groups`,
        { privateChats: 100, groups: 100, each },
      ],
      [`${10 * each} messages, 5 chats and 5 groups`, { privateChats: 5, groups: 5, each }],
    ]
    const rows = []
    for (const [what, work] of works) {
      const { tookMs, refused } = await run(work)
      const chats = work.privateChats + work.groups
      const shortest = Math.max(shortestMs(chats * work.each, [BOT]), shortestMs(work.each, [CHAT, GROUP]))
      const over = (tookMs / shortest - 1) * 100
      say(`${what}: ${tookMs / 1000} s, shortest ${shortest / 1000} s, ${refused} times 429`)
      if (refused > 0) throw new Error(`a window was exceeded ${refused} times`)
      rows.push({
        what: `Telegram: ${what}`,
        figure: over,
        unit: '% over the shortest',
        digits: 2,
        bounds: { least: 5, aim: 1, better: 'less', unit: '%' } as const,
        note: `${(tookMs / 1000).toFixed(1)} s, shortest ${(shortest / 1000).toFixed(1)} s, no 429`,
      })
    }
    return rows
  },
}
