import type { Attempt } from '../network.ts'
import type { Record } from '../record.ts'
import { said } from './ends.ts'

/** What the store says of every message is what happened to it, and people see things in their order. */
export const checkArrivals = (record: Record): string[] => [
  ...arrived(record),
  ...marked(record),
  ...repeated(record),
  ...ordered(record),
]

/** What is called sent has arrived; what has arrived is called sent, or its attempt was ambiguous. */
function arrived({ deliveries, byId, attemptsOf }: Record): string[] {
  return deliveries.flatMap((each) => {
    // What joined a digest is there when the digest is.
    const joined = each.digest !== null && each.digest !== each.id ? byId.get(each.digest) : undefined
    const isThere = [each, joined ?? each].some(({ id }) => attemptsOf(id).some((attempt) => attempt.arrives))
    if (each.state === 1 && !isThere) return [`${said(each)} is said to be sent and never arrived`]
    const doubtful =
      each.attempts.includes('ambiguous') ||
      each.note?.includes('may_have_arrived') === true ||
      joined?.attempts.includes('ambiguous') === true ||
      joined?.note?.includes('may_have_arrived') === true
    const wasThere = attemptsOf(each.id).some((attempt) => attempt.arrives)
    return each.state !== 1 && wasThere && !doubtful ? [`${said(each)} arrived, and its state is ${each.state}`] : []
  })
}

/** What arrived more than once is marked as a repeat, when it ended as sent. */
const marked = ({ deliveries, attemptsOf }: Record): string[] =>
  deliveries
    .filter(({ id, state, note }) => {
      const times = attemptsOf(id).filter((attempt) => attempt.arrives).length
      return state === 1 && times > 1 && note?.includes('repeat') !== true
    })
    .map((each) => `${said(each)} arrived more than once and is not marked`)

/** Nothing is sent again by a process that was told that it had arrived. */
const repeated = ({ deliveries, attemptsOf }: Record): string[] =>
  deliveries.flatMap((each) => {
    const attempts = attemptsOf(each.id)
    const again = attempts.find(
      (attempt, at) => attempts[at - 1]?.verdict === 'sent' && isSame(attempts[at - 1]!, attempt),
    )
    return again === undefined ? [] : [`${said(each)} was sent again although it was known to have arrived`]
  })

/** Whether one process made both, and was the same node: one that was away for too long begins anew, under another number. */
const isSame = (one: Attempt, other: Attempt): boolean =>
  one.process === other.process && one.by?.node === other.by?.node

/**
 * Messages of one destination and one incident arrive in the order of their events, by the last that people see of each;
 * those aside of which nobody here could know that they had arrived, what somebody tried again by hand, and what stood still
 * with its process on the way in or out.
 */
function ordered({ world, byId, isByHand, ruleOf }: Record): string[] {
  const last = new Map<string, Attempt>()
  for (const attempt of world.network.attempts)
    if (attempt.arrives && !attempt.late) for (const id of attempt.covers) last.set(id, attempt)
  const places = new Map<string, string>()
  const wrong: string[] = []
  for (const attempt of world.network.attempts) {
    if (!attempt.arrives) continue
    // A digest tells of several incidents and stands in the line of none; nor does what comes because another went unread.
    const seen = attempt.covers
      .flatMap((id) => byId.get(id) ?? [])
      .filter((each) => each.state === 1 && ruleOf(each)?.['digest'] === undefined && !each.follows)
      .filter((each) => last.get(each.id) === attempt && !isByHand(each) && !world.belated.has(each.event))
    for (const each of seen.toSorted((a, b) => (a.event < b.event ? -1 : 1))) {
      if (each.incident === null) continue
      const key = `${each.destination} ${each.incident}`
      const before = places.get(key)
      if (before !== undefined && before > each.event)
        wrong.push(`${said(each)} of ${each.incident} arrived after a later one`)
      if (before === undefined || before < each.event) places.set(key, each.event)
    }
  }
  return wrong
}
