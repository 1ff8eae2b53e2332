/*
 * A company on a virtual clock: the real pipeline, configuration and store, with ways out that write down what arrives and
 * answer as the test says. For behaviour that takes hours, or thousands of messages.
 */
import type { Channel, ChannelKind } from '../../src/channels/channel.ts'
import { CHANNELS, type ChannelKinds } from '../../src/channels/registry.ts'
import { Configuration } from '../../src/configuration/configuration.ts'
import { secretBox } from '../../src/configuration/secret-box.ts'
import { Workspaces } from '../../src/configuration/workspaces.ts'
import { History } from '../../src/history/history.ts'
import { idMaker } from '../../src/ids.ts'
import { silentLog } from '../../src/log.ts'
import { Metrics } from '../../src/metrics.ts'
import { sent, type Outcome } from '../../src/pipeline/outcome.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { dice } from '../simulation/random.ts'
import { VirtualClock } from '../simulation/virtual-clock.ts'

/** A message that a way out took. */
export interface Arrival {
  readonly at: number
  readonly channel: string
  readonly to: string
  readonly title: string
  readonly text: string
  readonly delivery: string
  readonly type: string
}

export interface Delivered {
  readonly id: string
  readonly channel: string | null
  readonly destination: string | null
  readonly recipient: string | null
  readonly state: string
  readonly reason: string | null
  readonly dueAt: string | null
  readonly insteadOf: string | null
}

/** Starts a company by its configuration file, at a moment given as RFC 3339. */
export async function startCompany(file: string, begin = '2026-03-18T12:00:00Z') {
  const clock = new VirtualClock(Date.parse(begin))
  const random = dice(1)
  const arrivals: Arrival[] = []
  let answer: (channel: string, to: string) => Outcome = () => sent(['m'])
  const store = openSqliteStore('', { simulated: true })
  await store.createWorkspace('default', '{}')

  const through = (kind: ChannelKind): ChannelKind => ({
    ...kind,
    open: (settings): Promise<Channel> =>
      Promise.resolve({
        attempt: (message, to) => {
          const shown = kind.show(to)
          const outcome = answer(settings.name, shown)
          const { title, text, deliveryId: delivery } = message
          const type = String(message.event['type'])
          if (outcome.verdict === 'sent')
            arrivals.push({ at: clock.now(), channel: settings.name, to: shown, title, text, delivery, type })
          return Promise.resolve(outcome)
        },
        async *check() {},
        close: () => Promise.resolve(),
      }),
  })
  const { telegram, smtp, mattermost, webhook } = CHANNELS as unknown as Record<string, ChannelKind>
  const kinds = {
    ...CHANNELS,
    telegram: through(telegram!),
    smtp: through(smtp!),
    mattermost: through(mattermost!),
    webhook: through(webhook!),
  } as unknown as ChannelKinds
  const workspaces = new Workspaces(store, secretBox('a company', random), {}, silentLog, kinds)
  await workspaces.load()
  const configuration = new Configuration({
    store,
    workspaces,
    clock,
    allowPrivateAddresses: true,
    lookup: async () => null,
    wake: (woken) => pipeline.claim.wake(woken),
  })
  const makeId = idMaker(clock, random)
  const pipeline = new Pipeline({
    store,
    workspaces,
    world: { clock, log: silentLog },
    random,
    makeId,
    metrics: new Metrics(),
    publicUrl: 'https://nabat.example',
    worldOf: (_channel, workspace) => ({
      clock,
      random,
      log: silentLog,
      allowPrivateAddresses: true,
      putInbox: (login, { title, deliveryId, incident }, earlier) => {
        const key = incident?.key ?? null
        const entry = { id: makeId(), delivery: deliveryId, updates: earlier?.messageIds[0] ?? null, incident: key }
        return store.putInbox(workspace, login, { ...entry, title, body: '{}', at: clock.now() })
      },
    }),
    moved: () => {},
  })
  const view = workspaces.byName('default')!
  const apply = async (text: string): Promise<void> => {
    const applied = await configuration.apply(view, text, 'file')
    if ('problems' in applied) throw new Error(JSON.stringify(applied.problems))
    await settled()
  }
  await apply(file)
  await pipeline.start()
  const history = new History(store)

  return {
    clock,
    store,
    view,
    pipeline,
    arrivals,
    apply,
    /** How ways out answer from now on. */
    answers(how: (channel: string, to: string) => Outcome): void {
      answer = how
    },
    /** Posts events in one request; their ids. */
    async post(...events: readonly object[]): Promise<string[]> {
      const result = await pipeline.accept(view, events, 'test', (index) => `/${index}`)
      if ('problems' in result) throw new Error(JSON.stringify(result.problems))
      await settled()
      return result.events.map(({ id }) => id)
    },
    /** Lets time pass, everything in it happening in its order. */
    async pass(ms: number): Promise<void> {
      const until = clock.now() + ms
      while (clock.step(until)) await settled()
    },
    /** What became of an event, as its trace tells. */
    async deliveries(event: string): Promise<Delivered[]> {
      return (await history.event(view, event))!['deliveries'] as Delivered[]
    },
    async stop(): Promise<void> {
      await store.close()
    },
  }
}

export type Company = Awaited<ReturnType<typeof startCompany>>

/** Lets what was begun come to rest: the store answers at once, so a few turns of the loop are enough. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
