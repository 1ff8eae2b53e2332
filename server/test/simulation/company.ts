import type { Configuration } from '@nabat/api/configuration.ts'
import type { Rule } from '@nabat/api/rule.ts'

/** A company as its configuration file describes it; every section is a list. */
export type Company = {
  readonly [S in 'channels' | 'users' | 'groups' | 'silences' | 'rules']: readonly Readonly<Record<string, unknown>>[]
} & { readonly workspace: Readonly<Record<string, unknown>> }

/** Something that happens, as a client posts it. */
export interface MadeEvent {
  readonly id: string
  readonly type: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
}

const RULES: readonly Rule[] = [
  {
    name: 'duty',
    types: ['camera.unavailable', 'camera.available'],
    to: [{ channel: 'bot', chat: '-1001' }, { user: 'anna' }],
  },
  {
    name: 'living',
    types: ['server.unavailable', 'server.available'],
    messages: 'living',
    to: [{ channel: 'bot', chat: '-1002' }],
  },
  {
    name: 'machine',
    types: ['*'],
    to: [{ channel: 'hook' }],
    fallback: [{ channel: 'mail', address: 'boss@example.ru' }],
    lifetime: '90m',
  },
  {
    name: 'people',
    types: ['workorder.assigned'],
    to: [{ relation: 'assignee' }, { channel: 'mail', address: 'office@example.ru' }],
  },
  { name: 'digest', types: ['workorder.commented'], to: [{ channel: 'bot', chat: '-1003' }], digest: { every: '15m' } },
  { name: 'daily', types: ['workorder.commented'], to: [{ user: 'clara' }], digest: { daily: '09:00' } },
  { name: 'shift', types: ['call.missed'], to: [{ group: 'shift' }], throttle: { key: 'subject', per: '10m' } },
  {
    name: 'abroad',
    types: ['camera.*'],
    when: { field: 'severity', op: 'ne', value: 'info' },
    to: [{ user: 'dipak' }, { user: 'clara' }],
    fallback: [{ channel: 'post', chat: 'town-square' }],
  },
  { name: 'second bot', types: ['server.unavailable', 'call.missed'], to: [{ channel: 'other', chat: '-2001' }] },
  { name: 'spare', types: ['call.missed'], to: [{ channel: 'spare' }], lifetime: '30m' },
  {
    name: 'important',
    types: ['call.missed', 'server.unavailable', 'server.available'],
    to: [{ user: 'emma' }],
    fallback: [{ channel: 'post', chat: 'emma-town' }],
    unreadAfter: '5m',
  },
  { name: 'about itself', types: ['system.*'], to: [{ channel: 'post', chat: 'town-square' }] },
]

const COMPANY: Configuration = {
  workspace: { name: 'default', timeZone: 'Europe/Moscow' },
  channels: [
    { name: 'bot', kind: 'telegram', token: '1:a' },
    { name: 'other', kind: 'telegram', token: '2:b' },
    { name: 'hook', kind: 'webhook', url: 'http://127.0.0.1:1/hook' },
    { name: 'spare', kind: 'webhook', url: 'http://127.0.0.1:1/spare' },
    { name: 'post', kind: 'mattermost', url: 'http://127.0.0.1:1/hooks/abc' },
    {
      name: 'mail',
      kind: 'smtp',
      host: 'mail.example.ru',
      from: { address: 'nabat@example.ru', name: 'Набат' },
      replyTo: 'help@example.ru',
    },
  ],
  users: [
    {
      login: 'anna',
      quietHours: { from: '22:00', to: '08:00' },
      contacts: [
        { channel: 'bot', chat: '101' },
        { channel: 'mail', address: 'anna@example.ru' },
      ],
    },
    {
      login: 'boris',
      timeZone: 'Asia/Yekaterinburg',
      workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '09:00', to: '18:30' },
      contacts: [{ channel: 'bot', chat: '102' }],
    },
    {
      login: 'clara',
      timeZone: 'Europe/Berlin',
      quietHours: { from: '23:00', to: '02:30' },
      contacts: [
        { channel: 'other', chat: '103' },
        { channel: 'mail', address: 'clara@example.ru' },
      ],
    },
    {
      login: 'dipak',
      timeZone: 'Asia/Kathmandu',
      quietHours: { from: '23:15', to: '06:45' },
      contacts: [
        { channel: 'mail', address: 'dipak@example.ru' },
        { channel: 'bot', chat: '104' },
      ],
    },
    { login: 'emma', contacts: [{ channel: 'inbox' }, { channel: 'mail', address: 'emma@example.ru' }] },
  ],
  groups: [{ name: 'shift', users: ['anna', 'boris'] }],
  silences: [],
  rules: RULES,
}

/** The company every life begins with: people who sleep in four zones, ways out of every kind, a rule of each shape. */
export const FIRST_COMPANY = COMPANY as unknown as Company

/** What an entry of a section is called. */
export const nameOf = (entry: Readonly<Record<string, unknown>>): string => String(entry['login'] ?? entry['name'])

/** A change of the configuration: one entry of a section as it is from now on, or null where it is taken out. */
export interface Edit {
  readonly section: 'channels' | 'users' | 'groups' | 'silences' | 'rules'
  readonly name: string
  readonly entry: Readonly<Record<string, unknown>> | null
}

/** The company after some edits. */
export function edited(company: Company, edits: readonly Edit[]): Company {
  let result = company
  for (const { section, name, entry } of edits) {
    const others = result[section].filter((each) => nameOf(each) !== name)
    const at = result[section].findIndex((each) => nameOf(each) === name)
    const list = entry === null ? others : others.toSpliced(at < 0 ? others.length : at, 0, entry)
    result = { ...result, [section]: list }
  }
  return result
}

export const entryOf = (
  company: Company,
  section: Edit['section'],
  name: string,
): Readonly<Record<string, unknown>> | undefined => company[section].find((each) => nameOf(each) === name)
