import { CATEGORIES } from '@nabat/api/catalog/event-type.ts'
import { CATALOG } from '@nabat/api/catalog/catalog.ts'
import { CHANNEL_KINDS, type ChannelKindName, type ChannelSettings } from '@nabat/api/channel.ts'
import {
  SECTIONS,
  Workspace,
  type EventSchedule,
  type Group,
  type OwnType,
  type Section,
  type Silence,
  type Template,
  type User,
} from '@nabat/api/configuration.ts'
import type { Recipient, Rule } from '@nabat/api/rule.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { isProblem, type ChannelKind } from '../channels/channel.ts'
import { CHANNELS } from '../channels/registry.ts'
import { conditionProblems, valueAt } from '../pipeline/conditions.ts'
import { parseRelation } from '../pipeline/recipients.ts'
import { typeNames } from '../pipeline/rules.ts'
import { DIGEST } from '../render/digest.ts'
import { mistakeOf, readingMistakes } from '../render/mistakes.ts'
import { noIncludes } from '../render/mjml/protect.ts'
import { STORM } from '../render/storm.ts'
import { renderPart, type Part } from '../render/words.ts'
import { nearest, schemaProblem, validator, type Validate } from '../schema-problems.ts'
import { personalHoursProblems, silenceProblems, zoneProblems } from './check-hours.ts'
import { sampleData } from '../schedules/entries.ts'
import { cronProblems } from './check-cron.ts'
import { fillIn, hasReference, type Sources } from './references.ts'

/** What an entity may refer to: the configuration as it will be once everything handed in is saved. */
export interface Names {
  readonly type: (name: string) => boolean
  readonly types: () => string[]
  /** What is wrong with `data` of a type that there is. */
  readonly dataProblems: (type: string, data: unknown, path: string) => Problem[]
  readonly user: (login: string) => boolean
  readonly group: (name: string) => boolean
  /** Settings of a channel, references filled in. */
  readonly channel: (name: string) => ChannelSettings | undefined
  readonly channels: () => string[]
  /** It is handed in with mistakes of its own; that it cannot be used is no further mistake. */
  readonly broken: (section: Section, key: string) => boolean
}

export interface CheckWorld {
  readonly allowPrivateAddresses: boolean
  readonly sources: Sources
  readonly now: number
  /** Of the workspace, as it will be. */
  readonly timeZone: string
}

const channelValidators = Object.fromEntries(
  Object.entries(CHANNEL_KINDS).map(([kind, schema]) => [kind, validator(schema)]),
) as Record<ChannelKindName, Validate>

const validators = Object.fromEntries(
  Object.entries(SECTIONS).map(([section, { schema }]) => [section, validator(schema)]),
) as Record<Section, Validate>

export const workspaceProblems = (value: unknown, path: string): Problem[] => {
  const found = validator(Workspace)(value, path)
  if (found.length > 0) return found
  return zoneProblems((value as { timeZone?: string }).timeZone, `${path}/timeZone`)
}

/** What the schema of a section says of an entity. */
export function shapeProblems(section: Section, entity: unknown, path: string): Problem[] {
  if (section !== 'channels') return validators[section](entity, path)
  const kind = (entity as { kind?: unknown } | null)?.kind
  if (typeof kind !== 'string' || !Object.hasOwn(CHANNEL_KINDS, kind)) {
    const kinds = Object.keys(CHANNEL_KINDS).join(', ')
    return [problem(`${path}/kind`, `Вид канала — одно из: ${kinds}`, `The kind of a channel is one of: ${kinds}`)]
  }
  // What stands elsewhere is looked at when it has been filled in.
  return channelValidators[kind as ChannelKindName](entity, path).filter((each) => {
    const value = valueAt(entity, each.path.slice(path.length).split('/').slice(1))
    return typeof value !== 'string' || !hasReference(value)
  })
}

/** What else can be wrong with an entity whose shape is right: names that lead nowhere, settings that cannot work. */
export function meaningProblems(
  section: Section,
  entity: unknown,
  path: string,
  names: Names,
  world: CheckWorld,
): Problem[] {
  switch (section) {
    case 'channels':
      return channelProblems(entity as ChannelSettings, path, names, world)
    case 'users':
      return userProblems(entity as User, path, names, world)
    case 'groups':
      return groupProblems(entity as Group, path, names)
    case 'rules':
      return ruleProblems(entity as Rule, path, names)
    case 'silences':
      return silenceProblems(entity as Silence, path)
    case 'templates':
      return templateProblems(entity as Template, path, names)
    case 'types':
      return typeProblems(entity as OwnType, path)
    case 'schedules':
      return scheduleProblems(entity as EventSchedule, path, names)
  }
}

function channelProblems(channel: ChannelSettings, path: string, names: Names, world: CheckWorld): Problem[] {
  const found = backupProblems(channel, `${path}/backup`, names)
  const settings = fillIn(channel, world.sources, path, found)
  if (found.length > 0) return found
  const kind = CHANNELS[channel.kind as ChannelKindName] as unknown as ChannelKind
  return kind.problems(settings, world).map((each) => ({ ...each, path: path + each.path }))
}

function backupProblems(channel: ChannelSettings, path: string, names: Names): Problem[] {
  if (!('backup' in channel) || channel.backup === undefined) return []
  if (channel.backup === channel.name)
    return [problem(path, 'Канал не может заменять сам себя', 'A channel cannot stand in for itself')]
  const backup = names.channel(channel.backup)
  if (backup === undefined) return noChannel(channel.backup, path, names)
  if (backup.kind === channel.kind) return []
  return [
    problem(
      path,
      `«${channel.backup}» — канал вида ${backup.kind}, заменить канал вида ${channel.kind} он не может: адреса у них разные. Другой вид впишите в fallback правила`,
      `"${channel.backup}" is a channel of kind ${backup.kind} and cannot stand in for one of kind ${channel.kind}: their addresses differ. Name another kind in the rule's fallback`,
    ),
  ]
}

function userProblems(user: User, path: string, names: Names, world: CheckWorld): Problem[] {
  const found = personalHoursProblems(user, path, world.timeZone)
  // The head may be somebody who is not listed (yet): the relation then leads to nobody, and the trace says so.
  if (user.head !== undefined && user.head === user.login)
    found.push(
      problem(`${path}/head`, 'Человек не может быть своим руководителем', 'A person cannot be their own head'),
    )
  for (const [category, channels] of Object.entries(user.preferences ?? {})) {
    const at = `${path}/preferences/${category}`
    const known = Object.keys(CATEGORIES)
    if (!known.includes(category))
      found.push(
        problem(
          at,
          `Нет такой категории; есть: ${known.join(', ')}`,
          `No such category; there are: ${known.join(', ')}`,
        ),
      )
    for (const name of Object.keys(channels))
      if (names.channel(name) === undefined) found.push(...noChannel(name, `${at}/${name}`, names))
  }
  for (const [index, contact] of (user.contacts ?? []).entries()) {
    const at = `${path}/contacts/${index}`
    const channel = names.channel(contact.channel)
    if (channel === undefined) found.push(...noChannel(contact.channel, `${at}/channel`, names))
    else found.push(...addressProblems(contact, channel, at, user.login))
  }
  return found
}

function addressProblems(to: Recipient, channel: ChannelSettings, path: string, person?: string): Problem[] {
  const kind = CHANNELS[channel.kind as ChannelKindName] as unknown as ChannelKind
  const address = kind.address(to, channel, person)
  return isProblem(address) ? [{ ...address, path: path + address.path }] : []
}

function groupProblems(group: Group, path: string, names: Names): Problem[] {
  const found = (group.users ?? []).flatMap((login, index) =>
    names.user(login) ? [] : [unknown('user', login, `${path}/users/${index}`, [])],
  )
  if (group.parent !== undefined && !names.group(group.parent))
    found.push(unknown('group', group.parent, `${path}/parent`, []))
  return found
}

function ruleProblems(rule: Rule, path: string, names: Names): Problem[] {
  const found: Problem[] = []
  if ((rule.types === undefined) === (rule.actions === undefined))
    found.push(
      problem(`${path}/types`, 'Нужно одно из двух: types или actions', 'One of the two is needed: types or actions'),
    )
  for (const name of new Set(typeNames(rule)))
    if (!isNamed(name, names)) found.push(unknown('type', name, pathOfType(rule, name, path), names.types()))
  if (rule.when !== undefined) found.push(...conditionProblems(rule.when, `${path}/when`))
  found.push(...zoneProblems(rule.schedule?.timeZone, `${path}/schedule/timeZone`))
  for (const list of ['to', 'fallback'] as const)
    for (const [index, to] of (rule[list] ?? []).entries())
      found.push(...recipientProblems(to, `${path}/${list}/${index}`, names))
  return found
}

/** Whether a name, or a pattern of names, leads to a type. */
function isNamed(name: string, names: Names): boolean {
  if (name === '*') return true
  if (!name.endsWith('.*')) return names.type(name)
  return names.types().some((each) => each.startsWith(name.slice(0, -1)))
}

function pathOfType(rule: Rule, name: string, path: string): string {
  const index = rule.types?.indexOf(name) ?? -1
  if (index >= 0) return `${path}/types/${index}`
  const [role, types] = Object.entries(rule.actions ?? {}).find(([, each]) => each.includes(name)) ?? ['', []]
  return `${path}/actions/${role}/${types.indexOf(name)}`
}

const PEOPLE = ['user', 'role', 'group', 'relation'] as const

function recipientProblems(to: Recipient, path: string, names: Names): Problem[] {
  const people = PEOPLE.filter((field) => to[field] !== undefined)
  if (people.length > 1 || (people.length === 0 && to.channel === undefined))
    return [
      problem(
        path,
        'Получатель — одно из: user, role, group, relation или channel с адресом',
        'A recipient is one of: user, role, group, relation, or a channel with an address',
      ),
    ]
  const channel = to.channel === undefined ? undefined : names.channel(to.channel)
  if (to.channel !== undefined && channel === undefined) return noChannel(to.channel, `${path}/channel`, names)
  if (to.user !== undefined && !names.user(to.user)) return [unknown('user', to.user, `${path}/user`, [])]
  if (to.group !== undefined && !names.group(to.group)) return [unknown('group', to.group, `${path}/group`, [])]
  if (to.relation !== undefined && parseRelation(to.relation).relation === '')
    return [problem(`${path}/relation`, 'Отношение не названо', 'The relation is not named')]
  return people.length > 0 || channel === undefined ? [] : addressProblems(to, channel, path)
}

function templateProblems(template: Template, path: string, names: Names): Problem[] {
  const found: Problem[] = []
  if (template.type !== DIGEST && template.type !== STORM && !names.type(template.type))
    found.push(unknown('type', template.type, `${path}/type`, names.types()))
  if (template.channel !== undefined && names.channel(template.channel) === undefined)
    found.push(...noChannel(template.channel, `${path}/channel`, names))
  for (const part of ['title', 'text', 'letter'] as const)
    if (template[part] !== undefined) found.push(...wordsProblems(part, template[part], `${path}/${part}`))
  return found
}

function scheduleProblems(schedule: EventSchedule, path: string, names: Names): Problem[] {
  const { cron, timeZone, type, summary } = schedule
  const found = cronProblems(cron, `${path}/cron`)
  if (timeZone !== undefined) found.push(...zoneProblems(timeZone, `${path}/timeZone`))
  if (names.type(type)) found.push(...names.dataProblems(type, sampleData(schedule), `${path}/data`))
  else found.push(unknown('type', type, `${path}/type`, names.types()))
  for (const [index, name] of (summary?.types ?? []).entries())
    if (!isNamed(name, names)) found.push(unknown('type', name, `${path}/summary/types/${index}`, names.types()))
  if (summary?.when !== undefined) found.push(...conditionProblems(summary.when, `${path}/summary/when`))
  return found
}

function typeProblems(type: OwnType, path: string): Problem[] {
  const found = type.data === undefined ? [] : schemaProblem(type.data, `${path}/data`)
  if (CATALOG.some(({ name }) => name === type.name))
    found.push(
      problem(
        `${path}/name`,
        `Тип «${type.name}» уже есть в каталоге`,
        `The type "${type.name}" is in the catalogue already`,
      ),
    )
  for (const [language, templates] of Object.entries(type.templates ?? {}))
    for (const part of ['title', 'text', 'letter'] as const)
      if (templates[part] !== undefined)
        found.push(...wordsProblems(part, templates[part], `${path}/templates/${language}/${part}`))
  return found
}

/** A template that cannot be read, or fails on an empty event; each mistake with its line where there are several. */
function wordsProblems(part: Part, template: string, path: string): Problem[] {
  const found = [...readingMistakes(part, template).mistakes, ...(part === 'letter' ? noIncludes(template) : [])]
  if (found.length === 0)
    try {
      renderPart(part, template, { event: { data: {} }, recipient: {}, workspace: {} }, 'UTC')
    } catch (error) {
      found.push(mistakeOf(part, template, error))
    }
  const lines = template.includes('\n')
  return found.map(({ message: { ru, en }, line }) =>
    problem(
      path,
      `Ошибка в шаблоне${lines ? `, строка ${line}` : ''}: ${ru}`,
      `Mistake in the template${lines ? `, line ${line}` : ''}: ${en}`,
    ),
  )
}

const noChannel = (name: string, path: string, names: Names): Problem[] =>
  names.broken('channels', name) ? [] : [unknown('channel', name, path, names.channels())]

const KIND = {
  user: ['такого человека', 'person'],
  channel: ['такого канала', 'channel'],
  group: ['такой группы', 'group'],
  type: ['такого типа', 'type'],
} as const

function unknown(kind: keyof typeof KIND, name: string, path: string, known: readonly string[]): Problem {
  const near = nearest(name, known)
  const [ru, en] = KIND[kind]
  return problem(
    path,
    `Нет ${ru}: «${name}»${near === undefined ? '' : `; может быть, «${near}»?`}`,
    `No such ${en}: "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
  )
}
