import type { EventType } from './event-type.ts'
import { declare, RAISED_BY, type Declaration } from './declare.ts'
import {
  count,
  countsByType,
  both,
  date,
  hidden,
  letterOnly,
  line,
  list,
  money,
  name,
  naming,
  reason,
  required,
  time,
  url,
  user,
  type Fields,
} from './fields.ts'

const sum = required(letterOnly(money('Сумма', 'Amount', 'Amount of the operation')))
const owed = money('Задолженность', 'Debt', 'What is owed')
const balance = money('Баланс', 'Balance', 'Balance after it')
const currency = hidden(line('Валюта', 'Currency', 'Sign or code of the currency; by default ₽'))
const purpose = line('Назначение', 'Purpose', 'What the operation was for')
const SUM = '{{ event.data.sum }} {{ event.data.currency | default: "₽" }}'
const USER = '{{ event.data.user }}'

/** A financial event of the cabinet or of a user. */
const billing = (
  type: string,
  words: Pick<Declaration, 'title' | 'headline'> & Partial<Pick<Declaration, 'severity' | 'relations' | 'raisedBy'>>,
  fields: Fields,
  data: Readonly<Record<string, unknown>>,
): EventType =>
  declare({
    name: type,
    category: 'general',
    raisedBy: RAISED_BY.billing,
    ...words,
    fields: { ...fields, currency, url },
    example: { data },
  })

/** Finance of the administrator: the balance of the cabinet, its licences, its blocks. */
const workspace: readonly EventType[] = [
  billing(
    'workspace.balance.credited',
    {
      title: both('Пополнен баланс кабинета', 'Cabinet balance topped up'),
      headline: both(`Баланс кабинета пополнен на ${SUM}`, `Cabinet balance topped up by ${SUM}`),
    },
    { sum, balance, purpose },
    { sum: 15000, balance: 15320.5, purpose: 'счёт № 204' },
  ),
  billing(
    'workspace.balance.debited',
    {
      title: both('Списание с баланса кабинета', 'Cabinet balance written off'),
      headline: both(`С баланса кабинета списано ${SUM}`, `${SUM} written off the cabinet balance`),
    },
    { sum, balance, purpose },
    { sum: '4800.00', balance: '10520.50', purpose: 'лицензии за март' },
  ),
  ...(['bought', 'removed'] as const).map((step) =>
    billing(
      `workspace.licence.${step}`,
      {
        title:
          step === 'bought' ? both('Куплена лицензия', 'Licence bought') : both('Удалена лицензия', 'Licence removed'),
        headline:
          step === 'bought'
            ? both('Куплена лицензия: {{ event.data.licence }}', 'Licence bought: {{ event.data.licence }}')
            : both('Удалена лицензия: {{ event.data.licence }}', 'Licence removed: {{ event.data.licence }}'),
      },
      {
        licence: naming(name('Лицензия', 'Licence', 'Name or id of the licence')),
        count: count('Количество', 'Count', 'How many'),
        sum: money('Сумма', 'Amount', 'What they cost'),
        until: date('Действует до', 'Valid until', 'Last day'),
      },
      { licence: 'Камера, архив 14 дней', count: 10, sum: 4800, until: '2027-03-13' },
    ),
  ),
  billing(
    'workspace.blocked',
    {
      title: both('Кабинет заблокирован', 'Cabinet blocked'),
      headline: both(
        'Кабинет заблокирован{% if event.data.reason != blank %}: {{ event.data.reason | truncate: 100 }}{% endif %}',
        'Cabinet blocked{% if event.data.reason != blank %}: {{ event.data.reason | truncate: 100 }}{% endif %}',
      ),
      severity: 'critical',
    },
    { reason: letterOnly(reason), balance },
    { reason: 'недостаточно средств', balance: -320 },
  ),
]

const ofUser = { user: naming(user) }
const relations = { user: 'data.user' }

/** Finance of users: their balance, autopayments, blocks for debt. */
const users: readonly EventType[] = [
  billing(
    'balance.credited',
    {
      title: both('Пополнен баланс пользователя', 'User balance topped up'),
      headline: both(`Баланс пользователя ${USER} пополнен на ${SUM}`, `Balance of user ${USER} topped up by ${SUM}`),
      relations,
    },
    { ...ofUser, sum, balance, purpose },
    { user: 'anna', sum: 500, balance: 620, purpose: 'оплата картой' },
  ),
  billing(
    'balance.debited',
    {
      title: both('Списание с баланса пользователя', 'User balance written off'),
      headline: both(`С баланса пользователя ${USER} списано ${SUM}`, `${SUM} written off the balance of user ${USER}`),
      relations,
    },
    { ...ofUser, sum, balance, purpose },
    { user: 'anna', sum: 150, balance: 470, purpose: 'абонентская плата' },
  ),
  billing(
    'balance.autopayment.failed',
    {
      title: both('Ошибка автоплатежа', 'Autopayment failed'),
      headline: both(`Не прошёл автоплатёж пользователя ${USER}`, `Autopayment of user ${USER} failed`),
      severity: 'warning',
      relations,
    },
    { ...ofUser, sum: money('Сумма', 'Amount', 'Amount of the payment'), reason },
    { user: 'anna', sum: 150, reason: 'банк отклонил операцию' },
  ),
  billing(
    'balance.debt.blocked',
    {
      title: both('Пользователь заблокирован за долг', 'User blocked for debt'),
      headline: both(`Пользователь ${USER} заблокирован за долг`, `User ${USER} blocked for debt`),
      severity: 'warning',
      relations,
    },
    { ...ofUser, owed, since: time('Заблокирован', 'Blocked since', 'When the block began') },
    { user: 'anna', owed: 450, since: '2026-03-14T00:00:00Z' },
  ),
]

/** The signed callback of Robokassa, which Nabat takes itself. */
const robokassa = billing(
  'archive.extension.paid',
  {
    title: both('Оплачен более долгий архив камер', 'Longer camera archive paid'),
    headline: both(
      `Оплачено увеличение срока архива: ${SUM}, счёт № {{ event.data.invoice }}`,
      `Longer camera archive paid: ${SUM}, invoice {{ event.data.invoice }}`,
    ),
    raisedBy: both('Robokassa (подписанный вызов)', 'Robokassa (signed callback)'),
    relations,
  },
  {
    invoice: naming(name('Счёт', 'Invoice', 'Number of the invoice at Robokassa (InvId)')),
    sum,
    user,
    cameras: list('Камеры', 'Cameras', 'Cameras whose archive is kept longer'),
    days: count('Срок архива, дней', 'Archive, days', 'How many days the archive is kept now'),
    payer: letterOnly(line('Плательщик', 'Payer', 'E-mail address the payer left')),
  },
  { invoice: 90412, sum: '990.00', user: 'anna', cameras: ['Вход 3'], days: 30, payer: 'anna@example.ru' },
)

const statistics = declare({
  name: 'statistics.daily',
  category: 'general',
  title: both('Ежедневная статистика', 'Daily statistics'),
  headline: both(
    'Статистика за {{ event.data.date | default: event.time | date: "%d.%m.%Y" }}',
    'Statistics for {{ event.data.date | default: event.time | date: "%Y-%m-%d" }}',
  ),
  raisedBy: RAISED_BY.nabat,
  fields: {
    date: letterOnly(date('День', 'Day', 'The day it is about')),
    objects: count('Объекты', 'Objects', 'Objects in all'),
    cameras: count('Камеры', 'Cameras', 'Cameras in all'),
    faultsNew: count('Новые неисправности', 'New faults', 'Faults registered that day'),
    faultsInProgress: count('Неисправности в работе', 'Faults in progress', 'Faults being handled'),
    ticketsNew: count('Новые обращения', 'New tickets', 'Tickets created that day'),
    ticketsInProgress: count('Обращения в работе', 'Tickets in progress', 'Tickets being handled'),
  },
  example: {
    data: {
      date: '2026-03-13',
      objects: 120,
      cameras: 2048,
      faultsNew: 5,
      faultsInProgress: 12,
      ticketsNew: 9,
      ticketsInProgress: 31,
    },
  },
})

const NAMED = '{% if event.data.schedule != blank %}: {{ event.data.schedule | truncate: 100 }}{% endif %}'

const summary = declare({
  name: 'summary.scheduled',
  category: 'general',
  title: both('Сводка по расписанию', 'Scheduled summary'),
  headline: both(`Сводка${NAMED}`, `Summary${NAMED}`),
  raisedBy: both('сам Набат, по расписанию кабинета', 'Nabat itself, by a schedule of the workspace'),
  fields: {
    schedule: letterOnly(line('Расписание', 'Schedule', 'Name of the schedule')),
    since: time('С', 'From', 'Beginning of what is summed up: the last time, or a period before'),
    until: letterOnly(time('По', 'To', 'End of it')),
    events: count('Событий', 'Events', 'Events in all'),
    byType: countsByType,
    opened: count('Инцидентов открыто', 'Incidents opened', 'Incidents opened meanwhile'),
    ended: count('Инцидентов закончилось', 'Incidents ended', 'Incidents ended meanwhile'),
    open: count('Инцидентов не закончилось', 'Incidents open', 'Incidents open at the end'),
  },
  example: {
    data: {
      schedule: 'итоги дня',
      since: '2026-03-13T06:00:00Z',
      until: '2026-03-14T06:00:00Z',
      events: 43,
      byType: [
        { type: 'camera.unavailable', title: { ru: 'Камера недоступна', en: 'Camera unavailable' }, count: 31 },
        { type: 'ticket.created', title: { ru: 'Новое обращение', en: 'New ticket' }, count: 12 },
      ],
      opened: 14,
      ended: 11,
      open: 5,
    },
  },
})

export const GENERAL_TYPES: readonly EventType[] = [...workspace, ...users, robokassa, statistics, summary]
