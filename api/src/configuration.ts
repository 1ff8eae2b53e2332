import { Type, type Static } from 'typebox'
import { CHANNEL_KINDS, type ChannelSettings } from './channel.ts'
import { CATEGORIES } from './catalog/event-type.ts'
import { Rule, Schedule, Span } from './rule.ts'
import type { Condition } from './condition.ts'
import { SEVERITIES } from './severity.ts'
import { LANGUAGES } from './text.ts'

const name = (description: string, maxLength = 200) => Type.String({ minLength: 1, maxLength, description })
const hour = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'HH:MM' })
const language = Type.Enum([...LANGUAGES])
const timeZone = name('IANA time zone, such as Europe/Moscow', 64)

/** The roles Nabat knows; events may carry others. */
export const ROLES = [
  'admin',
  'technologist',
  'support',
  'dispatcher',
  'warehouse',
  'installer',
  'staff',
  'client',
] as const

/** How letters look. */
export const LetterLook = Type.Object(
  {
    logo: Type.Optional(
      Type.String({
        pattern: '^(https://\\S+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
        maxLength: 2048,
        description:
          'Id of an uploaded picture (PNG, JPEG, GIF up to 512 KB), which goes with the letter, or an https:// address',
      }),
    ),
    color: Type.Optional(
      Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description: 'Of buttons and of the line at the top, #rrggbb' }),
    ),
    footer: Type.Optional(Type.String({ maxLength: 2000, description: 'In small letters under the page; plain text' })),
  },
  { additionalProperties: false, description: 'How letters look' },
)
export type LetterLook = Static<typeof LetterLook>

export const Workspace = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'Short name, in addresses and logs' }),
    title: Type.Optional(name('Name of the company')),
    timeZone: Type.Optional(timeZone),
    language: Type.Optional(language),
    mailOff: Type.Optional(Type.Boolean({ description: 'Master switch: true stops every notice by e-mail' })),
    writeToUnknown: Type.Optional(
      Type.Boolean({
        description:
          'true: people without a card whom events name by their e-mail address are written to; by default they are not',
      }),
    ),
    foldAfter: Type.Optional(
      Type.Union([Span, Type.Literal('never')], {
        description:
          'When what waits for a destination would take longer than this to leave, it leaves as one summary; by default 1m',
      }),
    ),
    dailyStatistics: Type.Optional(
      Type.Union([hour, Type.Literal(false)], {
        description: 'Hour (HH:MM, on the clock of the workspace) of statistics.daily, or false; by default "09:00"',
      }),
    ),
    signature: Type.Optional(Type.String({ maxLength: 4000, description: 'Under every letter' })),
    letter: Type.Optional(LetterLook),
    systemContact: Type.Optional(
      Type.String({ maxLength: 320, description: 'E-mail address for notices of the system' }),
    ),
  },
  { additionalProperties: false },
)

/** Where a channel reaches a person: the fields of a bare address, and the channel. */
export const Contact = Type.Object(
  {
    channel: name('Name of a channel'),
    address: Type.Optional(Type.String({ minLength: 3, maxLength: 320 })),
    chat: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Integer()])),
    topic: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
)
export type Contact = Static<typeof Contact>

export const User = Type.Object(
  {
    login: name('Unique login'),
    name: Type.Optional(name('Name as people read it')),
    roles: Type.Optional(Type.Array(Type.Enum([...ROLES]))),
    head: Type.Optional(name('Login of the head')),
    language: Type.Optional(language),
    timeZone: Type.Optional(timeZone),
    phone: Type.Optional(Type.String({ pattern: '^\\+?[0-9 ()-]{3,24}$', description: 'Phone number' })),
    email: Type.Optional(Type.String({ maxLength: 320 })),
    extension: Type.Optional(Type.String({ pattern: '^[0-9*#]{1,16}$', description: 'Extension of the PBX' })),
    mattermost: Type.Optional(name('Name in Mattermost')),
    enabled: Type.Optional(Type.Boolean({ description: 'false: left the company, gets nothing' })),
    quietHours: Type.Optional(Type.Object({ from: hour, to: hour }, { additionalProperties: false })),
    workingHours: Type.Optional(Schedule),
    preferences: Type.Optional(
      Type.Record(Type.String(), Type.Record(Type.String(), Type.Boolean()), {
        description:
          'By category of events and name of a channel: false, not that way; critical and system events come all the same',
      }),
    ),
    contacts: Type.Optional(Type.Array(Contact, { description: 'In the order in which they are tried' })),
  },
  { additionalProperties: false },
)
export type User = Static<typeof User>

export const Group = Type.Object(
  {
    name: name('Unique name'),
    parent: Type.Optional(name('Group above this one; its members are members there too')),
    users: Type.Optional(Type.Array(name('Login'))),
    client: Type.Optional(
      Type.Boolean({ description: 'true: a company that is served; its members are its contacts' }),
    ),
  },
  { additionalProperties: false },
)
export type Group = Static<typeof Group>

/** Own words for a type; what is not given comes from the catalogue. */
export const Template = Type.Object(
  {
    name: name('Unique name'),
    type: name('Event type'),
    language: Type.Optional(language),
    channel: Type.Optional(name('Name of a channel; without it, every channel')),
    title: Type.Optional(Type.String({ maxLength: 1000 })),
    text: Type.Optional(Type.String({ maxLength: 16000 })),
    letter: Type.Optional(Type.String({ maxLength: 200000 })),
  },
  { additionalProperties: false },
)
export type Template = Static<typeof Template>

/**
 * A stated reason not to deliver. Without `from` it begins at once, with `schedule` it holds only at those hours; critical
 * events are silenced too.
 */
export const Silence = Type.Object(
  {
    name: name('Unique name'),
    when: Type.Unsafe<Condition>({ type: 'object', description: 'Which events' }),
    comment: name('Why', 1000),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    until: Type.String({ format: 'date-time', description: 'End' }),
    schedule: Type.Optional(Schedule),
  },
  { additionalProperties: false },
)
export type Silence = Static<typeof Silence>

/** An event that the clock raises, with what has happened meanwhile when it is a summary. */
export const EventSchedule = Type.Object(
  {
    name: name('Unique name'),
    cron: Type.String({
      maxLength: 200,
      description: 'Minutes, hours, days of the month, months, days of the week: 0 9 * * mon-fri',
    }),
    timeZone: Type.Optional(name('IANA time zone of the hours; by default the one of the workspace', 64)),
    type: name('Event type that is raised; summary.scheduled has words for a summary', 128),
    subject: Type.Optional(name('Subject of the event', 256)),
    severity: Type.Optional(Type.Enum([...SEVERITIES], { description: 'By default the one of the type' })),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'As the schema of the type asks' })),
    summary: Type.Optional(
      Type.Object(
        {
          types: Type.Optional(
            Type.Array(name('Event type, or all of a kind: camera.*'), {
              minItems: 1,
              description: 'What is counted; by default everything but system.*',
            }),
          ),
          when: Type.Optional(Type.Unsafe<Condition>({ type: 'object', description: 'Which of these events' })),
        },
        { additionalProperties: false, description: 'Adds what has happened since the last time to data' },
      ),
    ),
    enabled: Type.Optional(Type.Boolean({ description: 'false: raises nothing; by default true' })),
  },
  { additionalProperties: false },
)
export type EventSchedule = Static<typeof EventSchedule>

/** An event type of the workspace's own. */
export const OwnType = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z][a-z0-9]*(\\.[a-z][a-z0-9-]*)+$',
      maxLength: 128,
      description: 'Such as pump.stopped',
    }),
    title: Type.Object(
      { ru: name('Title in Russian'), en: Type.Optional(name('Title in English')) },
      { additionalProperties: false },
    ),
    category: Type.Optional(Type.Enum(Object.keys(CATEGORIES))),
    severity: Type.Optional(Type.Enum([...SEVERITIES])),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'JSON Schema of data' })),
    incident: Type.Optional(
      Type.Object(
        { key: name('Such as pump:{data.pump}'), step: Type.Enum(['opens', 'updates', 'closes']) },
        { additionalProperties: false },
      ),
    ),
    relations: Type.Optional(Type.Record(Type.String(), Type.String())),
    templates: Type.Optional(
      Type.Record(
        Type.Enum([...LANGUAGES]),
        Type.Object(
          {
            title: Type.Optional(Type.String()),
            text: Type.Optional(Type.String()),
            letter: Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    example: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
)
export type OwnType = Static<typeof OwnType>

/** The sections of the configuration that are lists, with the schema of an entry and the field that names it. */
export const SECTIONS = {
  types: { schema: OwnType, key: 'name' },
  channels: { schema: Type.Union(Object.values(CHANNEL_KINDS)), key: 'name' },
  users: { schema: User, key: 'login' },
  groups: { schema: Group, key: 'name' },
  templates: { schema: Template, key: 'name' },
  silences: { schema: Silence, key: 'name' },
  rules: { schema: Rule, key: 'name' },
  schedules: { schema: EventSchedule, key: 'name' },
} as const
export type Section = keyof typeof SECTIONS
export const SECTION_NAMES = Object.keys(SECTIONS) as Section[]

/** The whole configuration of a workspace, as the file has it. */
export interface Configuration {
  readonly workspace?: Static<typeof Workspace>
  readonly types?: readonly OwnType[]
  readonly channels?: readonly ChannelSettings[]
  readonly users?: readonly User[]
  readonly groups?: readonly Group[]
  readonly templates?: readonly Template[]
  readonly silences?: readonly Silence[]
  readonly rules?: readonly Rule[]
  readonly schedules?: readonly EventSchedule[]
}
