/*
 * Finding people: by what is typed, role, group, and how they are reached. Over the view of the configuration, without the
 * store: a hundred thousand people are looked through at each letter that is typed.
 */
import type { User } from '@nabat/api/configuration.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { EntityRow } from '../store/store.ts'
import { reachOf, type IsDown } from './reachability.ts'

/** People looked at between two looks at everything else this process has to do. */
const AT_ONCE = 2_000
const KEY_LENGTH = 60

/** Which people are wanted; what is left out narrows nothing. */
export interface PeopleQuery {
  /** In the name, login, phone, e-mail address, extension or name in Mattermost. */
  readonly q?: string
  readonly role?: string
  /** Members of the groups below it are members of it. */
  readonly group?: string
  readonly state?: 'works' | 'left' | 'reachable' | 'unreachable'
  /** `clients`: those whose only role is client; `staff`: all others. */
  readonly who?: 'staff' | 'clients'
}

/** Whether somebody is but a contact of a client company. */
export const isClient = ({ roles }: User): boolean =>
  roles !== undefined && roles.length > 0 && roles.every((role) => role === 'client')

/** Digits of a phone number without what people write in front of it: +7 and 8 are the same. */
const phoneDigits = (text: string): string => text.replaceAll(/\D/g, '').replace(/^[78](?=\d{10}$)/, '')

/** Capitals and ё make no difference to who looks for somebody. */
const plain = (text: string): string => text.toLowerCase().replaceAll('ё', 'е')

const texts = new WeakMap<User, string>()

/** All of a person that is looked through, in one text. */
function textOf(person: User): string {
  const known = texts.get(person)
  if (known !== undefined) return known
  const { name, login, email, phone, extension, mattermost } = person
  const digits = phone === undefined ? undefined : phoneDigits(phone)
  const parts = [name, login, email, extension, mattermost, digits].filter((part) => part !== undefined)
  const text = plain(parts.join('\n'))
  texts.set(person, text)
  return text
}

/** Every word that was typed must be somewhere; a phone may be written in any way. */
export function fits(person: User, q: string): boolean {
  const text = textOf(person)
  if (/^[\d\s()+-]{4,}$/.test(q)) {
    const digits = q.replaceAll(/\D/g, '')
    // Typed in part: a 7 or 8 in front may be how a number begins, or one of its digits.
    if (text.includes(digits) || text.includes(digits.replace(/^[78]/, ''))) return true
  }
  return plain(q)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** By what people are put in order: the name, else the login. */
export const orderKey = ({ name, login }: User): string => plain(name ?? login).slice(0, KEY_LENGTH)

interface Ordered {
  readonly version: number
  readonly rows: readonly EntityRow[]
}
const ordered = new WeakMap<WorkspaceView, Ordered>()

/** Cards of all people by their names; put in order once for each state of the configuration. */
function byName(view: WorkspaceView): readonly EntityRow[] {
  const known = ordered.get(view)
  if (known?.version === view.version) return known.rows
  const keys = view.rows('users').map((row) => ({ row, key: orderKey(view.people.get(row.key)!) }))
  keys.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.id - b.row.id))
  const rows = keys.map(({ row }) => row)
  ordered.set(view, { version: view.version, rows })
  return rows
}

/** The place of somebody in the order by name: what a page of the list ends with. */
export const cursorOf = (row: EntityRow, view: WorkspaceView): string => {
  const person = view.people.get(row.key)
  return `${row.id}.${person === undefined ? '' : orderKey(person)}`
}

/** Whether a card stands behind the place that a cursor names. */
function isBehind(row: EntityRow, person: User, after: string): boolean {
  const dot = after.indexOf('.')
  const key = after.slice(dot + 1)
  const own = orderKey(person)
  return own > key || (own === key && row.id > Number(after.slice(0, dot)))
}

/** Cards that fit a query, by name or by their ids, from behind a place on; one after the other, as far as they are asked for. */
export async function* peopleFitting(
  view: WorkspaceView,
  query: PeopleQuery,
  order: 'name' | 'id',
  after: string | undefined,
  isDown: IsDown,
): AsyncGenerator<EntityRow> {
  const { q, role, group, state, who } = query
  const members = group === undefined ? undefined : new Set(view.membersOf(group))
  const rows = order === 'name' ? byName(view) : view.rows('users')
  for (const [index, row] of rows.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
    const person = view.people.get(row.key)
    if (person === undefined) continue
    if (after !== undefined && (order === 'id' ? row.id <= Number(after) : !isBehind(row, person, after))) continue
    if (members !== undefined && !members.has(row.key)) continue
    if (role !== undefined && !(person.roles ?? []).some((each) => each === role)) continue
    if (who !== undefined && isClient(person) !== (who === 'clients')) continue
    if (q !== undefined && !fits(person, q)) continue
    if (state !== undefined && !isInState(person, state, view, isDown)) continue
    yield row
  }
}

function isInState(
  person: User,
  state: NonNullable<PeopleQuery['state']>,
  view: WorkspaceView,
  isDown: IsDown,
): boolean {
  const works = person.enabled !== false
  if (state === 'works' || state === 'left') return works === (state === 'works')
  return works && (reachOf(person, view, isDown).fault === null) === (state === 'reachable')
}
