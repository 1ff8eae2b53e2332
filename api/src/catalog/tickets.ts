import type { EventType } from './event-type.ts'
import { about, deskType, deskTypes, type DeskNoun } from './desk.ts'
import { address, both, flag, letterOnly, line, name, object, required } from './fields.ts'

const TICKET: DeskNoun = {
  noun: 'ticket',
  category: 'tickets',
  ru: { word: 'обращение', genitive: 'обращения', dative: 'обращению', gender: 'n', done: 'закрыт' },
  en: { word: 'ticket', done: 'closed' },
  fields: {
    client: line('Клиент', 'Client', 'Company or subscriber it comes from'),
    contact: letterOnly(line('Контактное лицо', 'Contact', 'Login or address of the person to answer')),
    object: letterOnly(object),
    region: letterOnly(line('Регион', 'Region', 'Region of the address')),
    fault: letterOnly(name('Неисправность', 'Fault', 'Id of the fault registered through it')),
    public: flag('Видно клиенту', 'Public', 'false: a note between the staff, which the client is not told'),
  },
  relations: { contact: 'data.contact' },
  example: {
    ticket: '7301',
    title: 'Нет изображения с камеры у подъезда',
    client: 'ТСЖ «Северное»',
    author: 'anna@example.ru',
    contact: 'anna@example.ru',
  },
}

/** Told by the address in place of the ticket's title. */
const BY_ADDRESS: DeskNoun = {
  ...TICKET,
  about: both(
    '{% if event.data.address != blank %}: {{ event.data.address | truncate: 80 }}{% endif %}',
    '{% if event.data.address != blank %}: {{ event.data.address | truncate: 80 }}{% endif %}',
  ),
}

/** The answers and requests that only tickets know. */
const own: readonly EventType[] = [
  deskType(
    TICKET,
    'answered',
    about(TICKET, 'Ответ на обращение', 'Answer to ticket', {
      shown: ['comment'],
      data: { comment: 'Мастер приедет завтра с 10 до 12.', public: true },
      role: 'support',
    }),
  ),
  deskType(
    BY_ADDRESS,
    'access.requested',
    about(BY_ADDRESS, 'Запрос доступа', 'Access request', {
      shown: ['author', 'comment'],
      data: { title: 'Доступ к камерам дома', address: 'Москва, Северная, 12', comment: 'Квартира 48, собственник.' },
      role: 'client',
      incident: 'opens',
    }),
  ),
  deskType(
    BY_ADDRESS,
    'connection.requested',
    about(BY_ADDRESS, 'Заявка на подключение дома', 'Application to connect a building', {
      shown: ['region', 'author', 'comment'],
      fields: { address: letterOnly(required(address)), region: required(TICKET.fields['region']!) },
      data: {
        title: 'Подключить дом',
        address: 'Тверь, Лесная, 3',
        region: 'Тверская область',
        comment: '4 подъезда.',
      },
      role: 'client',
      incident: 'opens',
    }),
  ),
]

/** Tickets: what users ask and write, what admin and staff answer, and every step between. */
export const TICKET_TYPES: readonly EventType[] = [
  ...deskTypes(TICKET, ['created', 'commented'], {
    created: { shown: ['author', 'description'], role: 'client' },
    commented: { role: 'client' },
  }),
  ...own,
  ...deskTypes(TICKET, [
    'assigned',
    'handed.over',
    'unassigned',
    'delegated',
    'status.changed',
    'field.changed',
    'file.added',
    'done',
    'cancelled',
    'deadline.near',
    'deadline.missed',
  ]),
]
