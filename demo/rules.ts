import type { EventSchedule, Silence } from '@nabat/api/configuration.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { BOT, CALLS_MAIL, CREW, DUTY, DUTY_MAIL, MAIL, MATTERMOST } from './channels.ts'
import { INSTALLER, VISITOR } from './people.ts'

/*
 * Who is told of what in the company of the demonstration: a rule for each thing that rules can do.
 */

const duty = { channel: MAIL, address: DUTY_MAIL }
/** What happens to a work order, by those whose doing concerns the installer. */
const BY_ADMIN = ['workorder.created', 'workorder.assigned', 'workorder.handed.over', 'workorder.unassigned']
const BY_SUPPORT = [...BY_ADMIN, 'workorder.status.changed', 'workorder.field.changed', 'workorder.commented']

/** The rules, in their order. */
export const RULES: readonly Rule[] = [
  {
    name: 'Камеры — в чат дежурных',
    types: ['camera.unavailable', 'camera.available'],
    to: [{ channel: BOT, chat: DUTY }],
    messages: 'living',
    fallback: [duty],
  },
  {
    name: 'Аварии — диспетчерам лично и в чат',
    types: [
      ...['server', 'segment', 'object'].flatMap((noun) => [`${noun}.unavailable`, `${noun}.available`]),
      'server.disk.failed',
    ],
    to: [{ channel: BOT, chat: DUTY }, { role: 'dispatcher' }],
    messages: 'living',
    fallback: [duty],
  },
  {
    name: 'Серверы: место и нагрузка — технологу',
    types: ['server.storage.low', 'server.storage.shrank', 'server.load.*', 'server.certificate.expiring'],
    to: [{ user: 'p.orlov' }],
  },
  {
    name: 'Заказ-наряды Ивана Петрова',
    actions: { admin: BY_ADMIN, support: BY_SUPPORT },
    when: { field: 'data.assignees', op: 'contains', value: INSTALLER },
    to: [{ user: INSTALLER }],
  },
  {
    name: 'Заказ-наряды — исполнителю',
    types: ['workorder.assigned', 'workorder.handed.over', 'workorder.deadline.*'],
    to: [{ relation: 'assignee' }],
    fallback: [{ channel: BOT, chat: CREW }],
  },
  {
    name: 'Сделанные работы — в чат бригады',
    types: ['workorder.done', 'workorder.cancelled'],
    to: [{ channel: BOT, chat: CREW }],
    silent: true,
  },
  {
    name: 'Обращения — поддержке в Mattermost',
    types: ['ticket.created', 'ticket.commented', 'ticket.access.requested'],
    to: [{ channel: MATTERMOST, chat: 'support' }],
  },
  {
    name: 'Обращения за сутки — утром администратору',
    types: ['ticket.created'],
    to: [{ user: VISITOR }],
    digest: { daily: '09:00' },
  },
  {
    name: 'Пропущенные вызовы — тому, кому звонили',
    types: ['call.missed', 'call.voicemail'],
    to: [{ relation: 'callee', channel: MAIL }],
    fallback: [{ channel: MAIL, address: CALLS_MAIL }],
  },
  {
    name: 'Деньги — администратору',
    types: ['workspace.balance.*', 'workspace.blocked', 'balance.autopayment.failed'],
    to: [{ role: 'admin' }],
  },
]

/** The house whose cameras are being moved. */
export const SILENCED = 'Лесная, 5'

/** What nobody wants to hear of for a while; `now` in milliseconds since 1970. */
export const silencesAt = (now: number): readonly Silence[] => [
  {
    name: 'Ремонт кровли на Лесной, 5',
    comment: 'Бригада снимает камеры с крыши, вернёт к концу недели',
    when: { field: 'data.object', op: 'eq', value: SILENCED },
    until: new Date(now + 21 * 86_400_000).toISOString(),
  },
]

/** What the clock raises. */
export const SCHEDULES: readonly EventSchedule[] = [
  {
    name: 'Итоги недели',
    cron: '0 18 * * fri',
    type: 'summary.scheduled',
    summary: { types: ['camera.*', 'ticket.*', 'workorder.*'] },
  },
]
