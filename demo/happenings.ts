import type { PostedEvent } from '@nabat/api/event.ts'
import { CLIENT, INSTALLER, VISITOR } from './people.ts'
import { houseOf, type House } from './places.ts'

/*
 * What happens to the company, as its programs would post it. Pure; times in milliseconds since 1970.
 */

const rfc = (ms: number): string => new Date(ms).toISOString()
/** Where the programs that post show these things. */
const page = (of: string, id: string): string =>
  `https://${of}.sever-dozor.example/${of === 'desk' ? 'orders' : 'view'}/${encodeURIComponent(id)}`

/** A camera stops answering, or answers again. `since`: when it stopped. */
export function camera(name: string, answers: boolean, since: number, why = 'нет ответа на RTSP'): PostedEvent {
  const { object, segment, server } = houseOf(name)
  return {
    type: answers ? 'camera.available' : 'camera.unavailable',
    source: 'video',
    subject: name,
    data: {
      ...{ camera: name, object, segment, server, since: rfc(since) },
      ...(answers ? {} : { reason: why }),
      url: page('video', name),
    },
  }
}

/** The uplink of a house fails or is back, and with it all cameras of the house. */
export function uplink(house: House, works: boolean, since: number): readonly PostedEvent[] {
  const { segment, object, cameras } = house
  const count = cameras.length
  return [
    {
      type: works ? 'segment.available' : 'segment.unavailable',
      source: 'video',
      subject: segment,
      data: {
        ...{ segment, object, count, total: count, since: rfc(since), url: page('video', object) },
        ...(works ? {} : { reason: 'пропал канал связи' }),
      },
    },
    ...cameras.map((name) => camera(name, works, since, 'пропал канал связи')),
  ]
}

/** A video server falls silent, or is back. */
export const server = (name: string, works: boolean, since: number): PostedEvent => ({
  type: works ? 'server.available' : 'server.unavailable',
  source: 'video',
  subject: name,
  data: {
    ...{ server: name, count: 20, total: 20, since: rfc(since), url: page('video', name) },
    ...(works ? {} : { reason: 'нет ответа на ping' }),
  },
})

/** The archive of a server is nearly full. */
export const diskNearlyFull = (name: string, usedPercent: number): PostedEvent => ({
  type: 'server.storage.low',
  source: 'video',
  subject: name,
  data: {
    ...{ server: name, volume: '/archive', totalBytes: 32e12, usedPercent },
    freeBytes: Math.round(32e12 * (1 - usedPercent / 100)),
    url: page('video', name),
  },
})

/** What a work order is about. */
export interface Order {
  readonly number: number
  readonly title: string
  readonly house: House
  /** Login. */
  readonly assignee: string
}

const order = ({ number, title, house, assignee }: Order) => ({
  workorder: String(number),
  number: `ЗН-${number}`,
  title,
  object: house.object,
  address: house.address,
  assignees: [assignee],
  url: page('desk', String(number)),
})

/** A step of a work order, by somebody in a role. */
export const orderStep = (
  of: Order,
  step: 'created' | 'assigned' | 'handed.over' | 'status.changed' | 'done',
  actor: { readonly user: string; readonly role: string },
  more: Readonly<Record<string, unknown>> = {},
): PostedEvent => ({
  type: `workorder.${step}`,
  source: 'desk',
  subject: `ЗН-${of.number}`,
  actor,
  data: { ...order(of), ...more },
})

/** An order is made by the administrator and handed to the installer. */
export const orderForInstaller = (number: number, house: House): readonly PostedEvent[] => {
  const of = { number, title: 'Заменить камеру у подъезда', house, assignee: INSTALLER }
  const boss = { user: VISITOR, role: 'admin' }
  return [
    orderStep({ ...of, assignee: 's.morozov' }, 'created', boss, { status: 'Новый' }),
    orderStep(of, 'handed.over', boss, { previousAssignees: ['s.morozov'], priority: 'Высокий' }),
  ]
}

/** A client's ticket is opened or commented on. */
export const ticket = (
  number: number,
  title: string,
  words: { readonly description: string } | { readonly comment: string },
  author = CLIENT,
): PostedEvent => ({
  type: 'description' in words ? 'ticket.created' : 'ticket.commented',
  source: 'desk',
  subject: `№ ${number}`,
  actor: { user: author, role: 'client' },
  data: {
    ...{ ticket: String(number), title, author, ...words },
    client: author === CLIENT ? 'ТСЖ «Северное»' : 'УК «Южная»',
    url: page('desk', String(number)),
  },
})

/** A call that rang at an employee's phone. */
export interface Ring {
  readonly call: string
  readonly caller: string
  readonly callerName?: string
  readonly to: string
  readonly callees: readonly string[]
}

/** Nobody answered. */
export const missed = (ring: Ring, waitedSeconds: number): PostedEvent => ({
  type: 'call.missed',
  source: 'pbx',
  subject: ring.caller,
  data: { ...ring, line: '+7 495 100-20-00', group: 'Поддержка', waitedSeconds, cause: 'NOANSWER' },
})

/** The caller left a message. */
export const voicemail = (ring: Ring, durationSeconds: number, transcript: string): PostedEvent => ({
  type: 'call.voicemail',
  source: 'pbx',
  subject: ring.caller,
  data: { ...ring, line: '+7 495 100-20-00', group: 'Поддержка', durationSeconds, transcript },
})

/** Money leaves the balance of the cabinet, or there is none left. */
export const balance = (sum: number, left: number): readonly PostedEvent[] => [
  {
    type: 'workspace.balance.debited',
    source: 'billing',
    data: { sum, balance: left, purpose: 'лицензии на камеры' },
  },
  ...(left < 0
    ? [
        {
          type: 'workspace.blocked',
          source: 'billing',
          data: { reason: 'на балансе закончились деньги', balance: left },
        },
      ]
    : []),
]

/** The figures of a day. */
export const statistics = (date: string, faultsNew: number, ticketsNew: number): PostedEvent => ({
  type: 'statistics.daily',
  source: 'nabat',
  data: {
    ...{ date, objects: 12, cameras: 60, faultsNew, ticketsNew },
    ...{ faultsInProgress: 2, ticketsInProgress: 4 },
  },
})
