import { words } from '../i18n.ts'

/** Names of roles. */
export const roleWords = words(
  'roles',
  {
    admin: 'Админ',
    technologist: 'Технолог',
    support: 'Техподдержка',
    dispatcher: 'Диспетчер',
    warehouse: 'Склад',
    installer: 'Монтажник',
    staff: 'Сотрудник',
    client: 'Клиент',
  },
  {
    admin: 'Administrator',
    technologist: 'Technologist',
    support: 'Support',
    dispatcher: 'Dispatcher',
    warehouse: 'Warehouse',
    installer: 'Installer',
    staff: 'Staff',
    client: 'Client',
  },
)
