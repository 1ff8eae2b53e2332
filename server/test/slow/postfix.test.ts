import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Channel, CheckStage, Message } from '../../src/channels/channel.ts'
import type { SmtpSettings } from '../../src/channels/mail/server.ts'
import { smtp } from '../../src/channels/smtp.ts'
import { systemClock, systemRandom } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import { startPostfix, type Postfix } from '../standins/postfix.ts'

let postfix: Postfix
const channels: Channel[] = []

beforeAll(async () => {
  postfix = await startPostfix()
}, 600_000)

afterAll(async () => {
  await Promise.all(channels.map((channel) => channel.close()))
  await postfix?.stop()
})

const TO = { address: 'duty@example.ru' }

const message = (deliveryId: string): Message => ({
  deliveryId,
  language: 'ru',
  severity: 'critical',
  title: 'Камера «Въезд» недоступна',
  text: 'Камера недоступна',
  letter: '<p>Камера не отвечает.</p>',
  links: [{ title: 'Открыть', url: 'https://nabat.example.ru/e/1' }],
  attachments: [],
  silent: false,
  event: {},
})

async function channelWith(change: Partial<SmtpSettings>, login = true): Promise<Channel> {
  const settings: SmtpSettings = {
    name: 'mail',
    kind: 'smtp',
    host: 'localhost',
    ...(login ? { auth: { user: postfix.user, password: postfix.password } } : {}),
    from: { address: 'nabat@example.ru', name: 'Набат' },
    replyTo: 'help@example.ru',
    ...change,
  }
  const channel = await smtp.open(settings, {
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    allowPrivateAddresses: false,
    putInbox: () => Promise.reject(new Error('not here')),
  })
  channels.push(channel)
  return channel
}

const call = { signal: new AbortController().signal, action: 'send', attempt: 1 } as const

async function lastStage(channel: Channel): Promise<CheckStage | undefined> {
  let last: CheckStage | undefined
  for await (const stage of channel.check(undefined, undefined, AbortSignal.timeout(30_000))) last = stage
  return last
}

test('a letter is delivered over STARTTLS with a login', async () => {
  const channel = await channelWith({ port: postfix.starttlsPort, encryption: 'starttls', ca: postfix.ca })
  const outcome = await channel.attempt(message('over-starttls'), TO, call)
  expect(outcome).toEqual({ verdict: 'sent', messageIds: ['<over-starttls@example.ru>'] })
  const letter = await postfix.delivered('<over-starttls@example.ru>')
  expect(letter).toMatchObject({ subject: 'Камера «Въезд» недоступна' })
  expect(letter.text).toContain('Открыть: https://nabat.example.ru/e/1')
  expect(letter.headers.get('received')).toMatch(/with ESMTPSA/)
})

test('implicit TLS with a self-signed certificate is refused in words while certificates are checked', async () => {
  const channel = await channelWith({ port: postfix.tlsPort, encryption: 'tls' })
  const outcome = await channel.attempt(message('refused'), TO, call)
  expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'tls', health: { of: 'channel', state: 'down' } })
  expect(outcome).toHaveProperty('detail', expect.stringContaining('self-signed certificate'))
  const stage = await lastStage(channel)
  expect(stage).toMatchObject({ stage: 'tls', ok: false })
  expect(stage?.says.ru).toContain('Сертификат самоподписанный: выключите проверку сертификата или добавьте свой CA')
})

test('implicit TLS delivers with the check of certificates off', async () => {
  const channel = await channelWith({ host: 'ssl://localhost', port: postfix.tlsPort, checkCertificate: false })
  expect(await channel.attempt(message('unchecked'), TO, call)).toMatchObject({ verdict: 'sent' })
  await postfix.delivered('<unchecked@example.ru>')
})

test('implicit TLS delivers with the own CA, to an IP address as well', async () => {
  const channel = await channelWith({ host: '127.0.0.1', port: postfix.tlsPort, encryption: 'tls', ca: postfix.ca })
  expect(await channel.attempt(message('own-ca'), TO, call)).toMatchObject({ verdict: 'sent' })
  await postfix.delivered('<own-ca@example.ru>')
})

test('a wrong password is told by the check, and keeps the letters', async () => {
  const channel = await channelWith({
    port: postfix.starttlsPort,
    encryption: 'starttls',
    ca: postfix.ca,
    auth: { user: postfix.user, password: 'not-the-password' },
  })
  const stage = await lastStage(channel)
  expect(stage).toMatchObject({ stage: 'login', ok: false })
  expect(stage?.says.ru).toContain('Сервер не принял логин или пароль: 535')
  expect(await channel.attempt(message('never'), TO, call)).toMatchObject({
    verdict: 'deferred',
    reason: 'unauthorized',
    health: { of: 'channel', state: 'down' },
  })
})

test('without encryption Postfix offers no login, and the check says what to do', async () => {
  const stage = await lastStage(await channelWith({ port: postfix.starttlsPort, encryption: 'none' }))
  expect(stage).toMatchObject({ stage: 'login', ok: false })
  expect(stage?.says.ru).toContain('включите шифрование')
})

test('without a login Postfix refuses the recipient', async () => {
  const channel = await channelWith({ port: postfix.starttlsPort, encryption: 'none' }, false)
  expect(await channel.attempt(message('no-login'), TO, call)).toMatchObject({
    verdict: 'rejected',
    detail: expect.stringContaining('554 5.7.1') as string,
  })
})
