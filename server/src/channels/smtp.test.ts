import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { conformance } from '../../test/channel-conformance.ts'
import { MAIL_CERTIFICATE, startMail, type MailOptions, type MailStandIn } from '../../test/standins/mail.ts'
import { until } from '../../test/until.ts'
import { systemClock, systemRandom } from '../clock.ts'
import { silentLog } from '../log.ts'
import { healthOf, type Outcome } from '../pipeline/outcome.ts'
import { isProblem, type Call, type Channel, type CheckStage, type Message, type World } from './channel.ts'
import type { SmtpSettings } from './mail/server.ts'
import { smtp } from './smtp.ts'

const NOW = Date.UTC(2026, 10, 22, 9, 30)
const world: World = {
  clock: { ...systemClock, now: () => NOW },
  random: systemRandom,
  log: silentLog,
  allowPrivateAddresses: false,
  putInbox: () => Promise.reject(new Error('not here')),
}

const message: Message = {
  deliveryId: 'delivery-1',
  language: 'ru',
  severity: 'warning',
  title: 'Камера недоступна',
  text: 'Камера недоступна',
  letter: '<p>Камера не отвечает.</p>',
  links: [],
  attachments: [],
  silent: false,
  event: {},
}

const TO = { address: 'duty@example.ru' }
const PASSWORD = 'hunter2-secret'
const call = (change: Partial<Call> = {}): Call => ({
  signal: AbortSignal.timeout(10_000),
  action: 'send',
  attempt: 1,
  ...change,
})

const running: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()))
})

async function mailWith(options: MailOptions = {}): Promise<MailStandIn> {
  const mail = await startMail(options)
  running.push(mail)
  return mail
}

const settingsFor = (port: number, change: Partial<SmtpSettings> = {}): SmtpSettings => ({
  name: 'mail',
  kind: 'smtp',
  host: '127.0.0.1',
  port,
  encryption: 'none',
  from: { address: 'nabat@example.ru', name: 'Набат' },
  replyTo: 'help@example.ru',
  ...change,
})

async function channelTo(port: number, change: Partial<SmtpSettings> = {}): Promise<Channel> {
  const channel = await smtp.open(settingsFor(port, change), world)
  running.push(channel)
  return channel
}

const brief = (outcome: Outcome): string =>
  outcome.verdict === 'sent'
    ? 'sent'
    : `${outcome.verdict} ${outcome.reason}, ${healthOf(outcome).of} ${healthOf(outcome).state}`

async function stages(channel: Channel, to?: typeof TO, signal = AbortSignal.timeout(10_000)): Promise<CheckStage[]> {
  const found: CheckStage[] = []
  for await (const stage of channel.check(to, to === undefined ? undefined : message, signal)) found.push(stage)
  return found
}
const told = (found: CheckStage[]): string[] => found.map(({ stage, ok }) => `${stage} ${ok ? 'ok' : 'failed'}`)

test('a letter arrives, and its Message-ID comes back', async () => {
  const mail = await mailWith()
  const channel = await channelTo(mail.port)
  const outcome = await channel.attempt(message, TO, call())
  expect(outcome).toEqual({ verdict: 'sent', messageIds: ['<delivery-1@example.ru>'] })
  expect(mail.letters).toHaveLength(1)
  expect(mail.letters[0]).toMatchObject({
    from: 'nabat@example.ru',
    to: ['duty@example.ru'],
    subject: 'Камера недоступна',
    encrypted: false,
  })
  expect(mail.letters[0]?.headers.get('date')).toBe('Sun, 22 Nov 2026 09:30:00 +0000')
})

test('the second letter goes over the same connection and answers the first', async () => {
  const mail = await mailWith()
  const channel = await channelTo(mail.port)
  const first = await channel.attempt(message, TO, call())
  const messageIds = first.verdict === 'sent' ? (first.messageIds ?? []) : []
  await channel.attempt({ ...message, deliveryId: 'delivery-2' }, TO, call({ earlier: { messageIds } }))
  expect(mail.letters[1]?.headers.get('in-reply-to')).toBe('<delivery-1@example.ru>')
  expect(mail.connections()).toBe(1)
})

test('attachments are read at the attempt', async () => {
  const mail = await mailWith()
  const channel = await channelTo(mail.port)
  const content = Buffer.from('кадр')
  const file = { name: 'кадр.txt', mediaType: 'text/plain', size: content.length, read: () => Promise.resolve(content) }
  await channel.attempt({ ...message, attachments: [file] }, TO, call())
  expect(mail.letters[0]?.attachments).toEqual([{ name: 'кадр.txt', mediaType: 'text/plain', content }])
})

test('a file that is gone is named in its letter', async () => {
  const mail = await mailWith()
  const channel = await channelTo(mail.port)
  const file = { name: 'кадр.jpg', mediaType: 'image/jpeg', size: 3, read: () => Promise.reject(new Error('gone')) }
  const outcome = await channel.attempt({ ...message, attachments: [file] }, TO, call())
  expect(outcome).toMatchObject({ verdict: 'sent', note: 'file_lost' })
  expect(mail.letters[0]?.text).toContain('Не приложены, файлов больше нет: кадр.jpg')
  expect(mail.letters[0]?.html).toContain('кадр.jpg')
})

test('a login is used, and a wrong one keeps the letters until it is mended', async () => {
  const mail = await mailWith({ auth: { user: 'nabat', password: PASSWORD } })
  const right = await channelTo(mail.port, { auth: { user: 'nabat', password: PASSWORD } })
  expect(brief(await right.attempt(message, TO, call()))).toBe('sent')
  expect(mail.letters[0]?.user).toBe('nabat')
  const wrong = await channelTo(mail.port, { auth: { user: 'nabat', password: `${PASSWORD}!` } })
  const outcome = await wrong.attempt(message, TO, call())
  expect(brief(outcome)).toBe('deferred unauthorized, channel down')
  expect(JSON.stringify([outcome, await stages(wrong)])).not.toContain(PASSWORD)
})

test('a login that the server does not offer stops the letters, instead of going without it', async () => {
  const mail = await mailWith()
  const channel = await channelTo(mail.port, { auth: { user: 'nabat', password: PASSWORD } })
  const outcome = await channel.attempt(message, TO, call())
  expect(brief(outcome)).toBe('deferred unauthorized, channel down')
  expect(outcome).toMatchObject({ detail: expect.stringContaining('offers no login') as string })
})

test.each<[NonNullable<MailOptions['fail']>, string]>([
  [[{ at: 'connect', code: 421, says: '4.3.2 closing' }], 'deferred throttled, channel throttled'],
  [[{ at: 'connect', code: 554, says: '5.7.1 no' }], 'deferred provider_error, channel down'],
  [[{ at: 'connect', drop: true }], 'deferred unreachable_host, channel down'],
  [[{ at: 'mail', code: 421, says: '4.7.0 slow down' }], 'deferred throttled, channel throttled'],
  [[{ at: 'mail', code: 550, says: '5.4.5 Daily sending quota exceeded' }], 'deferred quota, channel throttled'],
  [[{ at: 'mail', code: 553, says: '5.7.1 not your address' }], 'deferred misconfigured, channel down'],
  [[{ at: 'mail', drop: true }], 'deferred unreachable_host, channel down'],
  [[{ at: 'rcpt', code: 550, says: '5.1.1 no such user' }], 'rejected no_such_destination, destination invalid'],
  [[{ at: 'rcpt', code: 451, says: '4.7.1 Greylisted' }], 'deferred throttled, destination throttled'],
  [[{ at: 'rcpt', code: 452, says: '4.2.2 over quota' }], 'deferred mailbox_full, destination throttled'],
  [[{ at: 'rcpt', code: 554, says: '5.7.1 spam' }], 'rejected refused_content, destination fine'],
  [[{ at: 'data', code: 554, says: '5.7.1 spam' }], 'rejected refused_content, destination fine'],
  [[{ at: 'data', code: 552, says: '5.3.4 too big' }], 'rejected refused_content, destination fine'],
  [[{ at: 'data', code: 451, says: '4.3.0 later' }], 'deferred throttled, channel throttled'],
])('a server with %j: %s', async (fail, expected) => {
  const mail = await mailWith({ fail })
  const channel = await channelTo(mail.port)
  const outcome = await channel.attempt(message, TO, call())
  expect(brief(outcome)).toBe(expected)
  expect(outcome).not.toHaveProperty('ambiguous')
})

test('after a refusal the connection serves the next letter', async () => {
  const mail = await mailWith({ fail: [{ at: 'rcpt', code: 451, says: '4.7.1 Greylisted', times: 1 }] })
  const channel = await channelTo(mail.port, { connections: 1 })
  expect(brief(await channel.attempt(message, TO, call()))).toBe('deferred throttled, destination throttled')
  expect(brief(await channel.attempt(message, TO, call({ attempt: 2 })))).toBe('sent')
  expect(mail.connections()).toBe(1)
})

test('a connection that breaks after the last dot leaves doubt, and the repeat has the same Message-ID', async () => {
  const mail = await mailWith({ fail: [{ at: 'data', drop: true, times: 1 }] })
  const channel = await channelTo(mail.port)
  const outcome = await channel.attempt(message, TO, call())
  expect(brief(outcome)).toBe('deferred unreachable_host, channel down')
  expect(outcome).toMatchObject({ ambiguous: true })
  expect(brief(await channel.attempt(message, TO, call({ attempt: 2 })))).toBe('sent')
  expect(mail.letters.map((one) => one.headers.get('message-id'))).toEqual(Array(2).fill('<delivery-1@example.ru>'))
})

test('a kept connection that the server dropped in between does not cost an attempt', async () => {
  const mail = await mailWith({ fail: [] })
  const channel = await channelTo(mail.port)
  await channel.attempt(message, TO, call())
  mail.faults = [{ at: 'mail', drop: true, times: 1 }]
  expect(brief(await channel.attempt({ ...message, deliveryId: 'delivery-2' }, TO, call()))).toBe('sent')
  expect(mail.letters).toHaveLength(2)
})

test('the deadline ends an attempt; doubt remains when the letter had left', async () => {
  const mail = await mailWith({ fail: [{ at: 'data', hang: true }] })
  const channel = await channelTo(mail.port)
  const deadline = new AbortController()
  const attempt = channel.attempt(message, TO, call({ signal: deadline.signal }))
  await mail.waitFor(1)
  deadline.abort(new DOMException('late', 'TimeoutError'))
  const outcome = await attempt
  expect(brief(outcome)).toBe('deferred timeout, channel down')
  expect(outcome).toMatchObject({ ambiguous: true })
})

test('a stop ends an attempt; nothing of the letter had left, so there is no doubt', async () => {
  const mail = await mailWith({ fail: [{ at: 'rcpt', hang: true }] })
  const channel = await channelTo(mail.port)
  const stop = new AbortController()
  const attempt = channel.attempt(message, TO, call({ signal: stop.signal }))
  await until(() => mail.connections() === 1)
  stop.abort(new Error('stopping'))
  const outcome = await attempt
  expect(brief(outcome)).toBe('deferred cancelled, channel fine')
  expect(outcome).not.toHaveProperty('ambiguous')
  expect(brief(await channel.attempt(message, TO, call({ signal: stop.signal })))).toContain('cancelled')
})

test('nobody listening is an unreachable host', async () => {
  const mail = await startMail()
  await mail.close()
  const channel = await channelTo(mail.port)
  const outcome = await channel.attempt(message, TO, call())
  expect(brief(outcome)).toBe('deferred unreachable_host, channel down')
  expect(outcome).toMatchObject({ detail: expect.stringContaining('ECONNREFUSED') as string })
})

test.each(['starttls', 'tls'] as const)('%s: a certificate that does not hold stops it, unless told', async (tls) => {
  const mail = await mailWith({ tls })
  const outcome = await (await channelTo(mail.port, { encryption: tls })).attempt(message, TO, call())
  expect(brief(outcome)).toBe('deferred tls, channel down')
  expect(outcome).toMatchObject({ detail: expect.stringContaining('self-signed certificate') as string })
  const unchecked = await channelTo(mail.port, { encryption: tls, checkCertificate: false })
  expect(brief(await unchecked.attempt(message, TO, call()))).toBe('sent')
  const own = await channelTo(mail.port, { encryption: tls, ca: MAIL_CERTIFICATE })
  expect(brief(await own.attempt(message, TO, call()))).toBe('sent')
  const named = await channelTo(mail.port, { encryption: tls, host: 'localhost', ca: MAIL_CERTIFICATE })
  expect(brief(await named.attempt(message, TO, call()))).toBe('sent')
  expect(mail.letters.map((one) => one.encrypted)).toEqual([true, true, true])
})

test('starttls never goes on without encryption', async () => {
  const mail = await mailWith()
  const channel = await channelTo(mail.port, { encryption: 'starttls' })
  expect(brief(await channel.attempt(message, TO, call()))).toBe('deferred tls, channel down')
  expect(mail.letters).toHaveLength(0)
})

test('ssl:// before the host is implicit TLS, whatever encryption says', async () => {
  const mail = await mailWith({ tls: 'tls' })
  const channel = await channelTo(mail.port, { host: 'ssl://127.0.0.1', encryption: 'none', ca: MAIL_CERTIFICATE })
  expect(brief(await channel.attempt(message, TO, call()))).toBe('sent')
})

test('an address outside ASCII goes to a server that takes it, and is refused in words by one that does not', async () => {
  const cyrillic = smtp.address({ address: 'иван@пример.рф' }, settingsFor(25))
  if (isProblem(cyrillic)) throw new Error('refused')
  const mail = await mailWith()
  expect(brief(await (await channelTo(mail.port)).attempt(message, cyrillic, call()))).toBe('sent')
  expect(mail.letters[0]?.to[0]).toMatch(/^иван@/)
  const plain = await mailWith({ utf8: false })
  const outcome = await (await channelTo(plain.port)).attempt(message, cyrillic, call())
  expect(brief(outcome)).toBe('rejected misconfigured, destination fine')
  expect(outcome).toMatchObject({ detail: expect.stringContaining('SMTPUTF8') as string })
  const domain = smtp.address({ address: 'ivan@пример.рф' }, settingsFor(25))
  if (isProblem(domain)) throw new Error('refused')
  expect(brief(await (await channelTo(plain.port)).attempt(message, domain, call()))).toBe('sent')
  expect(plain.letters[0]?.to).toEqual(['ivan@xn--e1afmkfd.xn--p1ai'])
})

test('the check goes through every stage and sends the test letter', async () => {
  const auth = { user: 'nabat', password: PASSWORD }
  const mail = await mailWith({ tls: 'starttls', auth })
  const channel = await channelTo(mail.port, { host: 'localhost', encryption: 'starttls', auth, ca: MAIL_CERTIFICATE })
  const found = await stages(channel, TO)
  expect(told(found)).toEqual(['name ok', 'connection ok', 'tls ok', 'login ok', 'sender ok', 'message ok'])
  expect(found[2]?.says.en).toContain('certificate "localhost", issued by "localhost", valid to 2126-10-29')
  expect(mail.letters).toHaveLength(1)
})

test('without a recipient the check sends nothing', async () => {
  const mail = await mailWith()
  expect(told(await stages(await channelTo(mail.port)))).toEqual(['connection ok', 'login ok', 'sender ok'])
  expect(mail.letters).toHaveLength(0)
})

test.each<[string, MailOptions, Partial<SmtpSettings>, string, string]>([
  ['no name', {}, { host: 'no-such-host.invalid' }, 'name', 'не найдено'],
  ['a refusing greeting', { fail: [{ at: 'connect', code: 554, says: 'no' }] }, {}, 'connection', '554 no'],
  ['no STARTTLS', {}, { encryption: 'starttls' }, 'tls', 'не предлагает STARTTLS'],
  ['plain at a tls port', {}, { encryption: 'tls' }, 'tls', 'выберите encryption: starttls'],
  [
    'self-signed',
    { tls: 'tls' },
    { encryption: 'tls' },
    'tls',
    'Сертификат самоподписанный: выключите проверку сертификата или добавьте свой CA',
  ],
  [
    'self-signed with starttls',
    { tls: 'starttls' },
    { encryption: 'starttls' },
    'tls',
    'Сертификат самоподписанный: выключите проверку',
  ],
  ['nobody there', {}, { host: '127.0.0.2' }, 'connection', 'никто не отвечает'],
  [
    'a wrong password',
    { auth: { user: 'nabat', password: PASSWORD } },
    { auth: { user: 'nabat', password: 'x' } },
    'login',
    'Сервер не принял логин или пароль: 535',
  ],
  ['no login offered', {}, { auth: { user: 'a', password: 'b' } }, 'login', 'не предлагает вход'],
  ['a refused sender', { fail: [{ at: 'mail', code: 553, says: 'not yours' }] }, {}, 'sender', '553 not yours'],
  ['no sender', {}, { from: { name: 'Набат' } }, 'settings', 'from.address'],
  ['a refused letter', { fail: [{ at: 'rcpt', code: 550, says: '5.1.1 who?' }] }, {}, 'message', '5.1.1 who?'],
])('the check stops at the stage that fails: %s', async (_case, options, change, stage, says) => {
  const mail = await mailWith(options)
  const found = await stages(await channelTo(mail.port, change), TO)
  expect(found.filter(({ ok }) => !ok)).toHaveLength(1)
  expect(found.at(-1)).toMatchObject({ stage, ok: false, says: { ru: expect.stringContaining(says) as string } })
})

test('the check is broken off by its signal', async () => {
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  running.push({ close: () => new Promise((resolve) => silent.close(() => resolve())) })
  const { port } = silent.address() as { port: number }
  const stop = new AbortController()
  const found = stages(await channelTo(port), undefined, stop.signal)
  await until(async () => new Promise<number>((resolve) => silent.getConnections((_error, count) => resolve(count))))
  stop.abort()
  expect(told(await found)).toEqual(['connection failed'])
})

test('addresses are written one way, and shown for people', () => {
  expect(smtp.address({ address: ' Duty@Example.RU ' }, settingsFor(25))).toEqual({ address: 'Duty@example.ru' })
  expect(smtp.address({ address: 'duty' }, settingsFor(25))).toMatchObject({ path: '/address' })
  expect(smtp.address({ channel: 'mail' }, settingsFor(25))).toMatchObject({ path: '/address' })
  expect(smtp.show({ address: 'ivan@xn--e1afmkfd.xn--p1ai' })).toBe('ivan@пример.рф')
})

test('what is missing is named, and what is wrong has its path', () => {
  const { from: _from, replyTo: _replyTo, ...rest } = settingsFor(25)
  expect(smtp.missing(settingsFor(25))).toEqual([])
  expect(smtp.missing(rest)).toEqual(['from.address', 'from.name', 'replyTo'])
  expect(smtp.missing({ ...rest, from: { address: ' ', name: 'x' }, replyTo: 'y@z.ru' })).toEqual(['from.address'])
  const problems = (change: Partial<SmtpSettings>): string[] =>
    smtp.problems(settingsFor(25, change), { allowPrivateAddresses: false }).map(({ path }) => path)
  expect(problems({ ca: MAIL_CERTIFICATE })).toEqual([])
  expect(problems({ host: 'ssl://почта.рф' })).toEqual([])
  expect(problems({ host: 'http://a b' })).toEqual(['/host'])
  expect(problems({ from: { address: 'x' }, replyTo: 'a@b@c' })).toEqual(['/from/address', '/replyTo'])
  expect(problems({ replyTo: 'помощь@пример.рф' })).toEqual(['/replyTo'])
  expect(problems({ ca: 'x' })).toEqual(['/ca'])
  expect(problems({ ca: MAIL_CERTIFICATE.replace('MII', 'XXX') })).toEqual(['/ca'])
})

conformance('smtp', {
  kind: smtp,
  async start() {
    const mail = await startMail({ auth: { user: 'nabat', password: PASSWORD } })
    return {
      settings: settingsFor(mail.port, { auth: { user: 'nabat', password: PASSWORD } }),
      behave(behaviour) {
        if (behaviour === 'take') mail.faults = []
        else if (behaviour === 'never') mail.faults = [{ at: 'data', hang: true }]
        else if (behaviour === 'drop') mail.faults = [{ at: 'data', drop: true }]
        else mail.faults = [{ at: 'data', code: behaviour.status, says: behaviour.says ?? 'as the test asks' }]
      },
      came: () => mail.letters.length,
      close: () => mail.close(),
    }
  },
  to: { address: 'duty@example.ru' },
  statuses: Array.from({ length: 400 }, (_, index) => 200 + index),
  secrets: [PASSWORD, Buffer.from(PASSWORD).toString('base64')],
  longest: { title: 1_000, letter: 100_000 },
})
