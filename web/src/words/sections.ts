import { words } from '../i18n.ts'

/** What the parts of the configuration are called. */
export const sectionWords = words(
  'sections',
  {
    workspace: 'Кабинет',
    types: 'Свои события',
    channels: 'Каналы',
    users: 'Люди',
    groups: 'Группы',
    templates: 'Шаблоны',
    silences: 'Тишина',
    rules: 'Правила',
    schedules: 'Расписания',
    workspaces: 'Состояние кабинета',
  },
  {
    workspace: 'Workspace',
    types: 'Own events',
    channels: 'Channels',
    users: 'People',
    groups: 'Groups',
    templates: 'Templates',
    silences: 'Silences',
    rules: 'Rules',
    schedules: 'Schedules',
    workspaces: 'State of the workspace',
  },
)
