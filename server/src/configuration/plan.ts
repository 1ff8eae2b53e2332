/*
 * From what was handed in to what is written. Pure: the stored configuration (a view), the new one, and what it takes to
 * get from one to the other; every mistake is found before anything is written.
 */
import { CHANNEL_KINDS, type ChannelKindName, type ChannelSettings } from '@nabat/api/channel.ts'
import { SECTION_NAMES, SECTIONS, type Section, type Silence } from '@nabat/api/configuration.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import type { EntityWrite } from '../store/store.ts'
import { nearest, schemaProblem, validator } from '../schema-problems.ts'
import { silenceProblems, silenceTimeProblems } from './check-hours.ts'
import { meaningProblems, shapeProblems, workspaceProblems, type CheckWorld, type Names } from './check.ts'
import { fillIn, secretReference, takeSecrets } from './references.ts'
import type { WorkspaceView, WorkspaceSettings } from './view.ts'

type Entity = Readonly<Record<string, unknown>>

/** Something somebody wants stored: `entity` null removes it. `path`: where a mistake in it is shown. */
export interface Edit {
  readonly section: Section
  readonly id: number | null
  readonly entity: Entity | null
  readonly path: string
  readonly origin: 'file' | 'api'
  /** It was removed, and comes back under its id. */
  readonly restores?: true
  /** Only while this is the version of what is stored. */
  readonly ifVersion?: number
}

export interface Plan {
  readonly problems: readonly Problem[]
  readonly writes: readonly EntityWrite[]
  /** Literal secrets that must be sealed, by name. */
  readonly secrets: ReadonlyMap<string, string>
  readonly created: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

/** `rules/cameras to the duty chat`: how a report names an entity. */
const label = (section: Section, key: string): string => `${section}/${key}`

export const keyOf = (section: Section, entity: Entity): string => String(entity[SECTIONS[section].key])

/** Plans edits against a view: checks them all, takes secrets out, and leaves out what changes nothing. */
export function planEdits(edits: readonly Edit[], view: WorkspaceView, world: CheckWorld): Plan {
  const secrets = new Map<string, string>()
  const problems: Problem[] = []
  const shaped = edits.filter(({ section, entity, path }) => {
    const found = entity === null ? [] : shapeProblems(section, entity, path)
    problems.push(...found)
    return found.length === 0
  })
  problems.push(...sameKeys(shaped, view))
  const fill: CheckWorld = {
    ...world,
    sources: { ...world.sources, secret: (name) => secrets.get(name) ?? world.sources.secret(name) },
  }
  const prepared = shaped.map((edit) => {
    const before = edit.id === null ? undefined : view.entities.get(edit.section)?.get(edit.id)
    return { ...edit, entity: withoutSecrets(edit, before?.body, secrets, world) }
  })
  const misshapen = edits.filter((edit) => edit.entity !== null && !shaped.includes(edit))
  const names = namesAfter(prepared, misshapen, view, fill)
  for (const { section, entity, path } of prepared)
    if (entity !== null) problems.push(...meaningProblems(section, entity, path, names, fill))
  problems.push(...prepared.flatMap((edit) => timeProblems(edit, view, world)))
  for (const { section, entity, path } of misshapen)
    problems.push(...meaningOfMisshapen(section, entity!, path, names, fill))
  problems.push(...leftBehind(prepared, view, names, fill))
  const plan = {
    problems,
    writes: [] as EntityWrite[],
    secrets,
    created: [] as string[],
    changed: [] as string[],
    removed: [] as string[],
  }
  for (const edit of prepared) write(edit, view, plan, world)
  return plan
}

/** What is wrong with saving a silence at this time of all, as far as its times are right in themselves. */
function timeProblems({ section, id, entity, path, origin }: Edit, view: WorkspaceView, world: CheckWorld): Problem[] {
  if (section !== 'silences' || entity === null) return []
  const silence = entity as unknown as Silence
  if (silenceProblems(silence, path).length > 0) return []
  const row = id === null ? undefined : view.entities.get(section)?.get(id)
  const before = row === undefined ? undefined : (JSON.parse(row.body) as Silence)
  return silenceTimeProblems(silence, path, { before, origin, now: world.now, timeZone: world.timeZone })
}

/**
 * Secrets are stored by the name of their channel and stay when it is removed, so that it can come back with them. Another
 * channel of that name, made meanwhile, has its own under a name of their own.
 */
function withoutSecrets(
  { section, entity }: Edit,
  before: string | undefined,
  secrets: Map<string, string>,
  { sources }: CheckWorld,
): Entity | null {
  if (section !== 'channels' || entity === null) return entity
  const isOwn = (name: string): boolean => before?.includes(secretReference(name)) === true
  const called = (name: string): string => {
    for (let n = 1; ; n += 1) {
      const free = n === 1 ? name : `${name}.${n}`
      if (isOwn(free) || (sources.secret(free) === undefined && !secrets.has(free))) return free
    }
  }
  return takeSecrets(entity, CHANNEL_KINDS[entity['kind'] as ChannelKindName], keyOf(section, entity), secrets, called)
}

function write(
  { section, id, entity, origin, restores }: Edit,
  view: WorkspaceView,
  plan: Pick<Plan, 'secrets'> & { writes: EntityWrite[]; created: string[]; changed: string[]; removed: string[] },
  world: CheckWorld,
): void {
  const before = id === null ? undefined : view.entities.get(section)?.get(id)
  if (entity === null) {
    if (before === undefined) return
    plan.writes.push({ section, id, key: before.key, body: null, origin: before.origin })
    plan.removed.push(label(section, before.key))
    return
  }
  const key = keyOf(section, entity)
  const body = JSON.stringify(entity)
  const newSecret = [...plan.secrets].some(
    ([name, value]) => body.includes(`\${secret:${name}}`) && world.sources.secret(name) !== value,
  )
  const same = before !== undefined && sameJson(JSON.parse(before.body), entity) && !newSecret
  if (same && before.origin === origin) return
  // Somebody removed it meanwhile: what was to be changed is not there any more.
  if (before === undefined && id !== null && restores !== true) return
  plan.writes.push({ section, id, key, body, origin })
  if (before === undefined) plan.created.push(label(section, key))
  else if (!same) plan.changed.push(label(section, key))
}

/** Two entities of a section with one name: among what was handed in, or with what stays. */
function sameKeys(edits: readonly Edit[], view: WorkspaceView): Problem[] {
  const found: Problem[] = []
  const seen = new Set<string>()
  const gone = new Set(edits.map(({ section, id }) => `${section} ${id}`))
  for (const { section, entity, path, id } of edits) {
    if (entity === null) continue
    const key = keyOf(section, entity)
    const taken = view.rowByKey(section, key)
    const other = taken !== undefined && taken.id !== id && !gone.has(`${section} ${taken.id}`)
    const at = `${path}/${SECTIONS[section].key}`
    if (seen.has(label(section, key)) || other)
      found.push(
        problem(
          at,
          `Имя «${key}» уже занято, оно должно быть единственным`,
          `The name "${key}" is taken already, it must be unique`,
        ),
      )
    seen.add(label(section, key))
  }
  return found
}

/**
 * What else is wrong with an entity whose shape is wrong too, as far as it can be read. Of its own fields only what stands in
 * them: that one is missing follows from the mistake that was told.
 */
function meaningOfMisshapen(
  section: Section,
  entity: Entity,
  path: string,
  names: Names,
  world: CheckWorld,
): Problem[] {
  try {
    if (section === 'channels') return []
    const found = meaningProblems(section, entity, path, names, world)
    return found.filter((each) => each.path.slice(path.length).split('/').length > 2)
  } catch {
    return []
  }
}

/** Stored entities that would refer to what the edits take away. */
function leftBehind(edits: readonly Edit[], view: WorkspaceView, names: Names, world: CheckWorld): Problem[] {
  const gone = edits.some(({ section, id, entity }) => {
    const before = id === null ? undefined : view.entities.get(section)?.get(id)
    return before !== undefined && (entity === null || keyOf(section, entity) !== before.key)
  })
  if (!gone) return []
  const touched = new Set(edits.map(({ section, id }) => `${section} ${id}`))
  return SECTION_NAMES.flatMap((section) =>
    view
      .rows(section)
      .filter((row) => section !== 'channels' && !touched.has(`${section} ${row.id}`))
      .flatMap((row) => meaningProblems(section, JSON.parse(row.body), `/${label(section, row.key)}`, names, world)),
  )
}

/** What entities may refer to once the edits are made. */
function namesAfter(edits: readonly Edit[], misshapen: readonly Edit[], view: WorkspaceView, world: CheckWorld): Names {
  const after = new Map<Section, Map<string, Entity | null>>()
  for (const section of SECTION_NAMES) after.set(section, new Map())
  for (const { section, id, entity } of edits) {
    const before = id === null ? undefined : view.entities.get(section)?.get(id)
    if (before !== undefined) after.get(section)!.set(before.key, null)
    if (entity !== null) after.get(section)!.set(keyOf(section, entity), entity)
  }
  const stays = (section: Section, key: string, stored: boolean): boolean => {
    const edited = after.get(section)!.get(key)
    return edited === undefined ? stored : edited !== null
  }
  const channel = (name: string): ChannelSettings | undefined => {
    const edited = after.get('channels')!.get(name)
    if (edited === null) return undefined
    if (edited !== undefined) return fillIn(edited as unknown as ChannelSettings, world.sources)
    return view.channelByName(name)?.settings
  }
  const ownTypes = [...after.get('types')!].flatMap(([name, entity]) => (entity === null ? [] : [name]))
  const wrong = new Set(misshapen.map(({ section, entity }) => label(section, keyOf(section, entity ?? {}))))
  const broken = (section: Section, key: string): boolean => wrong.has(label(section, key))
  return {
    type: (name) => broken('types', name) || stays('types', name, view.type(name) !== undefined),
    types: () => [...Array.from(view.types(), ({ name }) => name), ...ownTypes],
    dataProblems: (name, data, path) => {
      const edited = after.get('types')!.get(name)
      if (edited !== undefined) return ownDataProblems(edited, data, path)
      const type = view.type(name)
      return type === undefined ? [] : view.dataProblems(type, data, path)
    },
    user: (login) => broken('users', login) || stays('users', login, view.people.has(login)),
    group: (name) => broken('groups', name) || stays('groups', name, view.groups.has(name)),
    channel,
    broken,
    channels: () => [
      ...new Set([...Array.from(view.channels.values(), ({ name }) => name), ...after.get('channels')!.keys()]),
    ],
  }
}

/** What is wrong with `data` of a type that is being edited; a schema with mistakes of its own is no further mistake. */
function ownDataProblems(type: Entity | null, data: unknown, path: string): Problem[] {
  const schema = type?.['data'] as object | undefined
  return schema === undefined || schemaProblem(schema, '').length > 0 ? [] : validator(schema)(data, path)
}

/** Names of the file's sections at its last apply, by section, in its order. */
export type FileNames = Partial<Record<Section, readonly string[]>> & { readonly workspace?: true }

/** The edits that make the stored configuration what a file says: what the file named before and names no longer goes. */
export function fileEdits(
  file: Readonly<Record<string, unknown>>,
  view: WorkspaceView,
): { edits: Edit[]; problems: Problem[]; names: FileNames } {
  const edits: Edit[] = []
  const problems: Problem[] = []
  const names: Partial<Record<Section, string[]>> = {}
  const known = ['workspace', ...SECTION_NAMES]
  for (const section of Object.keys(file).filter((name) => !known.includes(name))) {
    const near = nearest(section, known)
    problems.push(
      problem(
        `/${section}`,
        `Неизвестный раздел «${section}»${near === undefined ? '' : `; может быть, «${near}»?`}`,
        `Unknown section "${section}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      ),
    )
  }
  // A file that was cut off or made by a failed template: taken at its word it would remove everything.
  if (!known.some((name) => file[name] !== undefined && file[name] !== null))
    problems.push(
      problem(
        '',
        'Файл ничего не описывает: в нём нет ни одного раздела',
        'The file describes nothing: it has no section',
      ),
    )
  if (file['workspace'] !== undefined) problems.push(...workspaceProblems(file['workspace'], '/workspace'))
  for (const section of SECTION_NAMES) {
    const list = file[section] === undefined ? [] : file[section]
    if (!Array.isArray(list)) {
      problems.push(problem(`/${section}`, `«${section}» — это список`, `"${section}" is a list`))
      continue
    }
    const named = new Set<string>()
    for (const [index, entity] of (list as unknown[]).entries()) {
      const key = String((entity as Entity | null)?.[SECTIONS[section].key])
      named.add(key)
      const row = view.rowByKey(section, key)
      edits.push({
        section,
        id: row?.id ?? null,
        entity: entity as Entity,
        path: `/${section}/${index}`,
        origin: 'file',
      })
    }
    if (file[section] !== undefined) names[section] = [...named]
    for (const row of view.rows(section))
      if (row.origin === 'file' && !named.has(row.key))
        edits.push({ section, id: row.id, entity: null, path: `/${section}`, origin: 'file' })
  }
  return { edits, problems, names: file['workspace'] === undefined ? names : { ...names, workspace: true } }
}

/** The workspace's own settings as the file gives them. */
export function fileSettings(file: Readonly<Record<string, unknown>>): WorkspaceSettings | null {
  if (file['workspace'] === undefined) return null
  const { name: _name, ...settings } = file['workspace'] as { name: string } & WorkspaceSettings
  return settings
}

/** Whether two parsed values are equal, whatever the order of their fields. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => Object.hasOwn(b, name) && sameJson((a as Entity)[name], (b as Entity)[name]))
}
