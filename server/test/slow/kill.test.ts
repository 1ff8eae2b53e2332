import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../support/answers.ts'
import { startServerProcess, type ServerProcess } from '../support/server.ts'
import { until } from '../until.ts'

/*
 * The real process, under load from all sides, is killed with SIGKILL at random moments and started again on the same
 * folder. What was answered 202 must arrive: by webhook, by Telegram, and by mail, at stand-ins that live in processes of
 * their own and write down every message before they answer it. A message that arrives twice must be marked as a repeat.
 */

const KILLS = 30
/** Moments of the kills, ms after the start of a run's load; from a seed, so that a run can be repeated. */
const SEED = 20_260_314
/** What design.md allows: attempted and not yet settled when the process died. */
const REPEATS_PER_KILL = 200
const POSTERS = 4
/** Many bots and chats, so that Telegram's budgets do not make the queue the bottleneck. */
const BOTS = 3
const CHATS = 36

interface StandIn {
  readonly port: number
  readonly process: ChildProcess
  lines(): string[]
}

let folder: string
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  rmSync(folder, { recursive: true, force: true })
})

/** A stand-in as a process; its port is the first number it prints. */
async function standIn(file: string, ...options: string[]): Promise<StandIn> {
  const path = fileURLToPath(new URL(`../standins/${file}`, import.meta.url))
  const child = spawn(process.execPath, [path, '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const port = await until(() => /(\d+)\D*\n/.exec(output)?.[1], 20_000, `${file} to listen`)
  return { port: Number(port), process: child, lines: () => output.split('\n').filter((line) => line !== '') }
}

/** A small generator (mulberry32): the same seed, the same moments. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

// Every message by itself: a summary does not name the events it tells of.
const config = (telegram: number, sink: number, mail: number): string => `
workspace: { name: default, foldAfter: never }
channels:
  - { name: hook, kind: webhook, url: "http://127.0.0.1:${sink}/hook" }
  - { name: mail, kind: smtp, host: 127.0.0.1, port: ${mail}, encryption: none,
      from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
${range(BOTS)
  .map(
    (bot) =>
      `  - { name: bot ${bot}, kind: telegram, token: "${1000 + bot}:AAH", apiRoot: "http://127.0.0.1:${telegram}" }`,
  )
  .join('\n')}
rules:
  - { name: everything, types: [camera.unavailable], to: [{ channel: hook }] }
  - { name: letters, types: [camera.unavailable], when: { field: data.letter, op: eq, value: true },
      to: [{ channel: mail, address: duty@example.ru }] }
${range(CHATS)
  .map(
    (chat) =>
      `  - { name: chat ${chat}, types: [camera.unavailable], when: { field: data.chat, op: eq, value: ${chat} },
      to: [{ channel: bot ${chat % BOTS}, chat: "-${100 + chat}" }] }`,
  )
  .join('\n')}
`
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Posts batches with ids until told to stop; what got no answer is posted again, as a careful sender does. */
class Load {
  readonly accepted = new Set<string>()
  readonly wanted = { hook: new Set<string>(), mail: new Set<string>(), telegram: new Set<string>() }
  server: ServerProcess
  #stopped = false
  #next = 0
  readonly #done: Promise<unknown>

  constructor(server: ServerProcess) {
    this.server = server
    this.#done = Promise.all(range(POSTERS).map(() => this.#post()))
  }

  stop(): Promise<unknown> {
    this.#stopped = true
    return this.#done
  }

  async #post(): Promise<void> {
    let batch = this.#batch()
    while (!this.#stopped) {
      const server = this.server
      try {
        const { events } = await server.send(batch.map((each) => each.event))
        for (const [index, { eventId }] of events.entries()) this.#count(eventId, batch[index]!)
        batch = this.#batch()
        // A steady load that leaves room for delivering: the queue must be short enough to run dry at the end.
        await new Promise((resolve) => setTimeout(resolve, 15))
      } catch {
        // Killed: wait for the next one and post the same again, which must not double anything.
        await until(() => this.#stopped || this.server !== server, 30_000, 'the next server')
      }
    }
  }

  #count(id: string, { letter, chat }: Posted): void {
    this.accepted.add(id)
    this.wanted.hook.add(id)
    if (letter) this.wanted.mail.add(id)
    if (chat !== null) this.wanted.telegram.add(id)
  }

  #batch(): Posted[] {
    return range(5).map(() => {
      const n = (this.#next += 1)
      // Each group takes twenty a minute: few of the events go to one.
      const chat = n % 40 === 0 ? (n / 40) % CHATS : null
      const letter = n % 10 === 0
      const id = `event-${n}`
      return { letter, chat, event: { type: 'camera.unavailable', id, data: { camera: id, letter, chat: chat ?? -1 } } }
    })
  }
}

interface Posted {
  readonly letter: boolean
  readonly chat: number | null
  readonly event: object & { id: string }
}

interface Tally {
  readonly lost: number
  readonly arrived: number
  readonly repeats: number
}

/** How often each event arrived, against what had to. */
function tally(wanted: ReadonlySet<string>, arrived: readonly string[]): Tally {
  const counts = new Map<string, number>()
  for (const id of arrived) counts.set(id, (counts.get(id) ?? 0) + 1)
  const lost = [...wanted].filter((id) => !counts.has(id)).length
  return { lost, arrived: counts.size, repeats: arrived.length - counts.size }
}

const jsonLines = (path: string): Record<string, string>[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, string>)
    : []

const cameraIn = (text: string): string => /event-\d+/.exec(text)?.[0] ?? text

describe('a server that is killed thirty times under load', () => {
  it('loses nothing it has answered for, and marks what it repeats', { timeout: 180_000 }, async () => {
    folder = mkdtempSync(join(tmpdir(), 'nabat-kill-'))
    const logs = { hook: join(folder, 'hook.jsonl'), telegram: join(folder, 'telegram.jsonl') }
    const sink = await standIn('sink.ts', '--log', logs.hook)
    const telegram = await standIn('telegram.ts', '--log', logs.telegram)
    const mail = await standIn('mail.ts')
    const data = mkdtempSync(join(folder, 'data-'))
    const options = {
      folder: data,
      config: config(telegram.port, sink.port, mail.port),
      env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' },
    }
    const random = randomFrom(SEED)
    let server = await startServerProcess(options)
    const load = new Load(server)
    const table: { kill: number; afterMs: number; accepted: number; arrived: number; repeats: number }[] = []
    let repeatsBefore = 0
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const afterMs = 100 + Math.floor(random() * 1_200)
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await server.kill()
      server = await startServerProcess(options)
      load.server = server
      const { arrived, repeats } = tally(
        load.accepted,
        jsonLines(logs.hook).map((line) => cameraIn(line['event']!)),
      )
      table.push({ kill, afterMs, accepted: load.accepted.size, arrived, repeats: repeats - repeatsBefore })
      repeatsBefore = repeats
    }
    await load.stop()
    const waiting = async (): Promise<number> => {
      const { body } = await ask(server.call, 'GET', '/api/v1/deliveries?state=waiting&limit=1')
      return (body['items'] as unknown as unknown[]).length
    }
    await until(async () => (await waiting()) === 0, 120_000, 'everything to leave')
    const letters = mail
      .lines()
      .slice(1)
      .map((line) => JSON.parse(line) as { raw: string; headers: Record<string, string> })
    const results = {
      webhook: tally(
        load.wanted.hook,
        jsonLines(logs.hook)
          .map((line) => line['event']!)
          .map(cameraIn),
      ),
      telegram: tally(
        load.wanted.telegram,
        jsonLines(logs.telegram).flatMap(({ text }) => (text === undefined ? [] : [cameraIn(text)])),
      ),
      mail: tally(
        load.wanted.mail,
        letters.map((letter) => cameraIn(letter.raw)),
      ),
    }
    console.table(table)
    console.table({ ...results, accepted: { arrived: load.accepted.size } })

    expect(load.accepted.size).toBeGreaterThan(KILLS * 20)
    for (const [channel, { lost }] of Object.entries(results)) expect({ channel, lost }).toEqual({ channel, lost: 0 })
    for (const { kill, repeats } of table)
      expect(repeats, `repeats after kill ${kill}`).toBeLessThanOrEqual(REPEATS_PER_KILL)
    expect(await unmarked(server, logs.hook)).toEqual([])
    // A repeat is the same message to whoever can tell: the same webhook-id, the same Message-ID.
    // (What was stored while its answer was lost in a kill arrives too, without having been counted as accepted.)
    expect(new Set(jsonLines(logs.hook).map((line) => line['delivery'])).size).toBe(results.webhook.arrived)
    const messageIds = new Set(letters.map((letter) => letter.headers['message-id']))
    expect(messageIds.size).toBe(results.mail.arrived)
    await server.stop()
  })
})

/** Deliveries that arrived more than once and do not say so. */
async function unmarked(server: ServerProcess, log: string): Promise<string[]> {
  const counts = new Map<string, number>()
  for (const { delivery } of jsonLines(log)) counts.set(delivery!, (counts.get(delivery!) ?? 0) + 1)
  const twice = [...counts].filter(([, count]) => count > 1).map(([id]) => id)
  const bad: string[] = []
  for (const id of twice) {
    const { body } = await ask(server.call, 'GET', `/api/v1/deliveries/${id}`)
    if (!String(body['note']).split(' ').includes('repeat')) bad.push(id)
  }
  return bad
}
