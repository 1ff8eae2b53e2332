import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { startReceiver } from '../standins/receiver.ts'
import { ask } from '../support/answers.ts'
import { startServerProcess, startTestServer } from '../support/server.ts'
import { PASSWORD, tokenOf, useLink } from '../support/signed-in.ts'
import { until } from '../until.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'nabat-test-'))
  folders.push(made)
  return made
}
afterEach(() => {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true })
})

const GOOD = 'rules: [{ name: all, types: [camera.unavailable], to: [{ role: admin }] }]'
const BAD = `rules:
  - { name: one, types: [camera.unavailabel], to: [{ role: admin }] }
  - { name: two, types: [camera.available], to: [{ channel: nowhere }] }
  - { name: three, typos: [camera.available], to: [{ role: admin }] }
`

describe('npm start', () => {
  it('in a copy of the repository is ready, and SIGTERM ends it cleanly', async () => {
    const copy = folder()
    // What git would bring: sources without what was installed or made.
    for (const name of ['package.json', 'api', 'client', 'server'])
      cpSync(join(ROOT, name), join(copy, name), {
        recursive: true,
        filter: (path) => !/node_modules|[\\/]data$/.test(path),
      })
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    const child = spawn('npm', ['start'], {
      cwd: copy,
      env: { ...process.env, NABAT_PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const url = await until(() => /^Nabat is ready on (\S+)$/m.exec(output)?.[1], 30_000, 'the line that says ready')
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' })
    expect(existsSync(join(copy, 'data', 'nabat.db'))).toBe(true)
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
    // npm may be gone before the server: what counts is that the server is, and said so.
    await until(() => output.includes('"msg":"stopped"'), 10_000, 'the line that says stopped')
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
  })

  // Npm runs us under the Node it finds; where there is no older one, nothing hands over.
  const older = olderNode()
  if (older !== undefined)
    it('nabat serve under an older Node hands over to Node 24, signals and exit code too', async () => {
      const env = { ...process.env, NABAT_PORT: '0', NABAT_DATA: folder() }
      const child = spawn(older, [join(ROOT, 'server/nabat.mjs'), 'serve'], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      const url = await until(() => /^Nabat is ready on (\S+)$/m.exec(output)?.[1], 30_000, 'the line that says ready')
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      expect(await exited).toEqual([0, null])
      await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
    })
})

/** A Node on this machine that is too old for Nabat. */
function olderNode(): string | undefined {
  return ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    return status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) < 24
  })
}

describe('SIGTERM', () => {
  it('ends an idle server with 0 at once', async () => {
    const server = await startServerProcess()
    const exited = once(server.process, 'exit')
    const begin = performance.now()
    server.process.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(performance.now() - begin).toBeLessThan(2_000)
    await server.stop()
  })

  it('waits for an attempt under way, and what it came to is settled', async () => {
    const receiver = await startReceiver()
    const answer = Promise.withResolvers<number>()
    receiver.answer(() => answer.promise)
    const data = folder()
    const env = { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' }
    const server = await startServerProcess({ folder: data, env, config: hook(receiver.url) })
    const { events } = await server.send({ type: 'camera.unavailable', data: { camera: 'c' } })
    await receiver.waitFor(1)
    const exited = once(server.process, 'exit')
    server.process.kill('SIGTERM')
    await until(
      () =>
        fetch(`${server.url}/healthz`).then(
          () => false,
          () => true,
        ),
      5_000,
      'the door to be shut',
    )
    answer.resolve(204)
    expect(await exited).toEqual([0, null])
    await using again = await startTestServer({ folder: data, env })
    const { body } = await ask(again.call, 'GET', `/api/v1/events/${events[0]!.id}`)
    expect(body['deliveries']).toMatchObject([{ state: 'sent', note: null }])
    expect(receiver.received).toHaveLength(1)
    await receiver.close()
  })

  it('ends within 10 s although the other side never answers; the message waits, and is marked when it is repeated', async () => {
    const receiver = await startReceiver()
    receiver.answer('never')
    const data = folder()
    const env = { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' }
    const server = await startServerProcess({ folder: data, env, config: hook(receiver.url) })
    const { events } = await server.send({ type: 'camera.unavailable', data: { camera: 'c' } })
    await receiver.waitFor(1)
    const exited = once(server.process, 'exit')
    const begin = performance.now()
    server.process.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(performance.now() - begin).toBeLessThan(10_000)
    receiver.answer(204)
    await using again = await startTestServer({ folder: data, env })
    await receiver.waitFor(2)
    const path = `/api/v1/events/${events[0]!.id}`
    const sent = await until(async () => {
      const { body } = await ask(again.call, 'GET', path)
      const [delivery] = body['deliveries'] as unknown as { state: string; note: string }[]
      return delivery!.state === 'sent' && delivery
    })
    expect(sent!.note).toBe('repeat')
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(1)
    await receiver.close()
  })
})

const hook = (url: string): string => `
channels: [{ name: hook, kind: webhook, url: "${url}" }]
rules: [{ name: all, types: [camera.unavailable], to: [{ channel: hook }] }]
`

/** What a start that is refused says; it must also end, by itself. */
async function refusalOf(options: Parameters<typeof startServerProcess>[0]): Promise<string> {
  const env = { NABAT_LANGUAGE: 'en', ...options?.env }
  const server = await startServerProcess({ ...options, env }).catch((error: Error) => error.message)
  if (typeof server !== 'string') await server.stop()
  expect(server).toMatch(/^the server ended before it was ready: /)
  return server as string
}

describe('a start is refused, with a sentence, and the process ends', () => {
  it('with another secret key than the data was stored with, and nothing is lost', async () => {
    const data = folder()
    await (await startServerProcess({ folder: data, env: { NABAT_SECRET_KEY: 'the first' } })).stop()
    expect(await refusalOf({ folder: data, env: { NABAT_SECRET_KEY: 'the second' } })).toContain(
      'The secret key is not the one this data was stored with',
    )
    await (await startServerProcess({ folder: data, env: { NABAT_SECRET_KEY: 'the first' } })).stop()
  })

  it('on a folder another Nabat runs on, which goes on undisturbed', async () => {
    const data = folder()
    await using first = await startServerProcess({ folder: data })
    expect(await refusalOf({ folder: data })).toContain(`Another Nabat runs on ${data}`)
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
    expect((await first.send({ type: 'workorder.created', data: {} })).events).toHaveLength(1)
    // The lock is the operating system's: it is gone with the process, however that ends.
    await first.kill()
    await (await startServerProcess({ folder: data })).stop()
  })

  it('by a bad file at the first start, with every mistake and its line', async () => {
    const refusal = await refusalOf({ config: BAD })
    expect(refusal).toContain('The configuration has mistakes, 3 in all')
    expect(refusal).toMatch(/:2: \/rules\/0\/types\/0: /)
    expect(refusal).toMatch(/:3: \/rules\/1\/to\/0\/channel: /)
    expect(refusal).toMatch(/:4: \/rules\/2\/typos: .*types/)
  })

  it('in the language of the terminal, and in that one alone', async () => {
    const words = async (language: string, options: object): Promise<string> =>
      (await refusalOf({ ...options, env: { NABAT_LANGUAGE: language } })).replace(/^the server ended.*: /, '')
    const russian = await words('ru', { config: BAD })
    expect(russian).toContain('В конфигурации ошибки, всего 3')
    expect(russian).not.toMatch(/mistakes|There is|Unknown/)
    const english = await words('en', { config: `workspace: { name: default, language: ru }\n${BAD}` })
    expect(english).toContain('The configuration has mistakes, 3 in all')
    expect(english).not.toMatch(/[а-яё]/i)
  })

  it('by settings that mean nothing, all of them named', async () => {
    const env = { NABAT_PORT: 'http', NABAT_ALLOW_PRIVATE_ADDRESSES: 'yes', NABAT_KEEP_DAYS: '0' }
    const refusal = await refusalOf({ env })
    for (const name of Object.keys(env)) expect(refusal).toContain(`${name} is "`)
  })

  it('on a port that is taken, and the folder is free again', async () => {
    const data = folder()
    await using first = await startServerProcess()
    const refusal = await refusalOf({ folder: data, env: { NABAT_PORT: new URL(first.url).port } })
    expect(refusal).toContain('EADDRINUSE')
    await (await startServerProcess({ folder: data })).stop()
  })

  it('by a file that is not there', async () => {
    expect(await refusalOf({ env: { NABAT_CONFIG: '/no/such/file.yaml' } })).toContain('/no/such/file.yaml')
  })
})

describe('a later start', () => {
  it('keeps the stored configuration when the file is bad, and raises system.config.rejected', async () => {
    const data = folder()
    await (await startServerProcess({ folder: data, config: GOOD })).stop()
    writeFileSync(join(data, 'bad.yaml'), BAD)
    await using server = await startServerProcess({
      folder: data,
      env: { NABAT_CONFIG: join(data, 'bad.yaml'), NABAT_LOG_LEVEL: 'error' },
    })
    const { body } = await ask(server.call, 'GET', '/api/v1/rules')
    expect(body['items']).toMatchObject([{ name: 'all', origin: 'file' }])
    const raised = await ask(server.call, 'GET', '/api/v1/events?type=system.config.rejected')
    const [event] = raised.body['items'] as unknown as { source: string; data: { problems: string[] } }[]
    expect(event!.source).toBe('nabat')
    expect(event!.data.problems).toHaveLength(3)
    expect(server.output()).toContain('the configuration file was rejected')
    // The log is in English, the event in the language of the workspace.
    const logged = server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(logged.join()).not.toMatch(/[а-яё]/i)
    expect(event!.data.problems.join()).toMatch(/[а-яё]/i)
  })
})

describe('the first start', () => {
  it('prints a link by which the administrator is made, at every start until there is one, and never logs a secret', async () => {
    const data = folder()
    const start = (env: Record<string, string> = {}) =>
      startServerProcess({ folder: data, env: { NABAT_LANGUAGE: 'ru', NABAT_LOG_LEVEL: 'debug', ...env } })
    const linkIn = (output: string): string | undefined =>
      /^Откройте эту ссылку, чтобы завести администратора: (\S+)$/m.exec(output)?.[1]
    let earlier = ''
    {
      await using first = await start()
      earlier = (await until(() => linkIn(first.output()), 5_000, 'the link'))!
      expect(earlier.startsWith(`${first.url}/setup/`)).toBe(true)
      await until(() => first.output().includes('there is no administrator yet'), 5_000, 'the line of the log')
      const logged = first
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
      expect(logged.join('\n')).not.toContain(tokenOf(earlier))
    }
    {
      await using second = await start({ NABAT_PUBLIC_URL: 'https://nabat.example.ru' })
      const link = (await until(() => linkIn(second.output()), 5_000, 'the link'))!
      expect(link).toMatch(/^https:\/\/nabat\.example\.ru\/setup\//)
      expect(link).not.toContain(tokenOf(earlier))
      const { cookie } = await useLink(second, link, { login: 'boss' })
      for (const secret of [PASSWORD, cookie.split('=')[1]!, '$argon2id']) expect(second.output()).not.toContain(secret)
    }
    await using third = await start()
    expect(linkIn(third.output())).toBeUndefined()
    expect(third.output()).not.toContain('there is no administrator yet')
  })
})
