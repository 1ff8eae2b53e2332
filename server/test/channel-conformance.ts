import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChannelKindName, ChannelSettings } from '@nabat/api/channel.ts'
import type { Contact } from '@nabat/api/configuration.ts'
import type { Recipient } from '@nabat/api/rule.ts'
import {
  isProblem,
  type Call,
  type Channel,
  type ChannelKind,
  type CheckStage,
  type Message,
  type World,
} from '../src/channels/channel.ts'
import { systemClock, systemRandom } from '../src/clock.ts'
import type { Log } from '../src/log.ts'
import type { Address, Outcome } from '../src/pipeline/outcome.ts'
import { until } from './until.ts'

/*
 * What every channel must do whatever its provider does: give an outcome and never throw, keep to its deadline, honour
 * "wait", tell a message that may have arrived from one that cannot, and let no secret out.
 */

/** What a stand-in does with the next messages. `says` is the text of its answer. */
export type Behaviour =
  | 'take'
  | 'never'
  | 'drop'
  | { readonly status: number; readonly retryAfterSeconds?: number; readonly says?: string }

/** A running stand-in and the settings that lead to it. */
export interface Rig<K extends ChannelKindName> {
  readonly settings: ChannelSettings<K>
  behave(behaviour: Behaviour): void
  /** How many messages (or attempts at one) have reached it. */
  came(): number
  close(): Promise<void>
}

export interface ConformanceSpec<K extends ChannelKindName> {
  readonly kind: ChannelKind<K>
  readonly start: () => Promise<Rig<K>>
  readonly to: Recipient | Contact
  readonly person?: string
  /** Every answer the provider may give. */
  readonly statuses: readonly number[]
  /** The status that says "wait", where the protocol can say how long. */
  readonly wait?: number
  /** What must not be seen in an outcome, a log line or a stage of the check. */
  readonly secrets: readonly string[]
  /** The longest the medium takes, in characters; messages at and over it are tried. */
  readonly longest: { readonly title?: number; readonly text?: number; readonly letter?: number }
  readonly world?: Partial<World>
}

/** A message as the pipeline would hand it over. */
export function message(more: Partial<Message> = {}): Message {
  return {
    deliveryId: '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000',
    language: 'ru',
    severity: 'critical',
    title: 'Камера недоступна: Склад, 3-я камера',
    text: '<b>Склад</b> &amp; двор\nКамера 3 <i>недоступна</i>',
    letter: '<p>Камера 3 <b>недоступна</b></p>',
    links: [{ title: 'Открыть', url: 'https://nabat.example.ru/events/1' }],
    attachments: [],
    silent: false,
    event: {
      specversion: '1.0',
      id: 'e-1',
      source: 'video',
      type: 'camera.unavailable',
      time: '2026-11-22T12:00:00Z',
      subject: 'camera-3',
      data: { camera: 'camera-3', object: 'obj-1' },
    },
    incident: { key: 'camera:camera-3', state: 'open' },
    ...more,
  }
}

/** One attempt to send, with a generous deadline unless the test hands in its own. */
export const sending = (more: Partial<Call> = {}): Call => ({
  signal: AbortSignal.timeout(10_000),
  action: 'send',
  attempt: 1,
  ...more,
})

/** A world with the real clock, and every line its log was given. */
export function world(more: Partial<World> = {}): World & { readonly lines: string[] } {
  const lines: string[] = []
  const write = (fields: object, text: string): void => {
    lines.push(
      `${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? `${value}` : value))} ${text}`,
    )
  }
  const log: Log = { debug: write, info: write, warn: write, error: write }
  const putInbox = () => Promise.resolve('entry-1')
  return { clock: systemClock, random: systemRandom, log, allowPrivateAddresses: true, putInbox, lines, ...more }
}

/** The address a recipient means; fails the test when it is a problem. */
export function addressOf<K extends ChannelKindName>(
  kind: ChannelKind<K>,
  to: Recipient | Contact,
  settings: ChannelSettings<K>,
  person?: string,
): Address {
  const address = kind.address(to, settings, person)
  if (isProblem(address)) throw new Error(`${address.path}: ${address.message.en}`)
  return address
}

/** Registers the tests that every channel must pass. */
export function conformance<K extends ChannelKindName>(name: string, spec: ConformanceSpec<K>): void {
  describe(`${name} conforms`, () => {
    let rig: Rig<K>
    let channel: Channel
    let to: Address
    const surroundings = world(spec.world)
    const outcomes: Outcome[] = []
    /** Some providers answer with an echo of what they were sent. */
    const echo = spec.secrets.join(' ')
    const attempt = async (more: Partial<Message> = {}, call: Partial<Call> = {}): Promise<Outcome> => {
      const outcome = await channel.attempt(message(more), to, sending(call))
      outcomes.push(outcome)
      return outcome
    }

    beforeAll(async () => {
      rig = await spec.start()
      channel = await spec.kind.open(rig.settings, surroundings)
      to = addressOf(spec.kind, spec.to, rig.settings, spec.person)
    })
    afterAll(async () => {
      await channel.close()
      await rig.close()
    })
    /** Puts the stand-in right again and waits until the channel has noticed. */
    const recover = async (): Promise<void> => {
      rig.behave('take')
      await until(async () => (await attempt()).verdict === 'sent', 5_000, `${name} to send again`)
    }

    it('finds nothing wrong with good settings', () => {
      expect(spec.kind.problems(rig.settings, surroundings)).toEqual([])
      expect(spec.kind.missing(rig.settings)).toEqual([])
    })

    it('sends', async () => {
      rig.behave('take')
      expect(await attempt()).toMatchObject({ verdict: 'sent' })
    })

    it('gives an outcome for every status and never throws', async () => {
      for (const status of spec.statuses) {
        rig.behave({ status, says: echo })
        expectWellFormed(await attempt(), status)
      }
      await recover()
    })

    const { wait } = spec
    if (wait !== undefined)
      it('honours what the provider says of waiting', async () => {
        rig.behave({ status: wait, retryAfterSeconds: 7 })
        expect(await attempt()).toMatchObject({ verdict: 'deferred', retryAfterMs: 7_000 })
        await recover()
      })

    it('takes messages of any length', async () => {
      rig.behave('take')
      for (const [field, length] of Object.entries(spec.longest))
        for (const more of [-1, 0, 1, length + 1, 3 * length])
          for (const text of ['x'.repeat(length + more), `<b>${'ы&amp;'.repeat((length + more) >> 1)}</b>`])
            expect(await attempt({ [field]: text }), `${field} of ${text.length}`).toMatchObject({ verdict: 'sent' })
      expect(await attempt({ title: '', text: '', letter: '<p></p>', links: [] })).toBeDefined()
    })

    it('does not fail over a file that cannot be read', async () => {
      const file = { name: 'a.jpg', mediaType: 'image/jpeg', size: 3, read: () => Promise.reject(new Error('no file')) }
      rig.behave('take')
      expectWellFormed(await attempt({ attachments: [file] }), 'unreadable file')
    })

    it('ends at the deadline when the provider never answers', async () => {
      rig.behave('never')
      const began = performance.now()
      const outcome = await attempt({}, { signal: AbortSignal.timeout(100) })
      expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'timeout' })
      expect(performance.now() - began).toBeLessThan(1_000)
      await recover()
    })

    it('ends when it is cancelled in the middle', async () => {
      rig.behave('never')
      const stop = new AbortController()
      const before = rig.came()
      const outcome = attempt({}, { signal: stop.signal })
      await until(() => rig.came() > before, 5_000, 'the attempt to reach the stand-in')
      stop.abort()
      expect(await Promise.race([outcome, sleep(1_000, 'still running')])).toMatchObject({
        verdict: 'deferred',
        reason: 'cancelled',
      })
      await recover()
    })

    it('sends nothing when it is cancelled before it begins', async () => {
      rig.behave('take')
      const before = rig.came()
      const outcome = await attempt({}, { signal: AbortSignal.abort() })
      expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'cancelled' })
      expect(outcome).not.toHaveProperty('ambiguous', true)
      expect(rig.came()).toBe(before)
    })

    it('calls a message ambiguous when the connection broke after it had left', async () => {
      rig.behave('drop')
      expect(await attempt()).toMatchObject({ verdict: 'deferred', ambiguous: true })
      await recover()
    })

    it('checks itself, ending with the test message', async () => {
      rig.behave('take')
      const stages = await stagesOf(channel, to)
      expect(stages.filter(({ ok }) => !ok)).toEqual([])
      expect(stages.at(-1)?.stage).toBe('message')
    })

    it('gives equal destinations equal addresses', () => {
      const again = structuredClone(spec.to)
      expect(JSON.stringify(addressOf(spec.kind, again, rig.settings, spec.person))).toBe(JSON.stringify(to))
      expect(spec.kind.show(to)).toBeTypeOf('string')
      expect(spec.kind.owner(rig.settings, 'c1')).toBe(spec.kind.owner(structuredClone(rig.settings), 'c1'))
    })

    // The last two take the stand-in away, so they have one of their own.
    it('calls a refused connection unreachable, and not ambiguous', async () => {
      const { outcome, stages } = await withoutStandIn(spec)
      outcomes.push(outcome)
      expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'unreachable_host' })
      expect(outcome).not.toHaveProperty('ambiguous', true)
      expect(stages.map(({ ok }) => ok)).toEqual([...stages.slice(1).map(() => true), false])
    })

    it('lets no secret out', async () => {
      rig.behave({ status: spec.statuses.at(-1) ?? 500, says: echo })
      const stages = await stagesOf(channel, to)
      const written = [
        ...outcomes.map((outcome) => JSON.stringify(outcome)),
        ...surroundings.lines,
        JSON.stringify(stages),
      ]
      for (const secret of spec.secrets)
        expect(
          written.find((line) => line.includes(secret)),
          'a line with a secret in it',
        ).toBeUndefined()
    })
  })
}

/** Every failure has a reason and words for people. */
function expectWellFormed(outcome: Outcome, of: number | string): void {
  const said = `${of}: ${JSON.stringify(outcome)}`
  expect(['sent', 'deferred', 'rejected'], said).toContain(outcome.verdict)
  if (outcome.verdict === 'sent') return
  expect(outcome.detail, said).not.toBe('')
  expect(outcome.reason, said).not.toBe('internal')
  expect(['fine', 'throttled', 'down', 'invalid'], said).toContain(outcome.health.state)
}

async function stagesOf(channel: Channel, to: Address): Promise<CheckStage[]> {
  const stages: CheckStage[] = []
  for await (const stage of channel.check(to, message(), AbortSignal.timeout(5_000))) stages.push(stage)
  return stages
}

async function withoutStandIn<K extends ChannelKindName>(spec: ConformanceSpec<K>) {
  const rig = await spec.start()
  await rig.close()
  const channel = await spec.kind.open(rig.settings, world(spec.world))
  const to = addressOf(spec.kind, spec.to, rig.settings, spec.person)
  const outcome = await channel.attempt(message(), to, sending())
  const stages = await stagesOf(channel, to)
  await channel.close()
  return { outcome, stages }
}
