/*
 * A company on a virtual clock: a node whose ways out write down what arrives and answer as the test says. For behaviour that
 * takes hours, or thousands of messages.
 */
import type { Channel } from '../../src/channels/channel.ts'
import { History } from '../../src/history/history.ts'
import { sent, type Outcome } from '../../src/pipeline/outcome.ts'
import { virtualNode, type Connect } from './virtual-node.ts'

/** A message that a way out took. */
export interface Arrival {
  readonly at: number
  readonly channel: string
  readonly to: string
  readonly title: string
  readonly text: string
  readonly delivery: string
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
  const arrivals: Arrival[] = []
  let answer: (channel: string, to: string) => Outcome = () => sent(['m'])
  const connect: Connect = (kind, { name: channel }): Channel => ({
    attempt: (message, address) => {
      const to = kind.show(address)
      const outcome = answer(channel, to)
      const { title, text, deliveryId: delivery } = message
      if (outcome.verdict === 'sent') arrivals.push({ at: node.clock.now(), channel, to, title, text, delivery })
      return Promise.resolve(outcome)
    },
    async *check() {},
    close: () => Promise.resolve(),
  })
  const node = await virtualNode(Date.parse(begin), file, connect)
  await node.start()
  const history = new History(node.store)
  const { clock, store, view } = node

  return {
    ...{ clock, store, view, arrivals },
    /** Makes the configuration what a file says. */
    async apply(text: string): Promise<void> {
      const applied = await node.configuration.apply(view, text, 'file')
      if ('problems' in applied) throw new Error(JSON.stringify(applied.problems))
      await node.pass(clock.now())
    },
    /** How ways out answer from now on. */
    answers(how: (channel: string, to: string) => Outcome): void {
      answer = how
    },
    /** Posts events in one request; their ids. What may leave at once has left when it answers. */
    async post(...events: readonly object[]): Promise<string[]> {
      const ids = await node.post(events)
      await node.pass(clock.now())
      return ids
    },
    /** Lets time pass, everything in it happening in its order. */
    pass: (ms: number): Promise<void> => node.pass(clock.now() + ms),
    /** What became of an event, as its trace tells. */
    async deliveries(event: string): Promise<Delivered[]> {
      return (await history.event(view, event))!['deliveries'] as Delivered[]
    },
    stop: (): Promise<void> => node[Symbol.asyncDispose]() as Promise<void>,
  }
}

export type Company = Awaited<ReturnType<typeof startCompany>>
