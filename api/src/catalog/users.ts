import type { EventType } from './event-type.ts'
import { registerTypes } from './declare.ts'
import { changes, letterOnly, line, list, naming, url, user } from './fields.ts'

/** Users of the company's systems: created, edited, deleted. */
export const USER_TYPES: readonly EventType[] = registerTypes({
  noun: 'user',
  category: 'users',
  ru: { word: 'пользователь', gender: 'm' },
  en: 'user',
  fields: {
    user: naming(user),
    name: line('Имя', 'Name', 'Name as people read it'),
    roles: list('Роли', 'Roles', 'Roles of the user'),
    address: letterOnly(line('Адрес', 'Address', 'Postal address')),
    changes,
    url,
  },
  example: { user: 'ivanov', name: 'Иван Иванов', roles: ['installer'] },
  changed: { field: 'phone', label: 'Телефон', from: '+79161234567', to: '+79167654321' },
})
