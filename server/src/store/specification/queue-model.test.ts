import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClaimedRow, Priority, Store } from '../store.ts'
import { accept, claim, count, delivery, ended, event, HOUR, ids, NOW, stored, waits } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

/*
 * The queue against a model of it that anybody can check by reading: a list of messages, each waiting, in flight or
 * ended. Whatever is done to the store in whatever order, it hands out exactly what the model hands out.
 */

const CHATS = ['a', 'b'] as const
type Chat = (typeof CHATS)[number]

interface Message {
  readonly id: string
  readonly chat: Chat
  readonly incident: string | null
  /** The event it tells of; messages of one incident and chat leave in the order of their events. */
  readonly event: string
  readonly priority: Priority
  dueAt: number
  state: 'waiting' | 'in flight' | 'sent' | 'failed' | 'cancelled'
  suspect: boolean
  attempts: number
  row?: ClaimedRow
}

class Model {
  readonly messages: Message[] = []
  now = NOW

  those(state: Message['state']): Message[] {
    return this.messages.filter((each) => each.state === state)
  }

  /** What a claim hands out: due, nobody of its incident in flight there and nobody before it waiting. */
  due(chat: Chat, limit: number): Message[] {
    const free = this.those('waiting').filter((one) => {
      const line = this.messages.filter(
        (other) => other !== one && other.chat === chat && other.incident === one.incident,
      )
      const blocked = line.some(
        ({ state, event: of }) => state === 'in flight' || (state === 'waiting' && of < one.event),
      )
      return one.chat === chat && one.dueAt <= this.now && (one.incident === null || !blocked)
    })
    const before = (a: Message, b: Message): number =>
      a.priority - b.priority || a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1)
    return free.sort(before).slice(0, limit)
  }
}

type Command = fc.AsyncCommand<Model, Store>

/** A command that is always possible; `pick` chooses among the messages there are. */
function command(name: string, run: (model: Model, store: Store) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name }
}

function accepted(chat: Chat, incident: string | null, priority: Priority, inMs: number): Command {
  return command(`accept(${chat} ${incident} ${priority} +${inMs})`, async (model, store) => {
    const one = delivery({ priority, dueAt: model.now + inMs, step: 2, expiresAt: NOW + 1_000_000 * HOUR }, chat)
    const of = event({ incident, step: 2, deliveries: [one] })
    await accept(store, [of], { at: model.now })
    model.messages.push({
      id: one.id,
      chat,
      incident,
      event: of.id,
      priority,
      dueAt: one.dueAt,
      state: 'waiting',
      suspect: false,
      attempts: 0,
    })
  })
}

function claimed(chat: Chat, limit: number): Command {
  return command(`claim(${chat} ${limit})`, async (model, store) => {
    if (!model.messages.some((each) => each.chat === chat)) return
    const wanted = model.due(chat, limit)
    const rows = await claim(store, { chat, limit, now: model.now })
    expect(ids(rows)).toEqual(wanted.map(({ id }) => id))
    for (const [index, message] of wanted.entries()) {
      const row = rows[index]!
      expect([row.suspect, row.attempts]).toEqual([message.suspect, message.attempts])
      Object.assign(message, { state: 'in flight', row })
    }
  })
}

/** Does something to one of the messages in a state, when there is one. */
function toOne(
  name: string,
  state: Message['state'],
  pick: number,
  act: (message: Message, model: Model, store: Store) => Promise<void>,
): Command {
  return command(`${name}(${pick})`, async (model, store) => {
    const some = model.those(state)
    if (some.length > 0) await act(some[pick % some.length]!, model, store)
  })
}

const sent = (pick: number): Command =>
  toOne('sent', 'in flight', pick, async (message, model, store) => {
    await store.settle([ended(message.row!)], [], model.now)
    message.state = 'sent'
  })

const deferred = (pick: number, inMs: number, ambiguous: boolean): Command =>
  toOne(`deferred +${inMs} ${ambiguous}`, 'in flight', pick, async (message, model, store) => {
    await store.settle([waits(message.row!, { dueAt: model.now + inMs, suspect: ambiguous })], [], model.now)
    Object.assign(message, {
      state: 'waiting',
      dueAt: model.now + inMs,
      suspect: message.suspect || ambiguous,
      attempts: message.attempts + 1,
    })
  })

/** Fails, with a message to the other chat in its place. */
const failed = (pick: number): Command =>
  toOne('failed', 'in flight', pick, async (message, model, store) => {
    const chat = message.chat === 'a' ? 'b' : 'a'
    const { event: of, incident, priority } = message
    const instead = delivery({ priority, dueAt: model.now, step: 2, expiresAt: NOW + 1_000_000 * HOUR }, chat)
    await store.settle(
      [ended(message.row!, { state: 'failed', reason: 'blocked', told: null, instead })],
      [],
      model.now,
    )
    message.state = 'failed'
    model.messages.push({
      id: instead.id,
      chat,
      incident,
      event: of,
      priority,
      dueAt: model.now,
      state: 'waiting',
      suspect: false,
      attempts: 0,
    })
  })

const cancelled = (pick: number): Command =>
  toOne('cancelled', 'waiting', pick, async (message, model, store) => {
    expect((await store.cancelDeliveries(1, [message.id], 'cancelled', model.now)).ended).toEqual([message.id])
    message.state = 'cancelled'
  })

const retried = (pick: number): Command =>
  toOne('retried', 'cancelled', pick, async (message, model, store) => {
    await store.retryDeliveries(1, [message.id], model.now, NOW + 1_000_000 * HOUR)
    // By hand it goes with the urgency of its event, which is 1 in all of these.
    model.messages.splice(model.messages.indexOf(message), 1, {
      ...message,
      priority: 1,
      dueAt: model.now,
      state: 'waiting',
      // What may have arrived once may have done so for good.
      suspect: message.suspect,
      attempts: 0,
    })
  })

const died = command('died', async (model, store) => {
  await store.recover(model.now)
  for (const message of model.those('in flight')) Object.assign(message, { state: 'waiting', suspect: true })
})

const passed = (ms: number): Command =>
  command(`passed(${ms})`, async (model) => {
    model.now += ms
  })

const chat = fc.constantFrom(...CHATS)
const inMs = fc.constantFrom(0, 0, 5, 50)
const pick = fc.nat({ max: 20 })
const COMMANDS: fc.Arbitrary<Command>[] = [
  fc
    .tuple(chat, fc.constantFrom(null, 'x', 'x', 'y'), fc.constantFrom<Priority>(0, 1, 2), inMs)
    .map((some) => accepted(...some)),
  fc.tuple(chat, fc.integer({ min: 1, max: 4 })).map((some) => claimed(...some)),
  pick.map(sent),
  fc.tuple(pick, inMs, fc.boolean()).map((some) => deferred(...some)),
  pick.map(failed),
  pick.map(cancelled),
  pick.map(retried),
  fc.constant(died),
  fc.constantFrom(1, 10, 100).map(passed),
]

describe.each(STORES)('the queue, $name', (kind) => {
  it(
    'hands out what the model hands out, in every order of things, and in the end everything has left once',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 60, size: '+1' }), async (commands) => {
          const { store, close } = await freshStore(kind)
          const model = new Model()
          await fc.asyncModelRun(() => ({ model, real: store }), commands)
          await drain(model, store)
          for (const { id, state } of model.messages) expect((await stored(store, id))!.state).toBe(state)
          expect(await count(store, 'queue')).toBe(0)
          await close()
        }),
        { numRuns: 40 },
      )
    },
  )
})

/** Sends everything there is left, one round of claims after another. */
async function drain(model: Model, store: Store): Promise<void> {
  model.now += 1_000
  await died.run(model, store)
  for (let round = 0; model.those('waiting').length > 0; round += 1) {
    if (round > 200) throw new Error('something waits for ever')
    for (const each of CHATS) await claimed(each, 50).run(model, store)
    while (model.those('in flight').length > 0) await sent(0).run(model, store)
  }
}
