import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { MailLetter } from '../standins/mail.ts'
import type { TelegramMessage } from '../standins/telegram-methods.ts'
import { until } from '../until.ts'

/*
 * The first alarm, as the READMEs tell it: every shell block of that section is run as it stands, in a shell, in a folder
 * that looks like a clone. Only the ports are others, and ID is what the answer before said.
 */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const IN_A_CLONE = ['package.json', 'node_modules', 'api', 'client', 'server']

interface Running {
  readonly child: ChildProcess
  output: string
}

let folder = ''
const running: Running[] = []

afterEach(async () => {
  // The whole group: npx and npm start programs of their own.
  for (const { child } of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = once(child, 'exit')
    process.kill(-child.pid!, 'SIGTERM')
    await gone
  }
  await rm(folder, { recursive: true, force: true })
})

/** The shell blocks between a heading and the next one of any level. */
async function blocksUnder(file: string, heading: string): Promise<string[]> {
  const text = await readFile(join(ROOT, file), 'utf8')
  const from = text.indexOf(`\n## ${heading}\n`)
  expect(from, `the heading "${heading}" in ${file}`).toBeGreaterThan(0)
  const section = text.slice(from + 4).split(/\n##/)[0]!
  return Array.from(section.matchAll(/```sh\n([\s\S]*?)```/g), ([, code]) => code!)
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

function shell(script: string, port: number): Running {
  const child = spawn('bash', ['-euc', script], {
    cwd: folder,
    detached: true,
    env: { ...process.env, NABAT_PORT: String(port), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const run: Running = { child, output: '' }
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => (run.output += text))
  running.push(run)
  return run
}

const stays = (block: string): boolean => /npm start|standins\//.test(block)
const READY = /"listening":|Nabat is ready on/

const records = <T>({ output }: Running): T[] =>
  output
    .split('\n')
    .flatMap((line) => (line.startsWith('{') && !line.includes('"listening"') ? [JSON.parse(line) as T] : []))

interface Answer {
  readonly events: readonly [{ readonly id: string; readonly status: string; readonly deliveries: number }]
}

describe.each([
  { file: 'README.md', heading: 'Первая тревога за пять минут', lost: 'Камера недоступна', why: /Парковка/ },
  { file: 'README.en.md', heading: 'The first alarm, in five minutes', lost: 'Camera unavailable', why: /Car park/ },
])('the first alarm of $file', ({ file, heading, lost, why }) => {
  it('arrives in the chat and by mail, once, and says why another did not', async () => {
    const [port, telegramPort, mailPort] = await freePorts(3)
    folder = await mkdtemp(join(tmpdir(), 'nabat-readme-'))
    for (const name of IN_A_CLONE) await symlink(join(ROOT, name), join(folder, name))
    const blocks = (await blocksUnder(file, heading)).map((block) =>
      block
        .replaceAll('8080', String(port))
        .replaceAll('9101', String(telegramPort))
        .replaceAll('2525', String(mailPort)),
    )
    expect(blocks).toHaveLength(8)

    const answers: Answer[] = []
    let trace = ''
    const kept: Running[] = []
    for (const block of blocks) {
      const run = shell(block.replace(/\bID\b/, answers.at(-1)?.events[0].id ?? 'ID'), port!)
      if (stays(block)) {
        await until(() => READY.test(run.output) || run.child.exitCode !== null, 60_000, `${block} to be ready`)
        expect(run.output).toMatch(READY)
        kept.push(run)
        continue
      }
      const [code] = (await once(run.child, 'close')) as [number]
      expect({ block, code, output: code === 0 ? '' : run.output }).toEqual({ block, code: 0, output: '' })
      if (block.startsWith('curl')) answers.push(JSON.parse(run.output) as Answer)
      if (block.includes('nabat trace')) trace = run.output
      // Step 5: the same command again. It must not tell anybody anything, so it comes before what is waited for.
      if (answers.length === 1 && block.startsWith('curl')) {
        const again = shell(block, port!)
        await once(again.child, 'close')
        answers.push(JSON.parse(again.output) as Answer)
      }
    }
    expect(answers.map(({ events: [{ status, deliveries }] }) => [status, deliveries])).toEqual([
      ['accepted', 2],
      ['duplicate', 2],
      ['accepted', 0],
      ['accepted', 2],
    ])

    const [telegram, mail] = kept as [Running, Running, Running]
    await until(() => records(telegram).length >= 2 && records(mail).length >= 2, 30_000, 'both messages, both letters')
    const [opening, closing, ...others] = records<TelegramMessage>(telegram)
    expect(others).toEqual([])
    expect(opening).toMatchObject({ chat: '-1001234567890' })
    expect(opening!.text).toContain(lost)
    expect(closing!.replyTo).toBe(opening!.messageId)
    const [letter, answer, ...letters] = records<Omit<MailLetter, 'headers'> & { headers: Record<string, string> }>(
      mail,
    )
    expect(letters).toEqual([])
    expect(letter!.subject).toContain(lost)
    expect(answer!.headers['references']).toContain(letter!.headers['message-id'])
    expect(trace).toMatch(why)
  })
})

describe.each([
  { file: 'docs/first-steps.md', heading: 'Первая тревога', key: 'КЛЮЧ' },
  { file: 'docs/first-steps.en.md', heading: 'The first alarm', key: 'KEY' },
])('the first steps of $file', ({ file, heading, key }) => {
  it('are accepted as they stand, with a key', async () => {
    const [port] = await freePorts(1)
    folder = await mkdtemp(join(tmpdir(), 'nabat-first-'))
    for (const name of IN_A_CLONE) await symlink(join(ROOT, name), join(folder, name))
    const server = shell('NABAT_ADMIN_KEY=first-key npm start', port!)
    await until(() => READY.test(server.output), 60_000, 'the server to be ready')
    const statuses: string[] = []
    for (const block of await blocksUnder(file, heading)) {
      const run = shell(block.replace('8080', String(port)).replace(key, 'first-key'), port!)
      await once(run.child, 'close')
      statuses.push((JSON.parse(run.output) as Answer).events[0].status)
    }
    expect(statuses).toEqual(['accepted', 'accepted'])
  })
})
