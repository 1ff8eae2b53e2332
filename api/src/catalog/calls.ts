import type { EventType } from './event-type.ts'
import { declare, opens, RAISED_BY, updates } from './declare.ts'
import {
  amount,
  both,
  choice,
  flag,
  hidden,
  letterOnly,
  line,
  list,
  name,
  naming,
  reason,
  required,
  url,
  type Fields,
} from './fields.ts'

const CALL = 'call:{data.call}'
const FROM =
  '{{ event.data.caller }}{% if event.data.callerName != blank %}, {{ event.data.callerName | truncate: 60 }}{% endif %}'

const seconds = (ru: string, en: string, description: string) => amount(ru, en, description, 'seconds')

/** Who called whom. */
const parties: Fields = {
  call: hidden(name('Вызов', 'Call', 'Id of the call at the PBX; names its incident')),
  caller: naming(name('Кто звонил', 'Caller', 'Number of the caller; "anonymous" when it is hidden')),
  callerName: letterOnly(line('Имя звонившего', 'Name of the caller', 'Name the PBX or the contacts know')),
  to: line('Кому', 'To', 'Extension or number that was called, with the name where known'),
  group: line('Группа', 'Group', 'Group of employees or queue that was called'),
  callees: hidden(list('Кому звонило', 'Callees', 'Logins of those whose phones rang')),
  internal: flag('Внутренний', 'Internal', 'true: one employee called another'),
  line: letterOnly(line('Линия', 'Line', 'Own number the call came to')),
}
const EXAMPLE = {
  call: '1773447120.42',
  caller: '+79161234567',
  callerName: 'Анна Смирнова',
  to: '101 Иванов',
  group: 'Отдел продаж',
  callees: ['ivanov'],
  line: '+74951234567',
}
const relations = { callee: 'data.callees' }

const calls: readonly EventType[] = [
  declare({
    name: 'call.missed',
    category: 'calls',
    title: both('Пропущенный вызов', 'Missed call'),
    headline: both(`Пропущенный вызов: ${FROM}`, `Missed call: ${FROM}`),
    raisedBy: RAISED_BY.pbx,
    fields: {
      ...parties,
      waitedSeconds: seconds('Ожидание', 'Waited', 'How long the caller waited, in seconds'),
      cause: letterOnly(line('Причина', 'Cause', 'Why nobody answered, as the PBX names it')),
      url,
    },
    incident: opens(CALL),
    relations,
    example: { subject: '+79161234567', data: { ...EXAMPLE, waitedSeconds: 24, cause: 'NOANSWER' } },
  }),
  declare({
    name: 'call.voicemail',
    category: 'calls',
    title: both('Голосовое сообщение', 'Voicemail'),
    headline: both(`Голосовое сообщение: ${FROM}`, `Voicemail: ${FROM}`),
    raisedBy: RAISED_BY.pbx,
    fields: {
      ...parties,
      durationSeconds: seconds('Длительность', 'Duration', 'Length of the message in seconds'),
      transcript: { ...line('Текст', 'Transcript', 'What was said, where the PBX recognises speech'), shape: 'prose' },
      url,
    },
    incident: updates(CALL),
    relations,
    example: { subject: '+79161234567', data: { ...EXAMPLE, durationSeconds: 17 } },
  }),
  declare({
    name: 'call.called-back',
    category: 'calls',
    title: both('Перезвонили на пропущенный', 'Missed call called back'),
    headline: both(`Перезвонили: ${FROM}`, `Called back: ${FROM}`),
    raisedBy: RAISED_BY.pbx,
    fields: {
      ...parties,
      by: line('Кто перезвонил', 'Called back by', 'Employee or extension that called back'),
      afterSeconds: seconds('Спустя', 'After', 'Seconds since the missed call'),
      url,
    },
    incident: updates(CALL),
    relations,
    example: { subject: '+79161234567', data: { ...EXAMPLE, by: '102 Сидоров', afterSeconds: 310 } },
  }),
]

const STATES = {
  active: both('уведомления подключены', 'notifications are on'),
  muted: both('отключено пользователем', 'switched off by the user'),
  disabled: both('отключено администратором', 'switched off by the administrator'),
  unavailable: both('недоступен', 'cannot be reached'),
}
const state = (language: 'ru' | 'en') => {
  const whens = Object.entries(STATES).map(([value, word]) => `{% when "${value}" %}${word[language]}`)
  return `{% case event.data.state %}${whens.join('')}{% endcase %}`
}
const WHOSE = '{% if event.data.subscriber != blank %}, {{ event.data.subscriber }}{% endif %}'

const subscription = declare({
  name: 'subscription.changed',
  category: 'calls',
  title: both('Изменена подписка на пропущенные вызовы', 'Subscription to missed calls changed'),
  headline: both(`Пропущенные вызовы${WHOSE}: ${state('ru')}`, `Missed calls${WHOSE}: ${state('en')}`),
  raisedBy: both('консоль, команды бота', 'console, commands of the bot'),
  fields: {
    subscriber: letterOnly(line('Подписчик', 'Subscriber', 'Name of the subscriber')),
    state: letterOnly(required(choice('Состояние', 'State', 'State after the change', STATES))),
    chat: hidden(name('Чат', 'Chat', 'Id of the chat')),
    group: line('Группа', 'Group', 'Group of employees it is about; without it, all'),
    reason,
  },
  example: {
    subject: 'Иван',
    actor: { user: 'petrov', role: 'admin' },
    data: { subscriber: 'Иван', state: 'disabled', chat: '555', group: 'Отдел продаж' },
  },
})

/** Calls of the PBX, and who is told of them in chats. */
export const CALL_TYPES: readonly EventType[] = [...calls, subscription]
