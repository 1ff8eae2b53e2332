import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, withKey } from '../../test/support/answers.ts'
import { startServerProcess, type ServerProcess } from '../../test/support/server.ts'
import { startMail, type MailStandIn } from '../../test/standins/mail.ts'
import { startTelegram, type TelegramStandIn } from '../../test/standins/telegram.ts'
import { until } from '../../test/until.ts'

const SECRETS = {
  botToken: '123456789:AAHvery_secret_bot_token',
  mailPassword: 'pass+word of the/mail',
  hookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  mattermostToken: 'secretmattermosttoken123456',
  mattermostHook: 'secrethooksecrethooksecret',
}
const LITERAL = 'whsec_b3RoZXIgc2VjcmV0IG9mIHR3ZW50eSBmb3VyIGI='
const SECRET_KEY = 'a secret key of the installation'

let mail: MailStandIn
let telegram: TelegramStandIn
let server: ServerProcess
let ownKey: string

const config = () => `
channels:
  - { name: bot, kind: telegram, token: "${SECRETS.botToken}", apiRoot: "${telegram.url}" }
  - { name: env bot, kind: telegram, token: "\${env:BOT_TOKEN}", apiRoot: "${telegram.url}" }
  - { name: mail, kind: smtp, host: 127.0.0.1, port: ${mail.port}, encryption: none,
      auth: { user: nabat, password: "${SECRETS.mailPassword}" },
      from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
  - { name: hook, kind: webhook, url: "${telegram.url}/hook", secret: ${SECRETS.hookSecret} }
  - { name: chat, kind: mattermost, server: "${telegram.url}", token: ${SECRETS.mattermostToken} }
  - { name: chat hook, kind: mattermost, url: "${telegram.url}/hooks/${SECRETS.mattermostHook}" }
rules:
  - name: all
    types: [camera.unavailable]
    to: [{ channel: bot, chat: "-100" }, { channel: env bot, chat: "-200" }, { channel: mail, address: d@example.ru },
      { channel: hook }, { channel: chat, chat: "@ivan" }, { channel: chat hook }]
`

beforeAll(async () => {
  // Everything refuses, so that every error there is gets written down.
  mail = await startMail({ auth: { user: 'nabat', password: 'another' } })
  telegram = await startTelegram({ tokens: [] })
  server = await startServerProcess({
    config: config(),
    env: {
      ...{ NABAT_LOG_LEVEL: 'debug', NABAT_ALLOW_PRIVATE_ADDRESSES: 'true', NABAT_SECRET_KEY: SECRET_KEY },
      BOT_TOKEN: '987654321:AAHsecret_of_the_environment',
    },
  })
  const made = await ask(server.call, 'POST', '/api/v1/keys', { name: 'k', rights: 'all' })
  ownKey = String(made.body['key'])
}, 40_000)
afterAll(async () => {
  await server.stop()
  await telegram.close()
  await mail.close()
})

const everySecret = (): string[] => [
  ...Object.values(SECRETS),
  '987654321:AAHsecret_of_the_environment',
  ...[LITERAL, SECRET_KEY, server.key, ownKey],
]
/** A secret may also stand encoded. */
function leaksIn(text: string, where: string): void {
  for (const secret of everySecret())
    for (const shape of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')])
      expect(text.includes(shape), `${where} shows ${shape}`).toBe(false)
}

describe('a secret', () => {
  it('is in no answer of any route that shows something, after everything has failed', async () => {
    const { events } = await server.send({ type: 'camera.unavailable', data: { camera: 'c' } })
    const path = `/api/v1/events/${events[0]!.id}`
    const failed = await until(async () => {
      const { body } = await ask(server.call, 'GET', path)
      const deliveries = body['deliveries'] as unknown as { attempts: { reason: string }[] }[]
      return deliveries.every((delivery) => delivery.attempts.length > 0) && deliveries
    })
    expect(failed.length).toBe(6)
    const { paths } = (await ask(server.call, 'GET', '/api/openapi.json')).body
    let seen = 0
    for (const [route, methods] of Object.entries(paths as unknown as Record<string, object>)) {
      if (!('get' in methods)) continue
      const lists = route.includes('{') ? await namesIn(route) : [route]
      for (const each of lists) {
        seen += 1
        leaksIn(JSON.stringify((await ask(server.call, 'GET', each)).body), each)
      }
    }
    expect(seen).toBeGreaterThan(25)
    leaksIn(JSON.stringify((await ask(server.call, 'GET', path)).body), path)
    leaksIn(await (await server.call('GET', '/metrics')).text(), '/metrics')
  })

  it('is not in a change, an export, nor in what an apply answers', async () => {
    const applied = await ask(server.call, 'POST', '/api/v1/apply', config().replace(SECRETS.hookSecret, LITERAL))
    expect(applied.body['changed']).toEqual(['channels/hook'])
    leaksIn(JSON.stringify(applied.body), 'apply')
    const yaml = await (await server.call('GET', '/api/v1/export')).text()
    expect(yaml).toContain('${secret:hook.secret}')
    expect(yaml).toContain('${env:BOT_TOKEN}')
    expect(yaml).toContain('${secret:chat hook.url}')
    leaksIn(yaml, 'export')
    leaksIn(JSON.stringify((await ask(server.call, 'GET', '/api/v1/changes?limit=500')).body), 'changes')
  })

  it('is not in what a wrong configuration is told, nor a wrong setting beside it', async () => {
    const wrong = [
      config().replace('kind: telegram', 'kind: telegramm'),
      config().replace(`"${SECRETS.botToken}"`, `"${SECRETS.botToken} "`),
      config().replace(SECRETS.hookSecret, `${SECRETS.hookSecret}!`),
      config().replace('from: {', 'frm: {'),
      `${config()}\n  - [${LITERAL}`,
    ]
    for (const yaml of wrong) {
      const answer = await ask(server.call, 'POST', '/api/v1/apply', yaml)
      expect(answer.status, yaml).toBe(400)
      leaksIn(JSON.stringify(answer.body), yaml)
    }
  })

  it('is not in what the check of a channel says', async () => {
    for (const name of ['bot', 'env bot', 'mail', 'hook', 'chat', 'chat hook']) {
      const path = `/api/v1/channels/${encodeURIComponent(name)}/test`
      const to = { bot: { chat: '-100' }, mail: { address: 'd@example.ru' }, chat: { chat: '@ivan' } }[name] ?? {}
      const answer = await ask(server.call, 'POST', name.endsWith('hook') ? `${path}?post=true` : path, to)
      expect(answer.body, name).toMatchObject({ ok: false })
      leaksIn(JSON.stringify(answer.body), path)
    }
  })

  it('is told to nobody who asks with a wrong key, or on a path of his own', async () => {
    const call = withKey(server, `${server.key}x`)
    leaksIn(JSON.stringify((await ask(call, 'GET', `/api/v1/keys?key=${'x'.repeat(50)}`)).body), 'wrong key')
  })

  it('is in no line of the log, and only sealed in the store', async () => {
    expect(server.output()).toContain('"verdict":"deferred"')
    leaksIn(server.output(), 'the log')
    const files = readdirSync(server.folder).filter((name) => name.startsWith('nabat.db'))
    expect(files).toContain('nabat.db')
    for (const name of files) {
      const bytes = readFileSync(join(server.folder, name)).toString('latin1')
      for (const secret of everySecret()) expect(bytes.includes(secret), `${name} holds ${secret}`).toBe(false)
    }
  })
})

/** The paths of everything that is there under a route with a place for an id. */
async function namesIn(route: string): Promise<string[]> {
  const { body } = await ask(server.call, 'GET', route.slice(0, route.indexOf('/{')))
  const items = (body['items'] ?? []) as unknown as { id: string; key?: string }[]
  return items.map(({ id, key }) => route.replace(/\{\w+\}/, encodeURIComponent(key ?? id)))
}
