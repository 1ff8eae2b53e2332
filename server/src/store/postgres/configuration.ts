import type { Section } from '@nabat/api/configuration.ts'
import type { ConfigurationChanges, ConfigurationWrite, EntityRow, EntityWrite, Woken, WorkspaceRow } from '../store.ts'
import { lookAgain } from './claim.ts'
import { columns, type Connections, type Row, type Session, type Statement } from './connection.ts'
import { forgetDevices, holdersSince } from './devices.ts'
import { clearInboxes } from './inbox.ts'
import { stateOf } from './workspaces.ts'

/** Section name under which changes of the workspace's own settings are listed. */
const WORKSPACE_SECTION = 'workspace'

const WORKSPACES: Statement = { name: 'workspaces', text: 'select * from workspaces order by id' }
const WORKSPACE: Statement = { name: 'workspace', text: 'select * from workspaces where id = $1' }
// Waits for those who accept by the version before.
const LOCK: Statement = { name: 'lock_workspace', text: 'select * from workspaces where id = $1 for update' }
const ENTITIES: Statement = {
  name: 'entities_since',
  text: `select * from entities where workspace = $1 and version > $2 and (removed = 0 or $2 > 0)
    order by section, id`,
}
const DESTINATIONS: Statement = {
  name: 'destinations_since',
  text: 'select * from destinations where workspace = $1 and version > $2 and version > 0 order by id',
}
// A file may bring ten thousand entities, and everybody who accepts waits meanwhile: each step is one statement.
const BEFORE: Statement = {
  name: 'entities_before',
  text: `select e.section, e.id, e.key, e.body from unnest($2::text[], $3::int[]) as n (section, id)
    join entities e on e.workspace = $1 and e.section = n.section and e.id = n.id where e.removed = 0`,
}
const NUMBERS: Statement = { name: 'numbers', text: "select nextval('numbers') as id from generate_series(1, $1::int)" }
const INSERT: Statement = {
  name: 'insert_entities',
  text: `insert into entities (workspace, section, id, key, body, origin, version)
    select $1, n.section, n.id, n.key, n.body, n.origin, $2
    from unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::text[]) as n (section, id, key, body, origin)`,
}
const GIVE_UP_NAMES: Statement = {
  name: 'give_up_names',
  text: `update entities e set removed = 1 from unnest($2::text[], $3::int[]) as n (section, id)
    where e.workspace = $1 and e.section = n.section and e.id = n.id`,
}
const UPDATE: Statement = {
  name: 'update_entities',
  text: `update entities e set key = n.key, body = coalesce(n.body, e.body), origin = n.origin, version = $2,
      removed = case when n.body is null then 1 else 0 end
    from unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::text[]) as n (section, id, key, body, origin)
    where e.workspace = $1 and e.section = n.section and e.id = n.id`,
}
const CHANGES: Statement = {
  name: 'insert_changes',
  text: `insert into changes (workspace, version, at, by, comment, n, section, entity, key, before, after)
    select $1, $2, $3, $4, $5, c.* from unnest($6::int[], $7::text[], $8::int[], $9::text[], $10::text[], $11::text[]) as c`,
}
const SECRET: Statement = {
  name: 'put_secret',
  text: `insert into secrets (workspace, name, sealed) values ($1, $2, $3)
    on conflict (workspace, name) do update set sealed = excluded.sealed`,
}
const SECRETS: Statement = {
  name: 'secrets',
  text: 'select name, sealed from secrets where workspace = $1 order by name',
}
const RAISE: Statement = {
  name: 'raise_version',
  text: `update workspaces set version = $2, settings = coalesce($3, settings), file = coalesce($4, file) where id = $1`,
}

export async function workspaces(connections: Connections): Promise<WorkspaceRow[]> {
  return (await connections.one('writes', WORKSPACES)).map(workspaceRow)
}

/** What has changed since a version, as of one moment; throws when there is no such workspace. */
export async function configurationSince(
  session: Session,
  workspace: number,
  version: number,
): Promise<ConfigurationChanges> {
  const [row] = await session.query(WORKSPACE, [workspace])
  if (row === undefined) throw new Error(`no workspace ${workspace}`)
  return {
    workspace: workspaceRow(row),
    entities: (await session.query(ENTITIES, [workspace, version])).map(entityRow),
    destinations: (await session.query(DESTINATIONS, [workspace, version])).map((found) => ({
      id: found['id'] as number,
      channel: found['channel'] as number,
      address: found['address'] as string,
      disabled:
        found['disabled_at'] === null
          ? null
          : {
              at: found['disabled_at'] as number,
              reason: found['reason'] as string,
              detail: found['detail'] as string,
            },
    })),
    holders: await holdersSince(session, workspace, version),
  }
}

/** Writes the configuration, with a row for each change. */
export async function writeConfiguration(
  session: Session,
  write: ConfigurationWrite,
): Promise<{ version: number; ids: number[]; woken: Woken[] } | 'conflict'> {
  const { workspace } = write
  const [row] = await session.query(LOCK, [workspace])
  if (row === undefined || row['version'] !== write.expect) return 'conflict'
  const version = write.expect + 1
  const changes: Change[] = []
  if (write.settings !== null && write.settings !== row['settings']) {
    const [key, before] = [row['name'] as string, row['settings'] as string]
    changes.push({ n: 0, section: WORKSPACE_SECTION, id: 0, key, before, after: write.settings })
  }
  const entities = await writeEntities(session, workspace, version, write.entities)
  const left = entities.filter(({ section, body }) => section === 'users' && body === null)
  await forgetDevices(
    session,
    workspace,
    left.map(({ id }) => id),
    version,
  )
  await clearInboxes(
    session,
    workspace,
    left.map(({ key }) => key),
  )
  for (const [index, { section, id, key, body: after, before }] of entities.entries())
    if (before !== after) changes.push({ n: index + 1, section, id, key, before, after })
  await session.query(CHANGES, [
    workspace,
    version,
    write.at,
    write.by,
    write.comment,
    ...columns(changes, 'n', 'section', 'id', 'key', 'before', 'after'),
  ])
  for (const { name, sealed } of write.secrets) await session.query(SECRET, [workspace, name, sealed])
  await session.query(RAISE, [workspace, version, write.settings, write.file])
  const woken: Woken[] = []
  for (const which of write.lookAgain) woken.push(...(await lookAgain(session, workspace, which, null, write.at)))
  return { version, ids: entities.map(({ id }) => id), woken }
}

interface Change {
  readonly n: number
  readonly section: string
  readonly id: number
  readonly key: string
  readonly before: string | null
  readonly after: string | null
}

/** An entity with its number, and its body before; null when it was not there. */
type Numbered = EntityWrite & { readonly id: number; readonly before: string | null }

async function writeEntities(
  session: Session,
  workspace: number,
  version: number,
  writes: readonly EntityWrite[],
): Promise<Numbered[]> {
  if (writes.length === 0) return []
  const known = writes.filter(({ id }) => id !== null)
  const rows = await session.query(BEFORE, [workspace, ...columns(known, 'section', 'id')])
  const befores = new Map(rows.map((row) => [`${row['section'] as string} ${row['id'] as number}`, row]))
  const beforeOf = ({ section, id }: EntityWrite): Row | undefined => befores.get(`${section} ${id}`)
  // A name is free for others of this write, so that two may change names with each other.
  const renamed = known.filter((one) => beforeOf(one) !== undefined && beforeOf(one)!['key'] !== one.key)
  await session.query(GIVE_UP_NAMES, [workspace, ...columns(renamed, 'section', 'id')])
  const numbers = await session.query(NUMBERS, [writes.length - known.length])
  let given = 0
  const entities = writes.map((one): Numbered => {
    const before = (beforeOf(one)?.['body'] as string | undefined) ?? null
    return { ...one, id: one.id ?? (numbers[given++]!['id'] as number), before }
  })
  for (const [statement, made] of [
    [UPDATE, false],
    [INSERT, true],
  ] as const) {
    const some = entities.filter((_, index) => (writes[index]!.id === null) === made)
    await session.query(statement, [workspace, version, ...columns(some, 'section', 'id', 'key', 'body', 'origin')])
  }
  return entities
}

export async function secrets(
  connections: Connections,
  workspace: number,
): Promise<{ name: string; sealed: Uint8Array }[]> {
  return (await connections.one('writes', SECRETS, [workspace])).map((row) => ({
    name: row['name'] as string,
    sealed: row['sealed'] as Uint8Array,
  }))
}

const workspaceRow = (row: Row): WorkspaceRow => ({
  id: row['id'] as number,
  name: row['name'] as string,
  settings: row['settings'] as string,
  version: row['version'] as number,
  file: row['file'] as string | null,
  ...stateOf(row),
})

const entityRow = (row: Row): EntityRow => ({
  section: row['section'] as Section,
  id: row['id'] as number,
  key: row['key'] as string,
  body: row['body'] as string,
  origin: row['origin'] as 'file' | 'api',
  version: row['version'] as number,
  removed: row['removed'] === 1,
})
