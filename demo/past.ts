import { join } from 'node:path'
import { sent, type Outcome } from '../server/src/pipeline/outcome.ts'
import type { Channel } from '../server/src/channels/channel.ts'
import { toPlain } from '../server/src/render/markup.ts'
import { dice } from '../server/test/simulation/random.ts'
import type { TelegramStandIn } from '../server/test/standins/telegram.ts'
import { virtualNode, type Connect, type VirtualNode } from '../server/test/support/virtual-node.ts'
import type { Outlets } from './channels.ts'
import { companyEdits, SETTINGS } from './company.ts'
import { DAYS, fortnight, type Happening } from './fortnight.ts'
import { VISITOR } from './people.ts'

/*
 * The past of the company: the real pipeline lives through a fortnight under a virtual clock, in memory, and what it has
 * stored becomes the data folder of the demonstration.
 */

/** The same past at every start. */
const SEED = 2026
/** What follows an event at once is lived through in its own time; the rest only when something is due. */
const BUSY_MS = 90_000
const DAY_MS = 86_400_000

/** What the past is made with. */
export interface PastParts {
  /** An empty data folder. */
  readonly folder: string
  /** Of the installation that will open it. */
  readonly secretKey: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly outlets: Outlets
  /** Where the messages of the past stand, so that they can be edited later. */
  readonly telegram: TelegramStandIn
}

/** Lives through the fortnight that ends now; the folder then holds its store. */
export async function makePast({ folder, secretKey, now, outlets, telegram }: PastParts): Promise<void> {
  const silent = new Set<string>()
  await using node = await virtualNode(
    now - DAYS * DAY_MS - DAY_MS,
    companyEdits(outlets, now),
    connectTo(telegram, silent, (ms, call) => void node.clock.after(ms, call)),
    secretKey,
  )
  const saved = await node.configuration.saveSettings(node.view, SETTINGS, VISITOR)
  if ('problems' in saved) throw new Error(JSON.stringify(saved.problems))
  await node.start()
  for (const happening of fortnight(now, dice(SEED))) {
    await passUntil(node, happening.at)
    await happens(node, happening, silent)
  }
  await passUntil(node, now)
  // What the clock was to raise meanwhile is not made up for at the first start.
  for (const schedule of [0, ...node.view.rows('schedules').map(({ id }) => id)])
    await node.store.recordScheduleRun(node.view.id, schedule, now)
  await node.store.backup(join(folder, 'nabat.db'))
}

/** `silent`: channels that answer nobody, and chats the bot was shut out of. */
async function happens(node: VirtualNode, happening: Happening, silent: Set<string>): Promise<void> {
  if ('events' in happening) await node.post(happening.events)
  else if ('blocks' in happening) silent.add(happening.blocks)
  else if ('channel' in happening) {
    if (happening.answers) silent.delete(happening.channel)
    else silent.add(happening.channel)
  } else await node.store.acknowledge(node.view.id, happening.acknowledge, happening.by, node.clock.now())
}

/** Lets time pass until then, and skips what of it nothing is due in. */
async function passUntil(node: VirtualNode, until: number): Promise<void> {
  const { clock, store, view } = node
  for (;;) {
    await node.pass(Math.min(until, clock.now() + BUSY_MS))
    if (clock.now() >= until) return
    const [row] = await store.read({
      sql: 'select min(due_at) as due from queue where workspace = ?',
      parameters: [view.id],
    })
    const due = row?.['due'] === null || row?.['due'] === undefined ? Infinity : Number(row['due'])
    clock.skip(Math.min(until, due))
  }
}

/** Calls back after so many milliseconds of the past. */
type After = (ms: number, call: () => void) => void

/** How long the other side takes to answer, milliseconds. */
const TAKES_MS: Readonly<Record<string, readonly [number, number]>> = {
  telegram: [70, 320],
  smtp: [350, 1_600],
  mattermost: [40, 180],
}

/** What is outside in the past: everything arrives, but through channels that are silent. */
const connectTo = (telegram: TelegramStandIn, silent: ReadonlySet<string>, after: After): Connect => {
  const luck = dice(SEED)
  return (kind, settings): Channel => ({
    attempt: async (message, to, call) => {
      const [least, most] = TAKES_MS[kind.kind as string] ?? [20, 60]
      await new Promise<void>((resolve) => after(luck.whole(least, most), resolve))
      if (silent.has(settings.name)) return NO_ANSWER
      if (silent.has(String(to['chat']))) return SHUT_OUT
      if (kind.kind !== ('telegram' as string)) return sent([`past-${message.deliveryId}`])
      const text = `${message.title}\n${toPlain(message.text)}`
      const earlier = telegram.messages.find(
        ({ messageId }) => call.action === 'edit' && String(messageId) === call.earlier?.messageIds[0],
      )
      if (earlier !== undefined) {
        earlier.edits.push(earlier.text)
        earlier.text = text
        return sent([String(earlier.messageId)])
      }
      const messageId = telegram.messages.length + 1
      telegram.messages.push({
        ...{ messageId, bot: '150000', chat: String(to['chat']), kind: 'text', html: text, text },
        ...{ silent: message.silent, buttons: [], edits: [], at: 0 },
      })
      return sent([String(messageId)])
    },
    async *check() {},
    close: async () => {},
  })
}

const SHUT_OUT: Outcome = {
  verdict: 'rejected',
  reason: 'blocked',
  detail: 'Forbidden: bot was blocked by the user',
  health: { of: 'destination', state: 'invalid' },
}

const NO_ANSWER: Outcome = {
  verdict: 'deferred',
  reason: 'unreachable_host',
  detail: 'connect ECONNREFUSED',
  health: { of: 'channel', state: 'down' },
}
