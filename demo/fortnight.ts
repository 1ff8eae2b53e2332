import type { PostedEvent } from '@nabat/api/event.ts'
import type { Dice } from '../server/test/simulation/random.ts'
import { DateTime } from 'luxon'
import { MAIL } from './channels.ts'
import * as happen from './happenings.ts'
import { INSTALLER, VISITOR } from './people.ts'
import { CAMERAS, HOUSES, SERVERS } from './places.ts'

/*
 * A believable fortnight of the company, as a plan: what happened at which time. Pure over the dice.
 */

/** One thing of the fortnight; `at` in milliseconds since 1970. */
export type Happening = { readonly at: number } & (
  | { readonly events: readonly PostedEvent[] }
  /** Somebody took an incident on. */
  | { readonly acknowledge: string; readonly by: string }
  /** From now on a channel refuses everything, or answers again. */
  | { readonly channel: string; readonly answers: boolean }
  /** Somebody shuts the bot out of his chat. */
  | { readonly blocks: string }
)

export const DAYS = 14
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const ZONE = 'Europe/Moscow'

/** The chat of an installer who had enough of it. */
const BLOCKS_THE_BOT = '50003'

const TROUBLES = ['Нет изображения с камеры', 'Домофон не открывает', 'Нужна запись за вчера', 'Камера смотрит не туда']
const WORKS = ['Заменить камеру', 'Протянуть кабель', 'Настроить обзор камеры', 'Заменить блок питания']
const CALLERS = [
  ['+7 916 445-10-22', 'Анна Смирнова'],
  ['+7 903 771-88-05', 'Олег, ТСЖ «Северное»'],
  ['+7 985 300-17-64', 'Марина'],
  ['+7 495 222-33-44', 'УК «Южная»'],
] as const

/** The plan of the fortnight that ends now, in the order of its times. */
export function fortnight(now: number, dice: Dice): readonly Happening[] {
  const today = DateTime.fromMillis(now, { zone: ZONE }).startOf('day')
  const days = Array.from({ length: DAYS + 1 }, (_, index) => today.minus({ days: DAYS - index }))
  const all = [
    ...days.flatMap((day, index) => dayOf(day, index, dice)),
    ...storm(today.minus({ days: 3 }).plus({ hours: 3, minutes: 12 }).toMillis()),
    ...mailIsDown(today.minus({ days: 6 }).plus({ hours: 14, minutes: 20 }).toMillis()),
    ...shutsOut(today.minus({ days: 5 }).plus({ hours: 8 }).toMillis(), dice),
    ...stillOpen(now),
  ]
  const begin = days[0]!.toMillis()
  return all.filter(({ at }) => at > begin && at < now - MINUTE_MS).toSorted((one, other) => one.at - other.at)
}

/** An ordinary day. */
function dayOf(day: DateTime, index: number, dice: Dice): Happening[] {
  const at = (from: number, to: number): number =>
    day.toMillis() + dice.whole(from * 60, to * 60) * MINUTE_MS + dice.whole(0, 59_999)
  const many = (least: number, most: number, one: (n: number) => Happening[]): Happening[] =>
    Array.from({ length: dice.whole(least, most) }, (_, n) => one(n)).flat()
  const isWorkday = day.weekday <= 5
  const number = 7300 + index * 20
  return [
    ...many(9, 15, () => cameraOutage(at(0, 24), dice)),
    ...many(isWorkday ? 3 : 1, isWorkday ? 5 : 2, (n) => ticketTale(at(8, 21), number + n, dice)),
    ...many(isWorkday ? 2 : 0, isWorkday ? 4 : 1, (n) => orderTale(at(9, 17), 100 + index * 10 + n, dice)),
    ...many(5, 9, (n) => callTale(at(9, 20), `${index}.${n}`, dice)),
    ...(dice.chance(0.4)
      ? [{ at: at(1, 23), events: [happen.diskNearlyFull(dice.pick(SERVERS), dice.whole(91, 97))] }]
      : []),
    ...(day.weekday === 1 ? [{ at: at(10, 11), events: happen.balance(4800, 21_300 - index * 900) }] : []),
    {
      at: day.plus({ hours: 9 }).toMillis(),
      events: [happen.statistics(day.minus({ days: 1 }).toISODate()!, dice.whole(2, 7), dice.whole(2, 6))],
    },
  ]
}

/** A camera is away for some minutes or some hours; somebody takes it on now and then. */
function cameraOutage(at: number, dice: Dice): Happening[] {
  const name = dice.pick(CAMERAS)
  const lasts = dice.chance(0.7) ? dice.whole(3, 40) * MINUTE_MS : dice.whole(1, 6) * HOUR_MS
  const taken: Happening[] =
    lasts > 20 * MINUTE_MS
      ? [{ at: at + 6 * MINUTE_MS, acknowledge: `camera:${name}`, by: dice.pick(['a.sokolova', 'd.gusev']) }]
      : []
  return [
    { at, events: [happen.camera(name, false, at)] },
    ...taken,
    { at: at + lasts, events: [happen.camera(name, true, at)] },
  ]
}

function ticketTale(at: number, number: number, dice: Dice): Happening[] {
  const title = `${dice.pick(TROUBLES)}, ${dice.pick(HOUSES).object}`
  const author = dice.chance(0.6) ? undefined : 'i.fomin'
  const taken = { acknowledge: `ticket:${number}`, by: dice.pick(['o.lebedeva', 'k.zaitsev']) }
  return [
    { at, events: [happen.ticket(number, title, { description: 'Посмотрите, пожалуйста, сегодня.' }, author)] },
    { at: at + dice.whole(4, 50) * MINUTE_MS, ...taken },
    ...(dice.chance(0.5)
      ? [{ at: at + 70 * MINUTE_MS, events: [happen.ticket(number, title, { comment: 'Спасибо, ждём.' }, author)] }]
      : []),
  ]
}

function orderTale(
  at: number,
  number: number,
  dice: Dice,
  assignee = dice.pick([INSTALLER, 'MOW_15_S_2', 'MOW_15_S_3']),
): Happening[] {
  const of = { number, title: dice.pick(WORKS), house: dice.pick(HOUSES), assignee }
  const support = { user: 'o.lebedeva', role: 'support' }
  return [
    { at, events: [happen.orderStep(of, 'created', { user: VISITOR, role: 'admin' }, { status: 'Новый' })] },
    { at: at + 5 * MINUTE_MS, events: [happen.orderStep(of, 'assigned', { user: VISITOR, role: 'admin' })] },
    { at: at + 9 * MINUTE_MS, acknowledge: `workorder:${number}`, by: assignee },
    {
      at: at + 90 * MINUTE_MS,
      events: [happen.orderStep(of, 'status.changed', support, { changes: [{ field: 'status', to: 'В работе' }] })],
    },
    { at: at + 200 * MINUTE_MS, events: [happen.orderStep(of, 'done', { user: assignee, role: 'installer' })] },
  ]
}

function callTale(at: number, call: string, dice: Dice): Happening[] {
  const [caller, callerName] = dice.pick(CALLERS)
  const [to, callee] = dice.pick([
    ['120 Лебедева', 'o.lebedeva'],
    ['121 Зайцев', 'k.zaitsev'],
    ['150 Уваров', 'n.uvarov'],
  ] as const)
  const ring = { call: `past-${call}`, caller, callerName, to, callees: [callee] }
  return [
    { at, events: [happen.missed(ring, dice.whole(9, 60))] },
    ...(dice.chance(0.3)
      ? [{ at: at + MINUTE_MS, events: [happen.voicemail(ring, dice.whole(5, 50), 'Перезвоните мне, пожалуйста.')] }]
      : []),
    { at: at + 12 * MINUTE_MS, acknowledge: `call:past-${call}`, by: callee },
  ]
}

/** One night the largest house loses its uplink: sixteen cameras at once. */
const storm = (at: number): Happening[] => [
  { at, events: happen.uplink(HOUSES[0]!, false, at) },
  { at: at + 4 * MINUTE_MS, acknowledge: `segment:${HOUSES[0]!.segment}`, by: 'd.gusev' },
  { at: at + 47 * MINUTE_MS, events: happen.uplink(HOUSES[0]!, true, at) },
]

/** An installer has enough of the bot, and the next order does not reach him. */
const shutsOut = (at: number, dice: Dice): Happening[] => [
  { at, blocks: BLOCKS_THE_BOT },
  ...orderTale(at + 2 * HOUR_MS, 99, dice, 'MOW_15_S_3'),
]

/** One afternoon the mail server answers nobody for half an hour. */
const mailIsDown = (at: number): Happening[] => [
  { at, channel: MAIL, answers: false },
  ...Array.from({ length: 6 }, (_, n): Happening => {
    const ring = { call: `outage-${n}`, caller: '+7 985 300-17-64', to: '120 Лебедева', callees: ['o.lebedeva'] }
    return { at: at + (2 + n * 3) * MINUTE_MS, events: [happen.missed(ring, 20 + n)] }
  }),
  ...Array.from({ length: 6 }, (_, n): Happening => ({
    at: at + (40 + n) * MINUTE_MS,
    acknowledge: `call:outage-${n}`,
    by: 'o.lebedeva',
  })),
  { at: at + 30 * MINUTE_MS, channel: MAIL, answers: true },
]

/** What goes on at this moment: one that nobody has taken on, and one that somebody has. */
function stillOpen(now: number): Happening[] {
  const [fresh, taken] = [HOUSES[9]!.cameras[1]!, HOUSES[6]!.cameras[0]!]
  const [since, before] = [now - 26 * MINUTE_MS, now - 3 * HOUR_MS]
  return [
    { at: since, events: [happen.camera(fresh, false, since)] },
    { at: before, events: [happen.camera(taken, false, before, 'нет питания')] },
    { at: before + 9 * MINUTE_MS, acknowledge: `camera:${taken}`, by: 'a.sokolova' },
  ]
}
