import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { ask, expectError } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

/** The configuration of the contract, as people are shown it. */
const CONTRACT = readFileSync(new URL('../../test/fixtures/contract.yaml', import.meta.url), 'utf8')
const ENV = {
  BOT_TOKEN: '123456789:AAHenvironment_token',
  MAIL_PASSWORD: 'password of the environment',
  NABAT_ALLOW_PRIVATE_ADDRESSES: 'true',
}
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

let server: TestServer
afterEach(() => server.stop())
const start = async (config?: string): Promise<void> => {
  server = await startTestServer({ env: ENV, ...(config === undefined ? {} : { config }) })
}
const apply = (yaml: string, query = '') => ask(server.call, 'POST', `/api/v1/apply${query}`, yaml)
const exported = async (): Promise<string> => (await server.call('GET', '/api/v1/export')).text()
const names = async (section: string): Promise<string[]> => {
  const { body } = await ask(server.call, 'GET', `/api/v1/${section}`)
  return (body['items'] as unknown as { name?: string; login: string }[]).map((row) => row.name ?? row.login)
}
const unchanged = { created: [], changed: [], removed: [] }

describe('apply and export', () => {
  it('give back what was applied, equal once parsed; only the secret literals became references', async () => {
    await start()
    const answer = await apply(CONTRACT)
    expect(answer).toMatchObject({ status: 200, body: { removed: [], dryRun: false } })
    // Whoever knows the address of a Mattermost hook may post: all of it is a secret.
    const wanted = parse(
      CONTRACT.replace(SECRET, '"${secret:hook.secret}"').replace(
        /url: "[^"]*hooks[^"]*"/,
        'url: "${secret:chat.url}"',
      ),
    ) as unknown
    expect(parse(await exported())).toEqual(wanted)
  })

  it('the export applied changes nothing, and the stored secret is kept', async () => {
    await start(CONTRACT)
    const first = await exported()
    const version = (await ask(server.call, 'GET', '/api/v1/workspace')).body['version']
    expect((await apply(first)).body).toEqual({ version, ...unchanged, dryRun: false })
    expect((await apply(CONTRACT)).body).toEqual({ version, ...unchanged, dryRun: false })
    expect(await exported()).toBe(first)
    expect((await ask(server.call, 'GET', '/api/v1/channels/hook')).body).toMatchObject({ status: 'ready' })
  })

  it('the export applied to an empty server lacks only the secrets, and says so', async () => {
    await start(CONTRACT)
    const yaml = await exported()
    await server.stop()
    await start()
    const details = expectError(await apply(yaml), 400, 'invalid')
    expect([...details]).toEqual([
      ['/channels/2/secret', 'There is no stored secret "hook.secret": write its value'],
      ['/channels/3/url', 'There is no stored secret "chat.url": write its value'],
    ])
  })

  it('a secret that is written anew replaces the stored one, and the change says only that it changed', async () => {
    await start(CONTRACT)
    const other = 'whsec_b3RoZXIgc2VjcmV0IG9mIHR3ZW50eSBmb3VyIGI='
    expect((await apply(CONTRACT.replace(SECRET, other))).body['changed']).toEqual(['channels/hook'])
    expect((await apply(CONTRACT.replace(SECRET, other))).body['changed']).toEqual([])
  })

  it('a file with three mistakes names all three with their lines, and changes nothing', async () => {
    await start(CONTRACT)
    const before = await exported()
    const lines = CONTRACT.split('\n')
    const edit = (from: string, to: string): number => {
      const at = lines.findIndex((line) => line.includes(from))
      expect(at, from).toBeGreaterThan(0)
      lines[at] = lines[at]!.replace(from, to)
      return at + 1
    }
    const mistakes = [
      `${edit('{ channel: hook }', '{ channel: hok }')} /rules/0/to/2/channel`,
      `${edit('op: contains', 'op: contain')} /rules/1/when/op`,
      `${edit('head: chief', 'haed: chief')} /users/0/haed`,
    ]
    const answer = await ask(server.call, 'POST', '/api/v1/apply', lines.join('\n'), { 'accept-language': 'ru' })
    const details = expectError(answer, 400, 'invalid')
    const found = answer.body['error']!['details'] as unknown as { path: string; line: number }[]
    expect(found.map(({ line, path }) => `${line} ${path}`).sort()).toEqual(mistakes.sort())
    expect(details.get('/users/0/haed')).toBe('Неизвестное поле «haed»; может быть, «head»?')
    expect(await exported()).toBe(before)
  })

  it('tells where YAML itself cannot be read', async () => {
    await start(CONTRACT)
    const before = await exported()
    const answer = await apply(CONTRACT.replace('groups: [', 'groups: [['))
    expectError(answer, 400, 'invalid')
    const [first] = answer.body['error']!['details'] as unknown as { line: number }[]
    expect(first!.line).toBeGreaterThan(5)
    expect(await exported()).toBe(before)
    for (const nothing of ['', '   \n', '- a list', 'just words'])
      expectError(await ask(server.call, 'POST', '/api/v1/apply', nothing), 400, 'invalid')
    expectError(await ask(server.call, 'POST', '/api/v1/apply'), 400, 'invalid')
  })

  it('removes and lists what the file no longer names; what the console made stays', async () => {
    await start(CONTRACT)
    const rule = { name: 'by hand', types: ['camera.unavailable'], to: [{ user: 'MOW_15_S_1' }] }
    expect((await ask(server.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
    const file = parse(CONTRACT) as { rules: unknown[]; groups?: unknown }
    const smaller = stringify({ ...file, rules: file.rules.slice(0, 1), groups: [] })
    const rehearsed = await apply(smaller, '?dryRun=true')
    expect(rehearsed.body).toMatchObject({ dryRun: true, removed: ['groups/смена', 'rules/orders of MOW_15_S_1'] })
    expect(await names('rules')).toHaveLength(3)
    expect((await apply(smaller)).body).toMatchObject({
      ...{ created: [], changed: [] },
      removed: ['groups/смена', 'rules/orders of MOW_15_S_1'],
    })
    expect(await names('rules')).toEqual(['cameras to the duty chat', 'by hand'])
    const { body } = await ask(server.call, 'GET', '/api/v1/changes?section=rules&limit=1')
    expect(body['items']).toMatchObject([{ key: 'orders of MOW_15_S_1', by: 'admin', after: null }])
  })

  it('what the file made is read-only over the API: 409 that says where to change it', async () => {
    await start(CONTRACT)
    for (const [section, name] of Object.entries({
      rules: 'cameras to the duty chat',
      users: 'MOW_15_S_1',
      channels: 'hook',
    })) {
      const path = `/api/v1/${section}/${encodeURIComponent(name)}`
      const { body } = await ask(server.call, 'GET', path)
      expect(body['origin']).toBe('file')
      expect(expectError(await ask(server.call, 'PUT', path, body), 409, 'conflict').get('')).toBe(
        `"${name}" comes from the configuration file: change it there`,
      )
      expectError(await ask(server.call, 'DELETE', path), 409, 'conflict')
    }
    expect((await apply(CONTRACT)).body).toMatchObject(unchanged)
  })

  it('each change leaves who made it, when, and what was before and after', async () => {
    await start(CONTRACT)
    await apply(CONTRACT.replace('from: "22:00"', 'from: "23:00"'))
    const { body } = await ask(server.call, 'GET', '/api/v1/changes?limit=1')
    const [change] = body['items'] as unknown as { at: string }[]
    expect(change).toMatchObject({
      ...{ by: 'admin', section: 'users', key: 'MOW_15_S_1' },
      before: { quietHours: { from: '22:00' } },
      after: { quietHours: { from: '23:00' } },
    })
    expect(Math.abs(Date.now() - Date.parse(change!.at))).toBeLessThan(60_000)
  })
})
