/*
 * A node without misfortunes under a virtual clock: the pipeline and the embedded store as they are, and a network in which
 * everything arrives at once. For tests of what happens over days.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { entryOf } from '../../src/render/inbox-entry.ts'
import type { Channel, ChannelKind, Earlier, Message } from '../../src/channels/channel.ts'
import { CHANNELS, type ChannelKinds } from '../../src/channels/registry.ts'
import { Configuration } from '../../src/configuration/configuration.ts'
import type { Edit } from '../../src/configuration/plan.ts'
import { secretBox } from '../../src/configuration/secret-box.ts'
import type { WorkspaceView } from '../../src/configuration/view.ts'
import { Workspaces } from '../../src/configuration/workspaces.ts'
import { idMaker } from '../../src/ids.ts'
import { silentLog } from '../../src/log.ts'
import { Metrics } from '../../src/metrics.ts'
import { sent } from '../../src/pipeline/outcome.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { dice } from '../simulation/random.ts'
import { VirtualClock } from '../simulation/virtual-clock.ts'

export interface VirtualNode extends AsyncDisposable {
  readonly store: Store
  readonly clock: VirtualClock
  readonly workspaces: Workspaces
  readonly configuration: Configuration
  readonly view: WorkspaceView
  readonly pipeline: Pipeline
  /** Begins to deliver. */
  start(): Promise<void>
  /** Posts events; answers with their ids, before anything of them has left. */
  post(events: readonly unknown[]): Promise<string[]>
  /** Lets time pass until then, with everything that happens meanwhile. */
  pass(until: number): Promise<void>
}

/** What a kind of channel is connected to. */
export type Connect = (kind: ChannelKind, settings: ChannelSettings) => Channel

/**
 * A node whose clock shows `now`, with this configuration (YAML, or edits). `connect`: what is outside; by default everything
 * arrives. `secretKey`: what secrets are sealed with.
 */
export async function virtualNode(
  now: number,
  configuration: string | readonly Edit[],
  connect: Connect = () => EVERYTHING_ARRIVES,
  secretKey = 'virtual',
): Promise<VirtualNode> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'nabat-virtual-'))
  const clock = new VirtualClock(now)
  const random = dice(1)
  const inner = openSqliteStore(folder, { simulated: true })
  const { store, calls } = counted(inner)
  await store.createWorkspace('default', '{}')
  const workspaces = new Workspaces(store, secretBox(secretKey, random), {}, silentLog, kindsOf(connect))
  await workspaces.load()
  const world = { clock, random, log: silentLog, allowPrivateAddresses: true }
  const makeId = idMaker(clock, random)
  const inboxOf = (workspace: number) => (login: string, message: Message, earlier?: Earlier) =>
    store.putInbox(workspace, login, {
      id: makeId(),
      ...entryOf(message),
      updates: earlier?.messageIds[0] ?? null,
      at: clock.now(),
    })
  const pipeline = new Pipeline({
    ...{ store, workspaces, world, random, makeId, metrics: new Metrics() },
    worldOf: (_channel, workspace) => ({ ...world, putInbox: inboxOf(workspace) }),
    moved: () => {},
    publicUrl: null,
  })
  const saved = new Configuration({
    ...{ store, workspaces, clock, allowPrivateAddresses: true, lookup: async () => null },
    wake: (woken) => pipeline.claim.wake(woken),
  })
  const view = workspaces.byName('default')!
  const applied =
    typeof configuration === 'string'
      ? await saved.apply(view, configuration, 'file')
      : await saved.save(view, configuration, 'file')
  if ('problems' in applied) throw new Error(JSON.stringify(applied.problems))
  /** Resolves when nothing happens any more without the clock moving on. */
  const quiet = async (): Promise<void> => {
    do await new Promise(setImmediate)
    while (calls() > 0)
  }
  return {
    ...{ store, clock, workspaces, configuration: saved, view, pipeline },
    start: () => pipeline.start(),
    async post(events) {
      const result = await pipeline.accept(view, events, 'virtual', () => '')
      if (!('events' in result)) throw new Error(JSON.stringify(result))
      return result.events.map(({ id }) => id)
    },
    async pass(until) {
      do await quiet()
      while (clock.step(until))
      await quiet()
    },
    async [Symbol.asyncDispose]() {
      await inner.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Every kind as it is, but for what it is connected to. The inbox is in the store. */
const kindsOf = (connect: Connect): ChannelKinds =>
  Object.fromEntries(
    Object.entries(CHANNELS).map(([name, kind]) => {
      const open: ChannelKind['open'] = (settings) => Promise.resolve(connect(kind as unknown as ChannelKind, settings))
      return [name, name === 'inbox' ? kind : { ...kind, open }]
    }),
  ) as unknown as ChannelKinds

const EVERYTHING_ARRIVES: Channel = {
  attempt: async () => sent(['1']),
  async *check() {},
  close: async () => {},
}

/** The store, and how many calls of it are under way: time stands still until they have been answered. */
function counted(inner: Store): { store: Store; calls: () => number } {
  let calls = 0
  const store = new Proxy(inner, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>
      return async (...parameters: unknown[]) => {
        calls += 1
        try {
          return await method.apply(target, parameters)
        } finally {
          calls -= 1
        }
      }
    },
  })
  return { store, calls: () => calls }
}
