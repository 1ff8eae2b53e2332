/*
 * The only wiring. Everything is built here, in the order in which it depends on each other, and stopped in the reverse.
 */
import type { AddressInfo } from 'node:net'
import { ChatPicker } from './bots/telegram/chat-picker.ts'
import { chatDoor } from './bots/telegram/chats.ts'
import { Linking } from './bots/telegram/linking.ts'
import { LinkingDoor } from './bots/telegram/linking-door.ts'
import { Updates } from './bots/telegram/updates.ts'
import { systemClock, systemRandom } from './clock.ts'
import type { Config } from './config.ts'
import { applyAtStart } from './config-file.ts'
import { Configuration } from './configuration/configuration.ts'
import { secretBox, type SecretBox } from './configuration/secret-box.ts'
import { Workspaces } from './configuration/workspaces.ts'
import { lockFolder, removeControl, secretKeyOf, writeControl } from './data-folder.ts'
import { History } from './history/history.ts'
import { startHousekeeping } from './housekeeping.ts'
import { identify } from './http/auth.ts'
import { CONSOLE_FOLDER } from './http/console.ts'
import { buildServer, type HttpParts } from './http/server.ts'
import { idMaker } from './ids.ts'
import { Live } from './live/live.ts'
import { observed } from './live/observed-store.ts'
import { runningVersion } from './live/version.ts'
import { openLog } from './log.ts'
import { Metrics } from './metrics.ts'
import { openAccess } from './people/access.ts'
import { Devices } from './people/devices.ts'
import { Keys, KeyLimits } from './people/keys.ts'
import { pushKeys } from './people/push-keys.ts'
import { WorkspaceLife } from './people/workspace-life.ts'
import { Node } from './nodes/node.ts'
import { ROLES, type Role } from './nodes/roles.ts'
import { moveChat } from './configuration/move.ts'
import { MOVE_MARK } from './move/tables.ts'
import { startKeepingHours } from './overview/keep-up.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import { Schedules } from './schedules/runner.ts'
import { StartRefused } from './start-refused.ts'
import { openThreadedStore } from './store/sqlite/threaded-store.ts'
import { entryOf } from './render/inbox-entry.ts'
import type { Store } from './store/store.ts'

export interface App {
  readonly url: string
  /** One-time link to the page where the administrator is made; null when there is one, or no API here. */
  readonly setupLink: string | null
  stop(): Promise<void>
}

/** Attempts under way get this long to end when the process is told to stop. */
const GRACE_MS = 7_000
/** A save waits this long for the id of a public channel. */
const LOOKUP_MS = 5_000
const DEFAULT_WORKSPACE = 'default'
/** What the secret key must open for the start to go on. */
const PROOF = 'nabat'

/** What may be asked of a node besides its settings. */
export interface StartOptions {
  /** By default all of them. */
  readonly roles?: readonly Role[]
  /** Another way to open the store, for tests of one that fails. */
  readonly openStore?: (config: Config) => Store | Promise<Store>
  /** Makes it a demonstration: adds its routes to those of the API, and the console shows its page. */
  readonly demo?: HttpParts['demo']
}

/** Builds and starts a node. */
export async function startApp(config: Config, options: StartOptions = {}): Promise<App> {
  const undo: (() => unknown)[] = []
  try {
    return await start(config, options, undo)
  } catch (error) {
    // What was opened would keep the process alive, and the folder locked, after a start that was refused.
    for (const each of undo.toReversed()) await each()
    throw error
  }
}

/** Starts; `undo` gets what must be taken back when the start is refused further on. */
async function start(
  config: Config,
  { roles = ROLES, openStore = storeOf, demo }: StartOptions,
  undo: (() => unknown)[],
): Promise<App> {
  if (config.databaseUrl === null && !(roles.includes('http') && roles.includes('deliver')))
    throw new StartRefused(
      '--roles: без NABAT_DATABASE_URL процесс один и делает всё сам; уберите --roles или задайте PostgreSQL.',
      '--roles: without NABAT_DATABASE_URL there is one process, which does everything; leave --roles out or set PostgreSQL.',
    )
  const log = openLog(config.logLevel)
  const clock = systemClock
  const random = systemRandom
  const makeId = idMaker(clock, random)
  const metrics = new Metrics()
  const unlock = lockFolder(config.dataFolder)
  undo.push(unlock)
  const stored = await openStore(config)
  const live = new Live(
    clock,
    config.databaseUrl === null ? null : (workspace, topics) => stored.tell({ kind: 'changed', workspace, topics }),
  )
  const store = observed(stored, live.changed.bind(live))
  undo.push(() => store.close())
  await refuseHalfMoved(store)
  const box = secretBox(secretKeyOf(config, random), random)
  await proveKey(store, box)

  const workspaces = new Workspaces(store, box, config.env, log)
  await firstWorkspace(store)
  await workspaces.load()
  workspaces.onChange((id) => live.heard(id, ['configuration', 'channels', 'profile']))
  const configuration = new Configuration({
    store,
    workspaces,
    clock,
    allowPrivateAddresses: config.allowPrivateAddresses,
    wake: (woken) => pipeline.claim.wake(woken),
    tell: (workspace, changes, user) =>
      Promise.all(
        changes.map(({ type, subject, data }) => pipeline.raise(workspace, type, data, { subject, actor: { user } })),
      ),
    lookup: async (view, channel, address) => {
      const open = await pipeline.ways.open(channel, view.id)
      return (await open.lookup?.(address, AbortSignal.timeout(LOOKUP_MS))) ?? null
    },
  })
  const home = workspaces.byName(DEFAULT_WORKSPACE)!.id
  const devices = new Devices({
    ...{ store, box, workspaces, clock, makeId, log, home },
    keys: await pushKeys(store, box, random),
    hosts: config.pushHosts,
    publicUrl: config.publicUrl,
  })
  const node =
    config.databaseUrl === null
      ? null
      : new Node({ store, clock, log, workspaces, live, delivers: roles.includes('deliver') })
  const pipeline = new Pipeline({
    ...(node === null ? {} : { part: node.part }),
    store,
    workspaces,
    world: { clock, log },
    random,
    makeId,
    metrics,
    worldOf: (_channel, workspace) => ({
      clock,
      random,
      log,
      allowPrivateAddresses: config.allowPrivateAddresses,
      putInbox: (login, message, earlier) =>
        store.putInbox(workspace, login, {
          id: makeId(),
          updates: earlier?.messageIds[0] ?? null,
          at: clock.now(),
          ...entryOf(message),
        }),
      push: devices.world(workspace),
    }),
    publicUrl: config.publicUrl,
    moved: (row, to) => void moveChat(row, to, { store, workspaces, configuration, log }),
  })
  const keys = new Keys(store, clock, random)
  await keys.load()
  if (config.adminKey !== null) keys.addFixed(config.adminKey, home, 'admin')
  const controlKey = random.bytes(24).toString('base64url')
  keys.addFixed(controlKey, home, 'command line')

  const access = openAccess({
    ...{ store, clock, random, log, workspaces, configuration, home, box },
    ways: pipeline.ways,
    letterStyle: (view) => pipeline.renderer.letterStyle(view),
  })
  const life = new WorkspaceLife({ store, workspaces, configuration, pipeline, keys, clock, log, home })

  const updates = new Updates({
    ...{ store, workspaces, clock, log },
    doors: [new LinkingDoor({ store, workspaces, configuration, clock, log }), chatDoor],
    serves: (owner) => node?.part.serves(owner) ?? true,
  })

  let ready = false
  let url = ''
  const server = await buildServer({
    identify: identify(keys, workspaces, access.sessions, config.publicUrl),
    pipeline,
    configuration,
    history: new History(store),
    live,
    version: runningVersion(),
    store,
    workspaces,
    keys,
    access,
    devices,
    life,
    picker: new ChatPicker(store, updates, clock),
    linking: new Linking({ store, updates, clock, random, log }),
    listensOn: () => url,
    limits: new KeyLimits(clock),
    metrics,
    clock,
    makeId,
    log,
    dataFolder: config.dataFolder,
    ready: () => ready,
    api: roles.includes('http'),
    consoleFolder: CONSOLE_FOLDER,
    demo,
    publicUrl: config.publicUrl,
  })
  metrics.gauge('nabat_in_flight', 'Attempts under way', () => pipeline.claim.inFlight)
  metrics.gauge('nabat_waiting_destinations', 'Destinations something waits for', () => pipeline.claim.waitingLanes)
  metrics.gauge('nabat_live_streams', 'Streams of changes that are open', () => live.watchers)
  metrics.gauge('nabat_channels_down', 'Ways out whose breaker is open', () => [...pipeline.claim.lanes.down()].length)

  if (node !== null) metrics.gauge('nabat_nodes', 'Nodes that deliver', () => node.count)

  if (config.configFile !== null)
    await applyAtStart(config.configFile, {
      ...{ configuration, workspaces, pipeline, store, log },
      home: DEFAULT_WORKSPACE,
    })
  undo.push(() => pipeline.stop(0))
  await pipeline.start()
  undo.push(() => node?.stop())
  await node?.start(pipeline, keys, access, updates)
  undo.push(() => updates.stop())
  await updates.look()
  const endHousekeeping = startHousekeeping({
    store,
    workspaces,
    keys,
    life,
    clock,
    log,
    dataFolder: config.databaseUrl === null ? config.dataFolder : null,
    keepsUp: () => node?.keepsUp() ?? true,
    keepDays: config.keepDays,
    raise: pipeline.raise.bind(pipeline),
  })
  const endHours = startKeepingHours({ store, workspaces, clock, log, keepsUp: () => node?.keepsUp() ?? true })
  undo.push(endHours)
  const schedules = new Schedules({ store, workspaces, clock, log, raise: pipeline.raise.bind(pipeline) })
  schedules.start()
  undo.push(() => schedules.stop())
  undo.push(endHousekeeping)
  await server.listen({ port: config.port, host: config.host })
  const { port } = server.server.address() as AddressInfo
  const listens = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  url = listens.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]')
  writeControl(config.dataFolder, { url, key: controlKey })
  ready = true
  const isFirst = roles.includes('http') && !(await store.hasOperator())
  const setup = isFirst ? await access.invitations.adminLink(config.publicUrl ?? url) : null
  log.info({ url: listens, data: config.dataFolder }, 'ready')
  // The link itself stays out of the log, which goes to places where many can read it.
  if (setup !== null) log.info({}, 'there is no administrator yet: the link to make one is on standard output')

  return {
    url: listens,
    setupLink: setup?.link ?? null,
    async stop() {
      ready = false
      endHousekeeping()
      endHours()
      removeControl(config.dataFolder)
      await updates.stop()
      await server.close()
      await schedules.stop()
      // Leases are kept, by beats, until the last attempt has ended: nobody else may send what is still on its way.
      await pipeline.stop(GRACE_MS)
      await node?.stop()
      await store.close()
      unlock()
      log.info({}, 'stopped')
    },
  }
}

/** The store the settings name. PostgreSQL's part is loaded where it is used. */
async function storeOf({ databaseUrl, dataFolder }: Config): Promise<Store> {
  if (databaseUrl === null) return openThreadedStore(dataFolder)
  const { openPostgresStore } = await import('./store/postgres/postgres-store.ts')
  return openPostgresStore(databaseUrl)
}

/** Makes the first workspace; of nodes that start at the same moment one does. */
async function firstWorkspace(store: Store): Promise<void> {
  if ((await store.workspaces()).length > 0) return
  try {
    await store.createWorkspace(DEFAULT_WORKSPACE, '{}')
  } catch (error) {
    if ((await store.workspaces()).length === 0) throw error
  }
}

/** What is only partly here would be delivered twice, or never, once the rest has come. */
async function refuseHalfMoved(store: Store): Promise<void> {
  if ((await store.mark(MOVE_MARK)) === undefined) return
  throw new StartRefused(
    'Перенос данных сюда не закончен: повторите команду nabat move, с которой он начат, или возьмите пустое место.',
    'Data is being moved to this place and not all of it is here: give the command nabat move again, or take an empty place.',
  )
}

/** A wrong secret key stops the start: what is sealed could not be opened, and what is sealed anew could not be opened later. */
async function proveKey(store: Store, box: SecretBox): Promise<void> {
  const proof = await store.mark('secret_key')
  if (proof === undefined) return store.setMark('secret_key', box.seal(PROOF))
  try {
    if (box.open(proof) === PROOF) return
  } catch {
    // Told below, in words.
  }
  throw new StartRefused(
    'Секретный ключ не тот, с которым сохранены эти данные: задайте прежний NABAT_SECRET_KEY (или верните secret.key).',
    'The secret key is not the one this data was stored with: set NABAT_SECRET_KEY (or put back secret.key) as it was.',
  )
}
