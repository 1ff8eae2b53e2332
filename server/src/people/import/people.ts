/*
 * From the rows of a file to people: who is meant, and what they become. Pure over the view; what saving would say is
 * wrong is asked by import.ts.
 */
import type { Contact, Group, User } from '@nabat/api/configuration.ts'
import type { Role } from '@nabat/api/permissions.ts'
import type { Text } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import type { EntityRow } from '../../store/store.ts'
import { cellsOf, type Cells, type Column } from './columns.ts'
import type { TableRow } from './table.ts'
import { languageOf, listOf, NO_LANGUAGE, NO_ROLE, phoneKey, roleOf, timeZoneOf } from './values.ts'

/** A row, and whom it makes. */
export interface Person {
  readonly line: number
  /** The one who is there already; undefined for somebody new. */
  readonly row: EntityRow | undefined
  /** As it would be saved; null while it is not known who is meant. */
  readonly user: User | null
  readonly groups: readonly string[]
  /** Somebody of a line before is meant once more. */
  readonly isRepeated: boolean
  readonly problems: Text[]
}

/** By what those who are there already are found. */
class Known {
  readonly #view: WorkspaceView
  readonly #logins = new Map<string, string>()
  readonly #emails = new Map<string, string | null>()
  readonly #phones = new Map<string, string | null>()

  constructor(view: WorkspaceView) {
    this.#view = view
    for (const { login, email, phone } of view.people.values()) {
      this.#logins.set(login.toLowerCase(), login)
      note(this.#emails, email?.toLowerCase(), login)
      note(this.#phones, phone === undefined ? undefined : phoneKey(phone), login)
    }
  }

  /** The login of who is meant: by login, else by e-mail, else by phone; undefined for nobody. */
  find({ login, email, phone }: Cells): string | undefined {
    if (login !== undefined) return this.#view.people.has(login) ? login : this.#logins.get(login.toLowerCase())
    const byEmail = email === undefined ? undefined : this.#emails.get(email.toLowerCase())
    return byEmail ?? (phone === undefined ? undefined : this.#phones.get(phoneKey(phone))) ?? undefined
  }

  has(login: string): boolean {
    return this.#logins.has(login.toLowerCase())
  }
}

/** What belongs to two is nobody's: null. */
function note(map: Map<string, string | null>, key: string | undefined, login: string): void {
  if (key !== undefined && key !== '') map.set(key, map.has(key) && map.get(key) !== login ? null : login)
}

/** The people of a file, each with what is wrong with their row. */
export function peopleOf(columns: readonly Column[], rows: readonly TableRow[], view: WorkspaceView): Person[] {
  const known = new Known(view)
  const lines = new Map<string, number>()
  const drafts = rows.map(({ line, cells: row }) => {
    const cells = cellsOf(columns, row)
    const problems: Text[] = []
    let isRepeated = false
    const login = known.find(cells) ?? cells.login ?? madeLogin(cells, lines, known)
    if (login === undefined) problems.push(NOBODY)
    else {
      const first = lines.get(login.toLowerCase())
      isRepeated = first !== undefined
      if (first !== undefined) problems.push(TWICE(login, first))
      else lines.set(login.toLowerCase(), line)
    }
    return { line, cells, login, isRepeated, problems }
  })
  const heads = headsOf(drafts, view)
  const telegram = [...view.channels.values()].find(({ settings }) => settings.kind === 'telegram')?.name
  return drafts.map(({ line, cells, login, isRepeated, problems }) => {
    const row = login === undefined ? undefined : view.rowByKey('users', login)
    if (row?.origin === 'file') problems.push(OF_THE_FILE(row.key))
    const before = row === undefined ? undefined : (JSON.parse(row.body) as User)
    const given = fieldsOf(cells, heads, before, telegram, problems)
    const user = login === undefined ? null : { ...before, login: before?.login ?? login, ...given }
    const groups = cells.groups === undefined ? [] : listOf(cells.groups)
    for (const name of groups)
      if (view.rowByKey('groups', name)?.origin === 'file' && !isIn(name, user?.login, view))
        problems.push(OF_THE_FILE(name))
    return { line, row, user, groups, isRepeated, problems }
  })
}

/** Whether somebody is a member of a group itself. */
export const isIn = (group: string, login: string | undefined, view: WorkspaceView): boolean =>
  login !== undefined && view.groups.get(group)?.users?.includes(login) === true

/** The left part of the address; a number is added where it is taken. */
function madeLogin({ email }: Cells, lines: ReadonlyMap<string, number>, known: Known): string | undefined {
  const left = /^([^@\s]+)@/.exec(email ?? '')?.[1]
  if (left === undefined) return undefined
  const isTaken = (login: string): boolean => known.has(login) || lines.has(login.toLowerCase())
  for (let n = 1; ; n += 1) {
    const login = n === 1 ? left : `${left}${n}`
    if (!isTaken(login)) return login
  }
}

type Heads = ReadonlyMap<string, string | null>

/** Logins by everything a head may be called: login, e-mail or name, of those who are there and those of the file. */
function headsOf(
  drafts: readonly { readonly cells: Cells; readonly login: string | undefined }[],
  view: WorkspaceView,
): Heads {
  const heads = new Map<string, string | null>()
  const names = new Map<string, string | null>()
  const add = (login: string, name?: string, email?: string): void => {
    note(names, name?.toLowerCase(), login)
    note(names, email?.toLowerCase(), login)
  }
  for (const { login, name, email } of view.people.values()) add(login, name, email)
  for (const { login, cells } of drafts) if (login !== undefined) add(login, cells.name, cells.email)
  for (const [key, login] of names) heads.set(key, login)
  // A login means its owner, whatever others are called.
  for (const login of view.people.keys()) heads.set(login.toLowerCase(), login)
  for (const { login } of drafts) if (login !== undefined) heads.set(login.toLowerCase(), login)
  return heads
}

/** What the cells say of a person; what cannot be understood is told. */
function fieldsOf(
  cells: Cells,
  heads: Heads,
  before: User | undefined,
  telegram: string | undefined,
  problems: Text[],
): Partial<User> {
  const { name, phone, email, extension, mattermost } = cells
  const fields: Record<string, unknown> = { name, phone: phone?.replaceAll('.', '-'), email, extension }
  if (mattermost !== undefined) fields['mattermost'] = mattermost.replace(/^@/, '')
  if (cells.timeZone !== undefined) fields['timeZone'] = timeZoneOf(cells.timeZone)
  if (cells.roles !== undefined) fields['roles'] = rolesOf(cells.roles, problems)
  if (cells.language !== undefined) {
    fields['language'] = languageOf(cells.language)
    if (fields['language'] === undefined) problems.push(NO_LANGUAGE(cells.language))
  }
  if (cells.head !== undefined) {
    const head = heads.get(cells.head.toLowerCase())
    if (head === undefined || head === null) problems.push(NO_HEAD(cells.head, head === null))
    else fields['head'] = head
  }
  if (cells.telegram !== undefined) {
    if (telegram === undefined) problems.push(NO_BOT)
    else fields['contacts'] = withChat(before?.contacts ?? [], telegram, cells.telegram)
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function rolesOf(text: string, problems: Text[]): Role[] {
  return listOf(text).flatMap((each) => {
    const role = roleOf(each)
    if (role === undefined) problems.push(NO_ROLE(each))
    return role ?? []
  })
}

/** The contacts with this chat of the bot; others of the person stay. */
function withChat(contacts: readonly Contact[], channel: string, chat: string): Contact[] {
  const index = contacts.findIndex((each) => each.channel === channel)
  if (index < 0) return [...contacts, { channel, chat }]
  if (String(contacts[index]!.chat) === chat) return [...contacts]
  return contacts.with(index, { channel, chat })
}

/** A group as it would be with the people a file puts into it; null when it has them all. */
export function groupWith(name: string, logins: readonly string[], view: WorkspaceView): Group | null {
  const before = view.groups.get(name)
  const members = new Set(before?.users)
  const more = logins.filter((login) => !members.has(login))
  if (before !== undefined && more.length === 0) return null
  return { ...before, name, users: [...members, ...more] }
}

const NOBODY: Text = {
  ru: 'Непонятно, кто это: нужен логин или e-mail',
  en: 'It is not clear who this is: a login or an e-mail address is needed',
}
const TWICE = (login: string, line: number): Text => ({
  ru: `«${login}» уже есть в строке ${line}`,
  en: `"${login}" is in line ${line} already`,
})
const OF_THE_FILE = (key: string): Text => ({
  ru: `«${key}» описано в файле конфигурации: измените его там`,
  en: `"${key}" comes from the configuration file: change it there`,
})
const NO_HEAD = (name: string, several: boolean): Text =>
  several
    ? {
        ru: `руководителей «${name}» несколько: впишите логин`,
        en: `there are several heads "${name}": write the login`,
      }
    : {
        ru: `руководителя «${name}» нет ни среди людей, ни в файле`,
        en: `the head "${name}" is neither among the people nor in the file`,
      }
const NO_BOT: Text = {
  ru: 'чат Telegram записать некуда: сначала добавьте бота в каналы',
  en: 'there is nowhere to put a Telegram chat: add a bot to the channels first',
}
