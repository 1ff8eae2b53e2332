import { DEMO_ACTIONS, type DemoAction } from '@nabat/api/demo.ts'
import type { PostedEvent } from '@nabat/api/event.ts'
import type { Text } from '@nabat/api/text.ts'
import * as happen from './happenings.ts'
import { CLIENT } from './people.ts'
import { HOUSES, SERVERS } from './places.ts'
import { SILENCED } from './rules.ts'

/*
 * What the buttons of the demonstration do. Pure: from what is the case to what happens and what is the case then.
 */

/** What the visitor has brought about so far; times in milliseconds since 1970. */
export interface Case {
  /** Cameras that do not answer, by since when. */
  readonly cameras: ReadonlyMap<string, number>
  /** Since when the uplink of the largest house, or the server, is away; null: it works. */
  readonly uplink: number | null
  readonly server: number | null
  /** The installer has his night, whatever the hour. */
  readonly night: boolean
  /** Tickets, orders and calls are counted from here. */
  readonly number: number
  /** The ticket that was opened last, for a comment. */
  readonly ticket: { readonly number: number; readonly title: string } | null
  /** The call that was missed last, for a message. */
  readonly call: happen.Ring | null
  readonly balance: number
}

/** How it begins. */
export const CALM: Case = {
  cameras: new Map(),
  ...{ uplink: null, server: null, night: false, ticket: null, call: null },
  number: 7700,
  balance: 1_150,
}

/** What an action changes outside of the company's events. */
export type Effect =
  /** Telegram answers nobody, or again everybody. */
  | { readonly telegram: 'down' | 'back' }
  /** The installer's quiet hours: now, or those he has. */
  | { readonly quietHours: 'now' | 'usual' }

/** What an action comes to. */
export interface Deed {
  readonly says: Text
  readonly events: readonly PostedEvent[]
  readonly after: Case
  readonly effect?: Effect
}

const both = (ru: string, en: string): Text => ({ ru, en })
const LARGEST = HOUSES[0]!
/** Where nobody has asked for silence. */
const OTHERS = HOUSES.filter((house) => house !== LARGEST && house.object !== SILENCED)
const SERVER = SERVERS[1]
/** What the cabinet pays for its cameras. */
const LICENCES = 4_800
const CALL: Omit<happen.Ring, 'call'> = {
  caller: '+7 916 445-10-22',
  callerName: 'Анна Смирнова',
  to: '120 Лебедева',
  callees: ['o.lebedeva'],
}

/** Cameras the visitor may switch off one after another; those of the largest house go with its uplink. */
const NEXT = OTHERS.flatMap(({ cameras }) => cameras[2] ?? [])

/** Which actions have something to act on. */
export const possible = (now: Case, telegramDown: boolean): readonly DemoAction[] =>
  DEMO_ACTIONS.filter((action) => {
    switch (action) {
      case 'camera-fails':
        return now.cameras.size < NEXT.length
      case 'camera-back':
        return now.cameras.size > 0
      case 'uplink-fails':
        return now.uplink === null
      case 'uplink-back':
        return now.uplink !== null
      case 'server-fails':
        return now.server === null
      case 'server-back':
        return now.server !== null
      case 'comment':
        return now.ticket !== null
      case 'voicemail':
        return now.call !== null
      case 'telegram-down':
        return !telegramDown
      case 'telegram-back':
        return telegramDown
      case 'night':
        return !now.night
      case 'day':
        return now.night
      default:
        return true
    }
  })

/** What an action comes to at a time; it has to be possible. */
export function deed(action: DemoAction, now: Case, at: number): Deed {
  const number = now.number + 1
  switch (action) {
    case 'camera-fails':
    case 'camera-back':
    case 'uplink-fails':
    case 'uplink-back':
    case 'server-fails':
    case 'server-back':
    case 'disk-low':
      return ofEquipment(action, now, at)
    case 'order':
      return {
        says: both(
          'Администратор завёл заказ-наряд и передал его монтажнику Ивану Петрову (MOW_15_S_1).',
          'The administrator made a work order and handed it to the installer Ivan Petrov (MOW_15_S_1).',
        ),
        events: happen.orderForInstaller(number, OTHERS[number % OTHERS.length]!).toReversed(),
        after: { ...now, number },
      }
    case 'ticket':
    case 'comment':
      return ofClient(action, now, number)
    case 'missed-call':
    case 'voicemail':
      return ofPhone(action, now, number, at)
    case 'money': {
      const left = now.balance - LICENCES
      return {
        says: both('С баланса списали за лицензии, и денег не осталось.', 'Licences were paid, and no money is left.'),
        events: happen.balance(LICENCES, left).toReversed(),
        after: { ...now, balance: 1_150 },
      }
    }
    case 'telegram-down':
    case 'telegram-back':
      return ofTelegram(action, now, at)
    case 'night':
    case 'day':
      return {
        says:
          action === 'night'
            ? both(
                'У Ивана Петрова сейчас тихие часы: обычное подождёт до утра. Передайте ему заказ-наряд.',
                'It is quiet hours for Ivan Petrov: what is not critical waits for the morning. Hand him an order.',
              )
            : both(
                'Тихие часы Ивана кончились: что ждало, уходит сейчас.',
                'Ivan’s quiet hours are over: what waited leaves now.',
              ),
        events: [],
        after: { ...now, night: action === 'night' },
        effect: { quietHours: action === 'night' ? 'now' : 'usual' },
      }
  }
}

type Equipment = Extract<DemoAction, `camera-${string}` | `uplink-${string}` | `server-${string}` | 'disk-low'>

function ofEquipment(action: Equipment, now: Case, at: number): Deed {
  switch (action) {
    case 'camera-fails': {
      const name = NEXT.find((each) => !now.cameras.has(each))!
      return {
        says: both(`Камера «${name}» перестала отвечать.`, `The camera “${name}” stopped answering.`),
        events: [happen.camera(name, false, at)],
        after: { ...now, cameras: new Map(now.cameras).set(name, at) },
      }
    }
    case 'camera-back': {
      const [name, since] = [...now.cameras].at(-1)!
      const cameras = new Map(now.cameras)
      cameras.delete(name)
      return {
        says: both(
          `Камера «${name}» снова отвечает: сообщение о ней изменится на месте.`,
          `The camera “${name}” answers again: the message about it changes where it stands.`,
        ),
        events: [happen.camera(name, true, since)],
        after: { ...now, cameras },
      }
    }
    case 'uplink-fails':
    case 'uplink-back': {
      const works = action === 'uplink-back'
      const { object, cameras } = LARGEST
      return {
        says: works
          ? both(`Канал в ${object} восстановлен.`, `The uplink of ${object} is back.`)
          : both(
              `${object}: пропал канал, а с ним ${cameras.length} камер. Столько сообщений никто не читает: они уйдут одной сводкой.`,
              `${object}: the uplink is gone and ${cameras.length} cameras with it. Nobody reads so many messages: they leave as one summary.`,
            ),
        events: happen.uplink(LARGEST, works, now.uplink ?? at),
        after: { ...now, uplink: works ? null : at },
      }
    }
    case 'server-fails':
    case 'server-back': {
      const works = action === 'server-back'
      return {
        says: works
          ? both(`Сервер ${SERVER} снова отвечает.`, `The server ${SERVER} answers again.`)
          : both(`Сервер ${SERVER} не отвечает: это авария.`, `The server ${SERVER} does not answer: an outage.`),
        events: [happen.server(SERVER, works, now.server ?? at)],
        after: { ...now, server: works ? null : at },
      }
    }
    case 'disk-low':
      return {
        says: both(
          `На сервере ${SERVERS[2]} заканчивается место.`,
          `The server ${SERVERS[2]} is running out of space.`,
        ),
        events: [happen.diskNearlyFull(SERVERS[2], 97)],
        after: now,
      }
  }
}

function ofClient(action: 'ticket' | 'comment', now: Case, number: number): Deed {
  if (action === 'comment') {
    const { number: of, title } = now.ticket!
    return {
      says: both(`Клиент написал в обращении № ${of}.`, `The client has commented on ticket ${of}.`),
      events: [happen.ticket(of, title, { comment: 'Когда ждать мастера? Мы дома после шести.' }, CLIENT)],
      after: now,
    }
  }
  const title = `Нет изображения с камеры, ${OTHERS[number % OTHERS.length]!.object}`
  return {
    says: both(`Клиент завёл обращение № ${number}.`, `A client has opened ticket ${number}.`),
    events: [happen.ticket(number, title, { description: 'С утра не видно двор. Помогите, пожалуйста.' })],
    after: { ...now, number, ticket: { number, title } },
  }
}

function ofPhone(action: 'missed-call' | 'voicemail', now: Case, number: number, at: number): Deed {
  if (action === 'voicemail') {
    return {
      says: both('Звонивший оставил голосовое сообщение.', 'The caller left a message.'),
      events: [happen.voicemail(now.call!, 17, 'Это Анна. Перезвоните, пожалуйста, по поводу домофона.')],
      after: { ...now, call: null },
    }
  }
  const call = { ...CALL, call: `${at}.${number}` }
  return {
    says: both(
      'Ольге Лебедевой звонили 24 секунды, она не ответила.',
      'Olga Lebedeva’s phone rang for 24 seconds and nobody answered.',
    ),
    events: [happen.missed(call, 24)],
    after: { ...now, number, call },
  }
}

/** While it is down something critical must have to leave, or nobody would see what Nabat does about it. */
function ofTelegram(action: 'telegram-down' | 'telegram-back', now: Case, at: number): Deed {
  if (action === 'telegram-back')
    return {
      says: both(
        `Telegram снова отвечает, и сервер ${SERVERS[0]} тоже: Набат заметит это при следующей пробе.`,
        `Telegram answers again, and so does the server ${SERVERS[0]}: Nabat notices at its next probe.`,
      ),
      events: [happen.server(SERVERS[0], true, at)],
      after: now,
      effect: { telegram: 'back' },
    }
  return {
    says: both(
      `Telegram минуту отвечает ошибкой, а сервер ${SERVERS[0]} недоступен. Смотрите: повторы, потом обходной путь по почте.`,
      `Telegram answers with an error for a minute, and the server ${SERVERS[0]} is unavailable. Watch: retries, then the way round by mail.`,
    ),
    events: [happen.server(SERVERS[0], false, at)],
    after: now,
    effect: { telegram: 'down' },
  }
}
