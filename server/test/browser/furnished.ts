import { CATALOG } from '@nabat/api/catalog/catalog.ts'
import { startMail } from '../standins/mail.ts'
import { startMattermost } from '../standins/mattermost.ts'
import { startReceiver } from '../standins/receiver.ts'
import { startTelegram } from '../standins/telegram.ts'
import { ask } from '../support/answers.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, person, type SignedIn } from '../support/signed-in.ts'
import { until } from '../until.ts'

/*
 * A company in the middle of its day: everything a page can show is there once at least. For screenshots, and for tests that
 * walk through every page.
 */

/** A furnished server, and somebody who may see all of it. */
export interface Furnished extends AsyncDisposable {
  readonly server: TestServer
  readonly administrator: SignedIn
  readonly dispatcher: SignedIn
  /** An address for each path of the console that has a place for an id in it. */
  readonly examples: Readonly<Record<string, string>>
}

const CHATS = { duty: '-1001234567890', installers: '-1001112223334' } as const

const users = [
  { login: 'p.orlov', name: 'Пётр Орлов', roles: ['technologist'], phone: '+79161234567', extension: '101' },
  { login: 'MOW_15_S_1', name: 'Иван Петров', roles: ['installer'], head: 'p.orlov', timeZone: 'Asia/Yekaterinburg' },
  { login: 'MOW_15_S_2', name: 'Сергей Ким', roles: ['installer'], head: 'p.orlov', phone: '+79167654321' },
  { login: 'o.lebedeva', name: 'Ольга Лебедева', roles: ['support'], mattermost: 'ann', language: 'ru' },
  { login: 'warehouse', name: 'Склад на Северной', roles: ['warehouse'] },
  { login: 'j.smith', name: 'John Smith', roles: ['staff'], language: 'en', timeZone: 'Europe/London' },
  { login: 'gone', name: 'Анатолий Уволенный', roles: ['staff'], enabled: false },
  {
    login: 'romashka',
    name: 'Вера Цветкова',
    roles: ['client'],
    phone: '+7 495 765-43-21',
    email: 'vera@romashka.example',
  },
].map((user) => ({
  ...user,
  contacts:
    user.login === 'MOW_15_S_1'
      ? [
          { channel: 'Бот дежурных', chat: '555' },
          { channel: 'Почта', address: 'petrov@example.ru' },
        ]
      : user.login === 'o.lebedeva'
        ? [{ channel: 'Почта', address: 'lebedeva@example.ru' }]
        : [],
  ...(user.login === 'MOW_15_S_1' ? { quietHours: { from: '22:00', to: '08:00' } } : {}),
}))

const groups = [
  { name: 'Компания', users: [] },
  { name: 'Дежурная смена', parent: 'Компания', users: ['o.lebedeva', 'p.orlov'] },
  { name: 'Монтажники Москвы', parent: 'Компания', users: ['MOW_15_S_1', 'MOW_15_S_2'] },
  { name: 'ООО Ромашка', users: ['romashka'], client: true },
]

const rules = [
  {
    name: 'Камеры — дежурным',
    types: ['camera.unavailable', 'camera.available', 'server.unavailable', 'server.available'],
    when: { all: [{ field: 'severity', op: 'ne', value: 'info' }] },
    to: [
      { channel: 'Бот дежурных', chat: CHATS.duty, topic: 7 },
      { channel: 'Почта', address: 'duty@example.ru' },
    ],
    throttle: { key: 'subject', per: '10m' },
  },
  {
    name: 'Заказ-наряды MOW_15_S_1',
    actions: { admin: ['workorder.created', 'workorder.assigned'], support: ['workorder.status.changed'] },
    when: { field: 'data.assignees', op: 'contains', value: 'MOW_15_S_1' },
    to: [{ channel: 'Бот дежурных', chat: CHATS.installers }],
  },
  {
    name: 'Заявки — в систему заявок',
    types: ['ticket.created', 'ticket.commented'],
    to: [{ channel: 'Система заявок' }],
    fallback: [{ channel: 'Почта', address: 'boss@example.ru' }],
  },
  {
    name: 'Сводка заявок утром',
    types: ['ticket.created'],
    to: [{ group: 'Дежурная смена' }],
    digest: { daily: '09:00' },
  },
  { name: 'Неисправности — исполнителю', types: ['fault.registered'], to: [{ relation: 'assignee' }] },
  {
    name: 'Склад в рабочие часы',
    enabled: false,
    types: ['workorder.created'],
    to: [{ role: 'warehouse' }],
    schedule: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  },
]

const silences = [
  {
    name: 'Ремонт крыши',
    comment: 'Камеры на крыше отключены до конца ремонта',
    when: { field: 'subject', op: 'startsWith', value: 'roof-' },
    until: '2099-12-01T00:00:00Z',
  },
]
const schedules = [
  {
    name: 'Итоги недели',
    cron: '0 18 * * fri',
    type: 'summary.scheduled',
    summary: { types: ['camera.*', 'ticket.*'] },
  },
]
const types = [
  {
    name: 'pump.stopped',
    title: { ru: 'Насос остановился' },
    severity: 'warning',
    data: { type: 'object', properties: { pump: { type: 'string', description: 'Номер насоса' } }, required: ['pump'] },
    incident: { key: 'pump:{data.pump}', step: 'opens' },
    example: { pump: 'Н-3' },
  },
]
const templates = [
  { name: 'Камера: коротко', type: 'camera.unavailable', language: 'ru', text: '{{ data.camera }}: {{ data.reason }}' },
]

const camera = (name: string, back = false): object => ({
  type: back ? 'camera.available' : 'camera.unavailable',
  subject: name,
  source: 'video',
  data: {
    camera: name,
    object: 'Северная, 12',
    segment: 'seg-3',
    reason: back ? 'снова на связи' : 'нет ответа по RTSP',
    since: '2026-01-15T03:12:00+03:00',
  },
})

/** An example of every type of the catalogue, as its page shows it. */
const examples = CATALOG.filter(({ category }) => category !== 'system').map(({ name, example }) => ({
  type: name,
  source: 'desk',
  ...(example as object),
}))

/** Furnishes a server of its own; with everything it stands beside it ends when it is disposed of. */
export async function furnish(env: Readonly<Record<string, string>> = {}): Promise<Furnished> {
  const [telegram, mail, mattermost, receiver] = await Promise.all([
    startTelegram(),
    startMail(),
    startMattermost(),
    startReceiver(),
  ])
  receiver.answer(({ path }) => (path === '/refuses' ? 410 : path === '/down' ? 503 : 204))
  const server = await startTestServer({ env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true', ...env } })
  const call = async (status: number, method: string, path: string, body?: object): Promise<Record<string, string>> => {
    const answer = await ask(server.call, method, `/api/v1${path}`, body)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as unknown as Record<string, string>
  }
  const add = async (section: string, entities: readonly object[]): Promise<string[]> => {
    const ids: string[] = []
    for (const entity of entities) ids.push((await call(201, 'POST', `/${section}`, entity))['id']!)
    return ids
  }
  // Before there is mail: their links are in the answers.
  const boss = await administrator(server, 'anna')
  const dispatcher = await person(server, 'a.sokolova', ['dispatcher'], { card: { name: 'Алина Соколова' } })
  const channels = await add('channels', [
    { name: 'Бот дежурных', kind: 'telegram', token: '1000:AAHfurnished', apiRoot: telegram.url },
    {
      name: 'Почта',
      kind: 'smtp',
      host: '127.0.0.1',
      port: mail.port,
      encryption: 'none',
      from: { address: 'nabat@example.ru', name: 'Набат' },
      replyTo: 'help@example.ru',
    },
    { name: 'Почта без адреса', kind: 'smtp', host: 'smtp.example.ru', encryption: 'tls' },
    { name: 'Чат поддержки', kind: 'mattermost', url: mattermost.url },
    { name: 'Система заявок', kind: 'webhook', url: `${receiver.origin}/refuses` },
    { name: 'Резервный приёмник', kind: 'webhook', url: `${receiver.origin}/down` },
  ])
  const [user] = await add('users', users)
  const [, group] = await add('groups', groups)
  const [rule] = await add('rules', rules)
  await add('rules', [
    { name: 'Всё — резервному приёмнику', types: ['camera.unavailable'], to: [{ channel: 'Резервный приёмник' }] },
  ])
  const [silence] = await add('silences', silences)
  const [schedule] = await add('schedules', schedules)
  const [type] = await add('types', types)
  const [template] = await add('templates', templates)
  await add('keys', [{ name: 'Видеонаблюдение', rights: 'send' }])
  for (const [name, title] of [
    ['sever', 'ООО Север'],
    ['yug', 'УК Южная'],
  ])
    await call(201, 'POST', '/workspaces', { name, title })
  await call(200, 'POST', '/workspaces/yug/block', { reason: 'Договор закончился' })

  // Batches, so that a mistake in one example does not refuse all of them.
  for (let from = 0; from < examples.length; from += 50) await server.send(examples.slice(from, from + 50))
  const sent = await server.send([
    ...['gate-1', 'gate-2', 'roof-1', 'yard-7'].map((name) => camera(name)),
    camera('gate-2', true),
    { type: 'server.unavailable', subject: 'nvr-3', source: 'video', data: { server: 'nvr-3', reason: 'нет питания' } },
  ])
  await call(200, 'POST', `/incidents/${encodeURIComponent('camera:gate-1')}/acknowledge`, { by: 'o.lebedeva' })
  await call(200, 'PUT', `/rules/${rule!}`, { ...rules[0], throttle: { key: 'subject', per: '5m' } })
  await until(async () => (await sentAndFailed(server)) > 0, 15_000, 'something delivered and something failed')
  const event = sent.events[0]!.id
  const { items } = (await call(200, 'GET', '/deliveries?limit=1')) as unknown as { items: { id: string }[] }
  return {
    server,
    administrator: boss,
    dispatcher,
    examples: {
      '/events/:id': `/events/${event}`,
      '/deliveries/:id': `/deliveries/${items[0]!.id}`,
      '/incidents/:key': `/incidents/${encodeURIComponent('camera:gate-1')}`,
      '/notifications/rules/:id': `/notifications/rules/${rule!}`,
      '/notifications/channels/new/:kind': '/notifications/channels/new/smtp',
      '/notifications/channels/:id': `/notifications/channels/${channels[0]!}`,
      '/catalogue/:id': `/catalogue/${type!}`,
      '/silences/:id': `/silences/${silence!}`,
      '/people/users/:id': `/people/users/${user!}`,
      '/people/groups/:id': `/people/groups/${group!}`,
      '/schedules/:id': `/schedules/${schedule!}`,
      '/templates/:id': `/templates/${template!}`,
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      await Promise.all([telegram.close(), mail.close(), mattermost.close(), receiver.close()])
    },
  }
}

/** Deliveries that failed, once some were sent. */
async function sentAndFailed(server: TestServer): Promise<number> {
  const count = async (state: string): Promise<number> => {
    const { body } = await ask(server.call, 'GET', `/api/v1/deliveries?state=${state}&limit=5`)
    return (body['items'] as unknown as unknown[]).length
  }
  return Math.min(await count('sent'), await count('failed'))
}
