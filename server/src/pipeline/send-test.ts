/*
 * Sends the messages of a rule's test: through the same ways out as everything else, within their budgets, and whatever
 * cannot leave in time is told so. Budgets are those this node knows: where another node serves a bot, its own sends are
 * not among them, and Telegram's answer is what tells.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Rule } from '@nabat/api/rule.ts'
import type { Clock } from '../clock.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { MakeId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { EventRow } from '../store/store.ts'
import { attachmentsOf, type Ways } from './attempt.ts'
import type { Pace } from './pace.ts'
import type { Way } from './recipients.ts'
import type { Renderer } from './render.ts'
import { marked, planTest, testRow, type TestTarget } from './rule-test.ts'

/** Everything of a test has ended after this, milliseconds. */
const DEADLINE_MS = 30_000
/** So many messages of a test are on their way at once: what is real goes on beside them. */
const AT_ONCE = 8

/** What a test uses of a node. */
export interface SendTestParts {
  readonly ways: Ways
  readonly renderer: Renderer
  readonly pace: Pace
  readonly clock: Clock
  readonly log: Log
  readonly makeId: MakeId
}

/** What a test came to for one destination. */
export interface Tested {
  readonly way: Way | null
  readonly recipient: string | null
  /** Null: it was sent. */
  readonly reason: string | null
  /** What the other side said. */
  readonly detail: string | null
}

type Reachable = TestTarget & { readonly way: Way }

/** Sends a test message of a rule to everybody it would tell of the event; never rejects for what a way out does. */
export async function sendTest(
  rule: Rule,
  event: EventRow,
  type: EventType,
  view: WorkspaceView,
  parts: SendTestParts,
): Promise<Tested[]> {
  const targets = planTest(rule, event, type, view)
  const tested = targets.map(({ way, recipient, reason }): Tested => ({ way, recipient, reason, detail: null }))
  const ends = new AbortController()
  const endDeadline = parts.clock.after(DEADLINE_MS, () => ends.abort(new DOMException('deadline', 'TimeoutError')))
  const latest = parts.clock.now() + DEADLINE_MS
  let next = 0
  const line = async (): Promise<void> => {
    while (next < targets.length) {
      const index = next++
      const target = targets[index]!
      if (target.reason !== null || target.way === null) continue
      const failed = await sendOne(
        { ...target, way: target.way },
        { rule, event, type, view },
        parts,
        ends.signal,
        latest,
      )
      tested[index] = { ...tested[index]!, ...failed }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line))
  endDeadline()
  return tested
}

async function sendOne(
  target: Reachable,
  { rule, event, type, view }: { rule: Rule; event: EventRow; type: EventType; view: WorkspaceView },
  parts: SendTestParts,
  signal: AbortSignal,
  latest: number,
): Promise<Pick<Tested, 'reason' | 'detail'>> {
  const { ways, renderer, log, makeId } = parts
  const { channel, address } = target.way
  try {
    const row = testRow(target, event, view, makeId())
    const files = await attachmentsOf(row, renderer.file(view.id))
    const message = marked(await renderer.render(row, type, view, files), rule)
    const open = await ways.open(channel, view.id)
    if (!(await maySend(target.way, parts, latest))) return { reason: 'test_late', detail: null }
    const outcome = await open.attempt(message, address, { signal, action: 'send', attempt: 1 })
    return outcome.verdict === 'sent'
      ? { reason: null, detail: null }
      : { reason: outcome.reason, detail: outcome.detail }
  } catch (error) {
    log.error({ channel: channel.name, error: (error as Error).stack }, 'a test message broke off, which is a bug')
    return { reason: 'internal', detail: null }
  }
}

/** Waits until the budgets of a destination allow a message, and draws on them; false when that would be too late. */
async function maySend({ channel, address }: Way, { pace, clock }: SendTestParts, latest: number): Promise<boolean> {
  const budgets = channel.kind.budgets(channel.settings, address)
  for (;;) {
    const now = clock.now()
    const at = pace.freeAt(budgets, now)
    if (at >= latest || now >= latest) return false
    if (at <= now) break
    await new Promise<void>((resolve) => clock.after(at - now, resolve))
  }
  pace.take(budgets, clock.now())
  return true
}
