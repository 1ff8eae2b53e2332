import type { Notice, Store, Woken } from '../store.ts'
import { writeRequests } from './accept.ts'
import { accessTable } from './access.ts'
import { botTable } from './bots.ts'
import { linkingTable } from './linking.ts'
import { secondFactorTable } from './second-factor.ts'
import { Claims, lookAgain } from './claim.ts'
import { configurationSince, secrets, workspaces, writeConfiguration } from './configuration.ts'
import { Connections, type Deadlines, type Statement } from './connection.ts'
import { acknowledge, cancel, retry } from './deliveries.ts'
import { Destinations } from './destinations.ts'
import { deviceTable } from './devices.ts'
import { forgetEvents, forgetLeftovers } from './forget.ts'
import { Fronts } from './fronts.ts'
import { Group } from './group.ts'
import { dropHours, reviveHours, writeHours } from './hours.ts'
import { clearInboxes, markInbox, putInbox } from './inbox.ts'
import { keyTable } from './keys.ts'
import { LostClaims } from './lost-claims.ts'
import { migrate } from './migrate.ts'
import { Node } from './nodes.ts'
import { Notices } from './notices.ts'
import { Partitions } from './partitions.ts'
import { read } from './read.ts'
import { FORGET_SENDS, recover } from './recover.ts'
import { scheduleTable } from './schedules.ts'
import { setDisabled, settle } from './settle.ts'
import { createWorkspace, deleteWorkspace, setWorkspaceState } from './workspaces.ts'

const PUT_FILE: Statement = {
  name: 'put_file',
  text: 'insert into files (workspace, id, name, media_type, size, content) values ($1, $2, $3, $4, $5, $6)',
}
const FILE: Statement = { name: 'file', text: 'select content from files where workspace = $1 and id = $2' }
const MARK: Statement = { name: 'mark', text: 'select value from marks where name = $1' }
const SET_MARK: Statement = {
  name: 'set_mark',
  text: 'insert into marks (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
}
// A select would pass on a server that only reads, or has no room; this one asks for room and gives it back.
const PING: Statement = {
  name: 'ping',
  text: `insert into marks (name, value) values ('ping', decode(repeat('00', 2048), 'hex'))
    on conflict (name) do update set value = excluded.value`,
}

/** The store of several nodes. `url`: postgres://…; the schema is brought up to date before it is given. */
export async function openPostgresStore(url: string, deadlines?: Deadlines): Promise<Store> {
  const connections = new Connections(url, deadlines)
  const partitions = new Partitions(connections)
  try {
    await migrate(connections)
    await partitions.ahead()
  } catch (error) {
    await connections.close()
    throw error
  }
  const destinations = new Destinations()
  const node = new Node(connections)
  const notices = new Notices(url, connections)
  const fronts = new Fronts()
  const claims = new Claims(connections, node, fronts)
  const lost = new LostClaims(connections, node, (rows) => fronts.lower(rows))
  const group = new Group((requests) =>
    connections.transaction((session) => writeRequests(session, destinations, requests)),
  )

  /** Notes what has become due, once it is written: a claim must not begin behind it. */
  const thenLower = async <T>(written: Promise<T>, woken: (result: T) => readonly Woken[]): Promise<T> => {
    const result = await written
    fronts.lower(woken(result))
    return result
  }
  const hear = (notice: Notice): void => {
    if (notice.kind === 'woken') fronts.lower(notice.woken)
    if (notice.kind === 'missed') fronts.forget()
  }

  /** Tells the other nodes of what concerns all of them, once it is written. */
  const thenTell = async <T>(written: Promise<T>, tell: (result: T) => readonly Notice[]): Promise<T> => {
    const result = await written
    for (const notice of tell(result)) notices.tell(notice)
    return result
  }
  const saved = (workspace: number): Notice[] => [{ kind: 'configuration', workspace }]
  const keys = keyTable(connections)
  const access = accessTable(connections)
  const ofAccount = (account: number): Notice[] => [{ kind: 'access', account }]

  return {
    dialect: async () => 'postgres',
    holdLeases: (beat) => node.beat(beat),
    leave: () => node.leave(),
    tell: (notice) => notices.tell(notice),
    listen: (call) =>
      notices.listen((notice) => {
        hear(notice)
        call(notice)
      }),

    accept: (request) => thenLower(group.accept(request), (result) => (result === 'stale' ? [] : result.woken)),
    claim: (wants, now) => lost.run(now, (at) => claims.claim(wants, now, at)),
    settle: (settlements, raised, now) =>
      thenTell(
        thenLower(
          connections.transaction((session) => settle(session, destinations, settlements, raised, now, node.id)),
          ({ woken }) => woken,
        ),
        // A destination was disabled: that is part of the configuration.
        () => settlements.flatMap((one) => (one.kind === 'end' && one.disable !== null ? saved(one.workspace) : [])),
      ),
    async recover(now) {
      const found = await connections.transaction((session) => recover(session, now))
      // What others had claimed waits again since long ago.
      fronts.forget()
      return found
    },
    claimExpired: (after, limit, now) => lost.run(now, (at) => claims.claimExpired(after, limit, now, at)),
    digestEvents: (workspace, delivery) => claims.digestEvents(workspace, delivery),
    destination: (workspace, id) => destinations.get(connections, workspace, id),

    cancelDeliveries: (workspace, ids, reason, now) =>
      thenLower(
        connections.transaction((session) => cancel(session, workspace, ids, reason, now)),
        ({ woken }) => woken,
      ),
    retryDeliveries: (workspace, ids, now, expiresAt) =>
      thenLower(
        connections.transaction(async (session) => {
          const retried = await retry(session, workspace, ids, now, expiresAt)
          await reviveHours(session, workspace, retried.waiting)
          return retried
        }),
        ({ woken }) => woken,
      ),
    acknowledge: (workspace, incident, by, now) =>
      connections.transaction((session) => acknowledge(session, workspace, incident, by, now)),

    workspaces: () => workspaces(connections),
    createWorkspace: (name, settings, made) =>
      thenTell(
        connections.transaction((session) => createWorkspace(session, name, settings, made)),
        saved,
      ),
    setWorkspaceState: (write) =>
      thenTell(
        group.alone(() => connections.transaction((session) => setWorkspaceState(session, write))),
        () => saved(write.workspace),
      ),
    deleteWorkspace: (workspace, removedBefore, limit) =>
      thenTell(
        connections.transaction((session) => deleteWorkspace(session, workspace, removedBefore, limit)),
        (result) => (result === 'gone' ? [{ kind: 'workspaces' }, { kind: 'keys' }] : []),
      ),
    configurationSince: (workspace, version) =>
      connections.snapshot((session) => configurationSince(session, workspace, version)),
    writeConfiguration: (write) =>
      thenTell(
        thenLower(
          group.alone(() => connections.transaction((session) => writeConfiguration(session, write))),
          (result) => (result === 'conflict' ? [] : result.woken),
        ),
        () => saved(write.workspace),
      ),
    lookAgain: (workspace, which, limit, now) =>
      thenLower(
        connections.transaction((session) => lookAgain(session, workspace, which, limit, now)),
        (woken) => woken,
      ),
    secrets: (workspace) => secrets(connections, workspace),
    setDestination: (workspace, id, disabled, now) =>
      thenTell(
        connections.transaction((session) => setDisabled(session, workspace, id, disabled, now)),
        () => saved(workspace),
      ),
    moveDestinations: (workspace, channel, from, to) =>
      connections.transaction((session) => destinations.move(session, workspace, channel, from, to)),

    keys: () => keys.keys(),
    addKey: (key) => thenTell(keys.addKey(key), () => [{ kind: 'keys' }]),
    removeKey: (workspace, id) => thenTell(keys.removeKey(workspace, id), () => [{ kind: 'keys' }]),
    noteKeyUses: (uses) => keys.noteKeyUses(uses),

    ...access,
    switchWorkspace: (account, session, workspace) =>
      thenTell(access.switchWorkspace(account, session, workspace), () => ofAccount(account)),
    endSessions: (account, which) => thenTell(access.endSessions(account, which), () => ofAccount(account)),
    setPassword: (account, password, keep) =>
      thenTell(access.setPassword(account, password, keep), () => ofAccount(account)),
    useLink: (use) =>
      thenTell(access.useLink(use), (account) => (typeof account === 'number' ? ofAccount(account) : [])),

    async putFile(workspace, { id, name, mediaType, size }, content) {
      await connections.one('writes', PUT_FILE, [workspace, id, name, mediaType, size, content])
    },
    async fileContent(workspace, id) {
      const [row] = await connections.one('writes', FILE, [workspace, id])
      return row?.['content'] as Uint8Array | undefined
    },
    putInbox: (workspace, login, entry, limit) =>
      connections.transaction((session) => putInbox(session, workspace, login, entry, limit)),
    markInbox: (workspace, login, part, readAt) =>
      connections.transaction((session) => markInbox(session, workspace, login, part, readAt)),
    clearInbox: (workspace, login) => connections.transaction((session) => clearInboxes(session, workspace, [login])),

    ...scheduleTable(connections),
    ...botTable(connections),
    ...deviceTable(connections, (workspace) => notices.tell({ kind: 'configuration', workspace })),
    ...linkingTable(connections),
    ...secondFactorTable(connections),

    writeHours: (workspace, hours, dropBy) =>
      connections.transaction(async (session) => {
        await writeHours(session, workspace, hours)
        await dropHours(session, workspace, dropBy)
      }),

    async mark(name) {
      const [row] = await connections.one('writes', MARK, [name])
      return row?.['value'] as Uint8Array | undefined
    },
    async setMark(name, value) {
      await connections.one('writes', SET_MARK, [name, value])
    },

    read: (query) => read(connections, query),
    async forget(workspace, before, limit) {
      await partitions.ahead()
      const from = await partitions.forget(workspace, before)
      return connections.transaction(async (session) => {
        await session.query(FORGET_SENDS, [before])
        await forgetLeftovers(session, workspace, before, limit)
        const forgotten = await forgetEvents(session, workspace, from, before, limit)
        await dropHours(session, workspace, before)
        return forgotten
      })
    },
    backup: async () => {
      throw new Error(
        'A PostgreSQL database is backed up by its own tools: pg_dump --format=custom, or base backups with an archive of its log.',
      )
    },
    async ping() {
      await connections.one('writes', PING)
    },
    async close() {
      await group.idle()
      await notices.close()
      await connections.close()
    },
  }
}
