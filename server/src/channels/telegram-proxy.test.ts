import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import * as tls from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { message, sending, world } from '../../test/channel-conformance.ts'
import { MAIL_CERTIFICATE, MAIL_KEY } from '../../test/standins/mail.ts'
import { join, startHttpProxy, startSocksProxy, type ProxyStandIn } from '../../test/standins/proxies.ts'
import { startTelegram, type TelegramStandIn } from '../../test/standins/telegram.ts'
import type { CheckStage } from './channel.ts'
import { telegram } from './telegram.ts'

const TOKEN = '123456:AAHsecretsecretsecretsecretsecret00'
const LOGIN = { user: 'nabat', password: 'proxy-password-1' }
const authorities = tls.getCACertificates()

let api: TelegramStandIn
let secure: { url: string; port: number; close(): Promise<void> }
let proxy: ProxyStandIn
beforeAll(() => tls.setDefaultCACertificates([...authorities, MAIL_CERTIFICATE]))
afterAll(() => tls.setDefaultCACertificates(authorities))
beforeEach(async () => {
  api = await startTelegram()
  secure = await withTls(api.port)
})
afterEach(async () => {
  await proxy.close()
  await secure.close()
  await api.close()
})

/** The same server behind TLS, as api.telegram.org is. */
async function withTls(port: number) {
  const server = tls.createServer({ cert: MAIL_CERTIFICATE, key: MAIL_KEY }, (socket) => {
    join(socket, connect(port, '127.0.0.1'))
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    url: `https://localhost:${own}`,
    port: own,
    async close() {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

async function attempt(apiRoot: string, through = proxy.url, signal = AbortSignal.timeout(5000)) {
  const settings = { name: 'bot', kind: 'telegram' as const, token: TOKEN, apiRoot, proxy: through }
  const bot = await telegram.open(settings, world())
  const outcomes = [
    await bot.attempt(message({ text: 'раз' }), { chat: '-5' }, sending({ signal })),
    await bot.attempt(message({ text: 'два' }), { chat: '-5' }, sending({ signal })),
  ]
  const stages: CheckStage[] = []
  for await (const stage of bot.check({ chat: '-5' }, message(), signal)) stages.push(stage)
  await bot.close()
  for (const secret of [TOKEN, LOGIN.password]) expect(JSON.stringify([outcomes, stages])).not.toContain(secret)
  return { outcomes, stages, failed: stages.find(({ ok }) => !ok) }
}

describe.each([undefined, LOGIN])('telegram through a proxy, login %j', (login) => {
  it('http: plain addresses are forwarded, TLS goes through a tunnel', async () => {
    proxy = await startHttpProxy(login)
    const plain = await attempt(api.url)
    expect(plain.outcomes).toMatchObject([{ verdict: 'sent' }, { verdict: 'sent' }])
    expect(plain.failed).toBeUndefined()
    expect(new Set(proxy.asked)).toEqual(new Set([`forward 127.0.0.1:${api.port}`]))
    proxy.asked.length = 0
    const tunnelled = await attempt(secure.url)
    expect(tunnelled.outcomes).toMatchObject([{ verdict: 'sent' }, { verdict: 'sent' }])
    expect(tunnelled.failed).toBeUndefined()
    expect(new Set(proxy.asked)).toEqual(new Set([`connect localhost:${secure.port}`]))
    // Five calls, and connections are kept: a second is opened only because the first is handed back a moment later.
    expect(proxy.asked.length).toBeLessThanOrEqual(2)
  })

  it('socks5: both, the name resolved by the proxy', async () => {
    proxy = await startSocksProxy(login && { login })
    for (const [apiRoot, asked] of [
      [api.url, `connect 127.0.0.1:${api.port}`],
      [secure.url, `connect localhost:${secure.port}`],
    ] as const) {
      proxy.asked.length = 0
      const { outcomes, failed } = await attempt(apiRoot)
      expect(outcomes).toMatchObject([{ verdict: 'sent' }, { verdict: 'sent' }])
      expect(failed).toBeUndefined()
      expect(new Set(proxy.asked)).toEqual(new Set([asked]))
      expect(proxy.asked.length).toBeLessThanOrEqual(2)
    }
  })
})

describe('telegram through a proxy that does not help', () => {
  const withoutLogin = () => proxy.url.replace(/\/\/.*@/, '//')

  it.each(['http', 'https'])('http proxy without its login, to %s', async (scheme) => {
    proxy = await startHttpProxy(LOGIN)
    const { outcomes, failed } = await attempt(scheme === 'http' ? api.url : secure.url, withoutLogin())
    expect(outcomes[0]).toMatchObject({ verdict: 'deferred', health: { of: 'channel', state: 'down' } })
    expect(outcomes[0]).not.toHaveProperty('ambiguous', true)
    expect(failed?.says.en).toMatch(/407|proxy/i)
    expect(api.calls).toEqual([])
  })

  it('socks5 without its login', async () => {
    proxy = await startSocksProxy({ login: LOGIN })
    const { outcomes, failed } = await attempt(secure.url, withoutLogin())
    expect(outcomes[0]).toMatchObject({ verdict: 'deferred', health: { of: 'channel', state: 'down' } })
    expect(outcomes[0]).not.toHaveProperty('ambiguous', true)
    expect(failed?.says.ru).toContain('проверьте адрес, порт, логин и пароль прокси')
  })

  it('socks5 that cannot connect', async () => {
    proxy = await startSocksProxy({ refuse: 5 })
    const { outcomes } = await attempt(secure.url)
    expect(outcomes[0]).toMatchObject({ verdict: 'deferred', reason: 'unreachable_host' })
    expect(outcomes[0]).not.toHaveProperty('ambiguous', true)
  })

  it('a certificate that nobody vouches for', async () => {
    proxy = await startHttpProxy()
    tls.setDefaultCACertificates(authorities)
    try {
      const { outcomes, failed } = await attempt(secure.url)
      expect(outcomes[0]).toMatchObject({ verdict: 'deferred', reason: 'tls' })
      expect(failed?.stage).toBe('tls')
    } finally {
      tls.setDefaultCACertificates([...authorities, MAIL_CERTIFICATE])
    }
  })
})
