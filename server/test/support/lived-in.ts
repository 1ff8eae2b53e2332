/*
 * A data folder in which a server has lived and then died: every table has rows, every state its deliveries. The other
 * sides (a bot, receivers) stay for as long as the folder is looked at.
 */
import { createECDH } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { startReceiver } from '../standins/receiver.ts'
import { startTelegram } from '../standins/telegram.ts'
import { until } from '../until.ts'
import { ask, makeKey } from './answers.ts'
import { startServerProcess, type ServerProcess } from './server.ts'
import { administrator, type SignedIn } from './signed-in.ts'

export const LIVED_IN_KEY = 'the secret key of a system that is moved'

export interface LivedIn extends AsyncDisposable {
  /** Holds `data`, the folder of the server, and whatever a test adds. */
  readonly folder: string
  readonly data: string
  /** Ends the attempts that hang, so that a server need not wait for them when it stops. */
  letGo(): void
}

const configuration = (bot: string, origin: string, more: string): string => `
workspace: { name: default, title: ООО Пример, timeZone: Asia/Kathmandu }
users:
  - { login: olga, roles: [admin], language: ru, quietHours: { from: "00:00", to: "23:59" }, contacts: [{ channel: bot, chat: "555" }] }
  - { login: ivan, roles: [installer], contacts: [{ channel: inbox }] }
groups: [{ name: смена, users: [olga, ivan] }]
channels:
  - { name: bot, kind: telegram, token: "1000:AAmoved", apiRoot: "${bot}" }
  - { name: hook, kind: webhook, url: "${origin}/hook", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }
  - { name: refuses, kind: webhook, url: "${origin}/refuses" }
  - { name: hangs, kind: webhook, url: "${origin}/hangs" }
rules:
  - { name: cameras, types: [camera.unavailable, camera.available], to: [{ channel: bot, chat: "-1001" }, { channel: hook }] }
  - { name: people, types: [workorder.created], to: [{ user: olga }, { user: ivan }] }
  - { name: gathers, types: [ticket.created], to: [{ channel: hook }], digest: { every: 24h } }
  - { name: at most, types: [camera.unavailable], to: [{ channel: bot, chat: "-1002" }], throttle: { key: subject, per: 1h } }
  - { name: refused, types: [call.missed], to: [{ channel: refuses }] }
  - { name: never answered, types: [server.unavailable, server.available], to: [{ channel: hangs }] }
silences: [{ name: ремонт, comment: крыша, when: { field: subject, op: eq, value: silent }, until: "2099-01-01T00:00:00Z" }]
schedules: [{ name: вечером, cron: "0 18 * * mon-fri", type: summary.scheduled, summary: { types: [camera.*] } }]
${more}
`

const camera = (name: string, n: number, more: object = {}) => ({
  type: n % 2 === 0 ? 'camera.unavailable' : 'camera.available',
  source: 'video',
  id: `${name} ${n}`,
  subject: name,
  data: { camera: name, reason: 'обрыв\u0000 “связи” \u{1F514}' },
  ...more,
})

/** Lets a server live; it is killed while an attempt is under way, so that a claim is left behind. */
export async function liveIn(): Promise<LivedIn> {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-lived-in-'))
  const data = join(folder, 'data')
  const telegram = await startTelegram()
  const receiver = await startReceiver()
  let hanging = Promise.withResolvers<'drop'>()
  receiver.answer(({ path }) => (path === '/hangs' ? hanging.promise : path === '/refuses' ? 410 : 204))
  {
    await using server = await startServerProcess({
      folder: data,
      env: { NABAT_SECRET_KEY: LIVED_IN_KEY, NABAT_ALLOW_PRIVATE_ADDRESSES: 'true', NABAT_LANGUAGE: 'en' },
    })
    await apply(server, configuration(telegram.url, receiver.origin, 'templates: []'))
    await happen(server)
    await apply(server, configuration(telegram.url, receiver.origin, '').replace(/^ {2}- \{ name: refused.*\n/m, ''))
    // In flight, and behind it what has to wait for it.
    for (const type of ['server.unavailable', 'server.available'])
      await server.send({ type, subject: 'nvr', data: { server: 'nvr' } })
    await until(() => receiver.received.some(({ path }) => path === '/hangs'), 10_000, 'an attempt under way')
    await server.kill()
  }
  // An occurrence of the clock is not waited for.
  const store = openSqliteStore(data)
  await store.recordScheduleRun(1, 0, Date.now())
  await store.wantBot('1000', Date.now())
  const chat = { chat: '-1001', title: 'Смена', kind: 'supergroup', username: null, seenAt: Date.now() } as const
  await store.putChats('1000', [{ seen: { ...chat, member: true, canPost: true }, sure: true }])
  const [now, hash] = [Date.now(), Uint8Array.from({ length: 32 }, (_, n) => n)]
  const code = { hash, workspace: 1, card: 1, channel: 1, madeAt: now, expiresAt: now + 60_000 }
  await store.addLinkingCode(code)
  await store.beginSecondFactor(1, hash)
  await store.close()
  return {
    folder,
    data,
    letGo() {
      hanging.resolve('drop')
      hanging = Promise.withResolvers()
    },
    async [Symbol.asyncDispose]() {
      await telegram.close()
      await receiver.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function happen(server: ServerProcess): Promise<void> {
  const olga = await administrator(server, 'olga')
  await ask(server.call, 'POST', '/api/v1/users/ivan/invite')
  await makeKey(server, 'send', { perMinute: 100 })
  await makeKey(server, 'read')
  const form = new FormData()
  form.append('file', new Blob([Uint8Array.from({ length: 300_000 }, (_, n) => n % 256)]), 'акт.pdf')
  const uploaded = await fetch(`${server.url}/api/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}` },
    body: form,
  })
  const { id: file } = (await uploaded.json()) as { id: string }
  const sent = await server.send([
    ...[0, 1, 2].map((n) => camera('gate', n)),
    ...['yard', 'silent'].map((name) => camera(name, 0)),
    { type: 'workorder.created', data: { workorder: '118' }, attachments: [{ file, name: 'акт.pdf' }] },
    { type: 'workorder.created', data: { workorder: '119' }, actor: { user: 'olga', role: 'admin' } },
    { type: 'ticket.created', data: { ticket: '1' } },
    { type: 'ticket.created', data: { ticket: '2' } },
    { type: 'call.missed', data: { caller: '+79161234567' } },
    { type: 'user.created', data: { user: 'ivan' } },
  ])
  await settled(server, sent.events.length)
  const { body } = await ask(server.call, 'GET', '/api/v1/users/ivan/inbox')
  const entries = body['items'] as unknown as { id: string }[]
  await ask(server.call, 'POST', '/api/v1/users/ivan/inbox/read', { ids: [entries[0]!.id] })
  await ask(server.call, 'POST', `/api/v1/incidents/${encodeURIComponent('camera:gate')}/acknowledge`, { by: 'olga' })
  const { body: waiting } = await ask(server.call, 'GET', '/api/v1/deliveries?state=waiting')
  const late = (waiting['items'] as unknown as { id: string; reason: string }[]).find(
    ({ reason }) => reason === 'quiet_hours',
  )
  await ask(server.call, 'POST', `/api/v1/deliveries/${late!.id}/cancel`)
  // Last: nothing that happened is to be pushed.
  await browserOf(olga)
}

/** A browser that takes push messages; nothing is pushed to it. */
async function browserOf({ call }: SignedIn): Promise<void> {
  const { status, body } = await ask(call, 'POST', '/api/v1/devices', {
    endpoint: 'https://fcm.googleapis.com/fcm/send/lived-in',
    keys: {
      p256dh: createECDH('prime256v1').generateKeys('base64url'),
      auth: Buffer.alloc(16, 7).toString('base64url'),
    },
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
}

/** Waits until nothing is on its way that could arrive. */
async function settled(server: ServerProcess, events: number): Promise<void> {
  await until(
    async () => {
      const { body } = await ask(server.call, 'GET', '/api/v1/deliveries?limit=100')
      const all = body['items'] as unknown as { state: string; reason: string | null }[]
      return (
        all.length >= events &&
        all.every(({ state, reason }) => state !== 'claimed' && (state !== 'waiting' || reason !== null))
      )
    },
    10_000,
    'what happened to be told',
  )
}

async function apply(server: ServerProcess, yaml: string): Promise<void> {
  const { status, body } = await ask(server.call, 'POST', '/api/v1/apply', yaml)
  if (status !== 200) throw new Error(JSON.stringify(body))
}
