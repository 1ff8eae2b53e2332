import type { DeviceHolder, DeviceRow, DeviceStore, DeviceWrite } from '../devices.ts'
import type { Connections, Row, Session, Statement } from './connection.ts'

const OF: Statement = {
  name: 'devices_of',
  text: 'select * from devices where workspace = $1 and card = $2 order by used_at desc, id',
}
const SAME: Statement = {
  name: 'cards_of_device',
  text: 'select card from devices where workspace = $1 and endpoint = any($2::text[])',
}
// Of two who add or remove devices of somebody at once, the second sees what the first has left.
const LOCK: Statement = {
  name: 'lock_device_holders',
  text: `insert into device_holders as h (workspace, card, holds, version)
    select $1, n.card, 0, 0 from unnest($2::int[]) as n (card) order by n.card
    on conflict (workspace, card) do update set holds = h.holds`,
}
const TAKE: Statement = {
  name: 'take_devices',
  text: 'delete from devices where workspace = $1 and endpoint = any($2::text[])',
}
const ADD: Statement = {
  name: 'add_device',
  text: `insert into devices (workspace, card, id, account, session, endpoint, p256dh, auth, title, agent, added_at, used_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
}
const REMOVE: Statement = {
  name: 'remove_devices',
  text: 'delete from devices where workspace = $1 and card = $2 and id = any($3::uuid[]) returning 1',
}
const RENAME: Statement = {
  name: 'rename_device',
  text: 'update devices set title = $4 where workspace = $1 and card = $2 and id = $3 returning 1',
}
const MEMBERS: Statement = {
  name: 'members_with_devices',
  text: 'select workspace, card from members where account = $1 order by workspace',
}
const OF_SESSION: Statement = {
  name: 'devices_of_session',
  text: 'select id from devices where workspace = $1 and card = $2 and account = $3 and session = $4',
}
const OF_OTHER_SESSIONS: Statement = {
  name: 'devices_of_other_sessions',
  text: `select id from devices where workspace = $1 and card = $2 and account = $3
    and session is distinct from $4`,
}
const CHANGED: Statement = {
  name: 'changed_device_holders',
  text: `select h.card, d.there from device_holders h
      cross join lateral (select exists (select 1 from devices where workspace = $1 and card = h.card) as there) d
    where h.workspace = $1 and h.card = any($2::int[]) and (h.holds = 1) <> d.there order by h.card`,
}
const BUMP: Statement = {
  name: 'bump_version_for_devices',
  text: 'update workspaces set version = version + 1 where id = $1 returning version',
}
const HOLD: Statement = {
  name: 'set_device_holder',
  text: 'update device_holders set holds = $3, version = $4 where workspace = $1 and card = $2',
}
const FORGET: Statement = {
  name: 'forget_devices_of_cards',
  text: 'delete from devices where workspace = $1 and card = any($2::int[])',
}
const FORGET_HOLDERS: Statement = {
  name: 'forget_device_holders',
  text: 'update device_holders set holds = 0, version = $3 where workspace = $1 and card = any($2::int[]) and holds = 1',
}
const SINCE: Statement = {
  name: 'device_holders_since',
  text: 'select card, holds from device_holders where workspace = $1 and version > $2',
}
const READ: Statement = {
  name: 'mark_delivery_read',
  text: `update deliveries set read_at = $4 where workspace = $1 and recipient = $2 and read_at is null and id = any(array(
      select $3::uuid
      union select id from deliveries where workspace = $1 and digest = $3
      union select o.id from deliveries d
        join events e on e.workspace = d.workspace and e.id = d.event
        join incidents i on i.workspace = d.workspace and i.key = e.incident
        join deliveries o on o.workspace = d.workspace and o.event = i.opened_by
      where d.workspace = $1 and d.id = $3 and d.recipient = $2)) returning 1`,
}
const KEEP_MARK: Statement = {
  name: 'keep_mark',
  text: `insert into marks as m (name, value) values ($1, $2)
    on conflict (name) do update set value = m.value returning value`,
}

/** The port's part about devices; `saved`: the configuration of a workspace has another version. */
export const deviceTable = (connections: Connections, saved: (workspace: number) => void): DeviceStore => {
  const changing = <T>(workspace: number, change: (session: Session) => Promise<T>): Promise<T> =>
    connections.transaction(async (session) => {
      session.onCommit(() => saved(workspace))
      return change(session)
    })
  return {
    devicesOf: async (workspace, card) => (await connections.one('writes', OF, [workspace, card])).map(deviceRow),
    putDevice: (write) => changing(write.workspace, (session) => putDevice(session, write)),
    renameDevice: async (workspace, card, id, title) =>
      (await connections.one('writes', RENAME, [workspace, card, id, title])).length > 0,
    removeDevices: (workspace, card, ids) =>
      changing(workspace, (session) => removeDevices(session, workspace, card, ids)),
    markRead: async (workspace, recipient, delivery, at) =>
      (await connections.one('writes', READ, [workspace, recipient, delivery, at])).length > 0,
    keepMark: async (name, value) =>
      (await connections.one('writes', KEEP_MARK, [name, value]))[0]!['value'] as Uint8Array,
  }
}

async function putDevice(session: Session, write: DeviceWrite): Promise<{ device: DeviceRow; made: boolean }> {
  const { workspace, card, device, title, named, replaces, most } = write
  const endpoints = replaces === null ? [device.endpoint] : [device.endpoint, replaces]
  const others = (await session.query(SAME, [workspace, endpoints])).map((row) => row['card'] as number)
  const cards = [...new Set([card, ...others])]
  await session.query(LOCK, [workspace, cards])
  const own = (await session.query(OF, [workspace, card])).map(deviceRow)
  const before = own.find(({ endpoint }) => endpoints.includes(endpoint))
  const kept = { ...device, id: before?.id ?? device.id, addedAt: before?.addedAt ?? device.addedAt }
  const row = { ...kept, title: title ?? before?.title ?? named }
  // Whoever had this browser before has it no more; the row that is written anew goes as well.
  await session.query(TAKE, [workspace, endpoints])
  await session.query(ADD, [
    ...[workspace, card, row.id, row.account, row.session, row.endpoint, row.p256dh, row.auth],
    ...[row.title, row.agent, row.addedAt, row.usedAt],
  ])
  const tooMany = (await session.query(OF, [workspace, card])).slice(most).map((each) => each['id'])
  if (tooMany.length > 0) await session.query(REMOVE, [workspace, card, tooMany])
  await noteHolders(session, workspace, cards)
  return { device: row, made: before === undefined }
}

async function removeDevices(
  session: Session,
  workspace: number,
  card: number,
  ids: readonly unknown[],
): Promise<number> {
  await session.query(LOCK, [workspace, [card]])
  const removed = await session.query(REMOVE, [workspace, card, ids])
  await noteHolders(session, workspace, [card])
  return removed.length
}

/** Raises the version of the configuration where somebody has got a first device, or lost the last one. */
async function noteHolders(session: Session, workspace: number, cards: readonly number[]): Promise<void> {
  const changed = await session.query(CHANGED, [workspace, cards])
  if (changed.length === 0) return
  const [raised] = await session.query(BUMP, [workspace])
  for (const row of changed)
    await session.query(HOLD, [workspace, row['card'], row['there'] === true ? 1 : 0, raised!['version']])
}

/** Sessions of an account have ended: the browsers they were in take nothing more. */
export async function endDevices(
  session: Session,
  account: number,
  which: { readonly only: string } | { readonly except: string | null },
): Promise<void> {
  for (const member of await session.query(MEMBERS, [account])) {
    const [workspace, card] = [member['workspace'] as number, member['card'] as number]
    const [statement, named] = 'only' in which ? [OF_SESSION, which.only] : [OF_OTHER_SESSIONS, which.except]
    const found = await session.query(statement, [workspace, card, account, named])
    if (found.length > 0)
      await removeDevices(
        session,
        workspace,
        card,
        found.map((row) => row['id']),
      )
  }
}

/** Cards were removed, as of a version of the configuration: what took messages for them does so no more. */
export async function forgetDevices(
  session: Session,
  workspace: number,
  cards: readonly number[],
  version: number,
): Promise<void> {
  if (cards.length === 0) return
  await session.query(FORGET, [workspace, cards])
  await session.query(FORGET_HOLDERS, [workspace, cards, version])
}

/** Who has got a first device, or lost the last one, since a version. */
export const holdersSince = async (session: Session, workspace: number, version: number): Promise<DeviceHolder[]> =>
  (await session.query(SINCE, [workspace, version])).map((row) => ({
    card: row['card'] as number,
    holds: row['holds'] === 1,
  }))

const deviceRow = (row: Row): DeviceRow => ({
  id: row['id'] as string,
  account: row['account'] as number,
  session: row['session'] as string,
  endpoint: row['endpoint'] as string,
  p256dh: row['p256dh'] as string,
  auth: row['auth'] as Uint8Array,
  title: row['title'] as string,
  agent: row['agent'] as string | null,
  addedAt: row['added_at'] as number,
  usedAt: row['used_at'] as number,
})
