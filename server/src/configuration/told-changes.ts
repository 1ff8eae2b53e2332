/*
 * What a save changed, as events: `user.created` and its like for people, `system.settings.changed` for everything else.
 * Pure. An event may reach a chat, so nothing secret is in it: a secret that changed is named, and its value is not.
 */
import { CHANNEL_KINDS, type ChannelKindName } from '@nabat/api/channel.ts'
import type { User } from '@nabat/api/configuration.ts'
import type { EntityWrite } from '../store/store.ts'
import { sameJson } from './plan.ts'
import { secretReference, takeSecrets } from './references.ts'
import type { WorkspaceSettings, WorkspaceView } from './view.ts'

/** An event about a save, ready to be raised. */
export interface ToldChange {
  readonly type: string
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What a save writes, as far as it is told. */
export interface Saved {
  readonly writes: readonly EntityWrite[]
  /** The settings of the workspace when they change, else null. */
  readonly settings: WorkspaceSettings | null
  /** Names of secrets whose value is another than before. */
  readonly newSecrets: ReadonlySet<string>
  /** Version of the configuration after it. */
  readonly version: number
}

type Entity = Readonly<Record<string, unknown>>
type Scalar = string | number | boolean | null
interface Change {
  readonly field: string
  readonly from?: Scalar | Scalar[]
  readonly to?: Scalar | Scalar[]
}

/** An apply may change thousands; whoever is told of fifty looks up the rest. */
const MOST_TOLD = 50
const MOST_CHANGES = 50
/** Characters of all changes of an event together: `data` has its limit, and a message is for reading. */
const MOST_TEXT = 8_000
const LONGEST_VALUE = 200
const LONGEST_LIST = 20
const SECRET = '[secret]'

/** One event for each entity that changed, at most fifty, and then one that says how many more. `view`: as it was before. */
export function toldChanges(saved: Saved, view: WorkspaceView): ToldChange[] {
  const told: ToldChange[] = []
  if (saved.settings !== null) {
    const about = { section: 'workspace', name: view.name, action: 'changed' }
    const changes = changesOf(view.settings, saved.settings, new Set())
    told.push(settingsChanged(view.name, { ...about, ...changes, version: saved.version }))
  }
  const writes = saved.writes.map((write) => ({ write, before: beforeOf(write, view) })).filter(differs(saved))
  for (const { write, before } of writes.slice(0, MOST_TOLD - told.length)) told.push(toldOf(write, before, saved))
  const more = writes.length + (saved.settings === null ? 0 : 1) - told.length
  if (more > 0) told.push(settingsChanged('…', { section: '…', more, version: saved.version }))
  return told
}

const settingsChanged = (subject: string, data: ToldChange['data']): ToldChange => ({
  type: 'system.settings.changed',
  subject,
  data,
})

interface Written {
  readonly write: EntityWrite
  readonly before: Entity | null
}

/** The entity as it was; a secret that was stored in plain by an earlier version is taken out. */
function beforeOf({ section, id, key }: EntityWrite, view: WorkspaceView): Entity | null {
  const row = id === null ? undefined : view.entities.get(section)?.get(id)
  if (row === undefined) return null
  const entity = JSON.parse(row.body) as Entity
  if (section !== 'channels') return entity
  return takeSecrets(entity, CHANNEL_KINDS[entity['kind'] as ChannelKindName], key, new Map())
}

/** A write that only hands an entity over to the file changes nothing anybody has to know of. */
const differs =
  ({ newSecrets }: Saved) =>
  ({ write: { body }, before }: Written): boolean =>
    body === null || before === null || !sameJson(before, JSON.parse(body)) || holdsOne(body, newSecrets)

const holdsOne = (body: string, secrets: ReadonlySet<string>): boolean =>
  [...secrets].some((name) => body.includes(secretReference(name)))

function toldOf({ section, key, body }: EntityWrite, before: Entity | null, saved: Saved): ToldChange {
  const after = body === null ? null : (JSON.parse(body) as Entity)
  if (section === 'users') return personChanged(before as User | null, after as User | null)
  const action = before === null ? 'created' : after === null ? 'removed' : 'changed'
  const changes = changesOf(before ?? {}, after ?? {}, saved.newSecrets)
  return settingsChanged(key, { section, name: key, action, ...changes, version: saved.version })
}

function personChanged(before: User | null, after: User | null): ToldChange {
  const step = before === null ? 'created' : after === null ? 'deleted' : 'edited'
  const { login, name, roles } = (after ?? before)!
  const data = {
    user: login,
    ...(name === undefined ? {} : { name }),
    ...(roles === undefined || roles.length === 0 ? {} : { roles }),
    ...(step === 'edited' ? changesOf(before!, after!, new Set()) : {}),
  }
  return { type: `user.${step}`, subject: login, data }
}

/** Field by field, nested ones by their path: `when.all.0.value`. */
function changesOf(
  before: object,
  after: object,
  newSecrets: ReadonlySet<string>,
): { readonly changes?: readonly Change[] } {
  const was = flat(before)
  const is = flat(after)
  const changes: Change[] = []
  let text = 0
  for (const field of new Set([...is.keys(), ...was.keys()])) {
    const change = changeOf(
      field.slice(0, LONGEST_VALUE).toWellFormed() || '?',
      was.get(field),
      is.get(field),
      newSecrets,
    )
    if (change === null) continue
    text += JSON.stringify(change).length
    if (changes.length === MOST_CHANGES || text > MOST_TEXT) break
    changes.push(change)
  }
  return changes.length === 0 ? {} : { changes }
}

function changeOf(
  field: string,
  from: Scalar | Scalar[] | undefined,
  to: Scalar | Scalar[] | undefined,
  newSecrets: ReadonlySet<string>,
): Change | null {
  if (JSON.stringify(from) === JSON.stringify(to)) {
    const isNew = typeof to === 'string' && holdsOne(to, newSecrets)
    return isNew ? { field, from: SECRET, to: SECRET } : null
  }
  return {
    field,
    ...(from === undefined ? {} : { from: shortened(from) }),
    ...(to === undefined ? {} : { to: shortened(to) }),
  }
}

/** The values of an entity by their paths; a list of plain values is one value. */
function flat(value: unknown, path = '', into = new Map<string, Scalar | Scalar[]>()): typeof into {
  const isScalar = (each: unknown): boolean => typeof each !== 'object' || each === null
  if (isScalar(value)) into.set(path, value as Scalar)
  else if (Array.isArray(value) && value.length > 0 && value.every(isScalar)) into.set(path, value as Scalar[])
  else
    for (const [name, each] of Object.entries(value as object)) flat(each, path === '' ? name : `${path}.${name}`, into)
  return into
}

function shortened(value: Scalar | Scalar[]): Scalar | Scalar[] {
  if (Array.isArray(value)) {
    const some = value.slice(0, LONGEST_LIST).map((each) => shortened(each) as Scalar)
    return value.length > LONGEST_LIST ? [...some, '…'] : some
  }
  if (typeof value !== 'string' || value.length <= LONGEST_VALUE) return value
  return `${value.slice(0, LONGEST_VALUE).toWellFormed()}…`
}
