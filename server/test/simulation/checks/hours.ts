import { entryOf, type Company } from '../company.ts'
import type { Attempt } from '../network.ts'
import type { Record, StoredDelivery } from '../record.ts'
import { firstMoment, nextTime, rests } from '../wall-clock.ts'
import { said } from './ends.ts'

/** What leaves at the minute is sent within this time, when nothing is wrong, and so much later for each that goes with it. */
const PROMPT_MS = 5_000
const EACH_MS = 1_100
const MINUTE = 60_000

/** Nobody is disturbed in their hours, and what was held back leaves when they end, to the minute. */
export const checkHours = (record: Record): string[] => [
  ...disturbed(record),
  ...prompt(record, 'the hours of its recipient', endOfHours, () => null),
  ...prompt(record, 'its digest', endOfDigest, (company, login) => entryOf(company, 'users', login)),
  ...kept(record),
  ...readAlready(record),
]

const zoneOf = (company: Company): string => String(company.workspace['timeZone'])
const time = (at: number): string => new Date(at).toISOString()

/** What left when it was decided, and did not stand still with its process in between. */
const punctual = (attempts: readonly Attempt[]): readonly Attempt[] => attempts.filter(({ late }) => !late)

/** Nothing that is not critical leaves while its recipient rests. */
function disturbed({ deliveries, attemptsOf, companiesIn }: Record): string[] {
  return deliveries.flatMap((each) => {
    const { recipient, severity } = each
    if (recipient === null || severity === 0) return []
    const bad = punctual(attemptsOf(each.id)).find(({ at }) =>
      companiesIn(at, at).every((company) => {
        const person = entryOf(company, 'users', recipient)
        return person !== undefined && rests(person, zoneOf(company), at)
      }),
    )
    return bad === undefined ? [] : [`${said(each)} disturbed ${recipient} at ${time(bad.at)}`]
  })
}

/** The last moment at which a delivery may leave that waits for something, null when it waits for nothing. */
type EndOf = (record: Record, delivery: StoredDelivery) => number | null

/** The end of what each configuration in turn calls the hours of the recipient: what waits is looked at again at every save. */
function endOfHours({ world, companiesIn, ruleOf }: Record, each: StoredDelivery): number | null {
  const { recipient, severity, createdAt } = each
  if (recipient === null || severity === 0 || companiesIn(createdAt, createdAt).length > 1) return null
  if (world.belated.has(each.event)) return null
  if (ruleOf(each)?.['digest'] !== undefined || each.follows) return null
  const ledger = world.ledger.filter(
    ({ at }, index) =>
      at > createdAt || world.ledger[index + 1] === undefined || world.ledger[index + 1]!.at > createdAt,
  )
  let waited = false
  for (const [index, { at, company }] of ledger.entries()) {
    const from = Math.max(at, createdAt)
    const person = entryOf(company, 'users', recipient)
    if (person === undefined) return null
    const end = firstMoment(from, (moment) => !rests(person, zoneOf(company), moment))
    if (end === null) return null
    waited ||= end > from
    if (end < (ledger[index + 1]?.at ?? Infinity)) return waited ? end : null
  }
  return null
}

function endOfDigest({ world, companiesIn, ruleOf }: Record, each: StoredDelivery): number | null {
  const digest = ruleOf(each)?.['digest'] as { every?: string; daily?: string } | undefined
  const [company, other] = companiesIn(each.createdAt, each.createdAt)
  if (digest === undefined || each.severity === 0 || company === undefined || other !== undefined) return null
  if (each.digest !== null || each.insteadOf !== null || world.belated.has(each.event)) return null
  if (digest.daily === undefined) return each.createdAt + 15 * MINUTE
  const person = each.recipient === null ? undefined : entryOf(company, 'users', each.recipient)
  const zone = String(person?.['timeZone'] ?? company.workspace['timeZone'])
  const end = nextTime(digest.daily, zone, each.createdAt)
  return person === undefined || person['quietHours'] === undefined ? end : null
}

/**
 * Of all that is held back for a destination until a moment, the first leaves at that moment: not before, and soon after
 * it when the way was healthy and nothing else went there.
 */
function prompt(
  record: Record,
  what: string,
  endOf: EndOf,
  decides: (company: Company, recipient: string) => unknown,
): string[] {
  const { world, deliveries, isByHand, attemptsOf, channelName, companiesIn, wasWell } = record
  const groups = new Map<string, { at: number; waiting: StoredDelivery[] }>()
  for (const each of deliveries) {
    const at = endOf(record, each)
    if (at === null || each.destination === null || isByHand(each)) continue
    const key = `${each.destination} ${at}`
    const group = groups.get(key) ?? { at, waiting: [] }
    group.waiting.push(each)
    groups.set(key, group)
  }
  return [...groups.values()].flatMap(({ at, waiting }) => {
    const since = Math.min(...waiting.map((each) => waitsSince(record, each)))
    // Somebody who saves while it waits may change when it leaves.
    const { channel, place, recipient } = waiting[0]!
    const name = channelName(channel)
    const matters = (company: Company): string =>
      JSON.stringify([decides(company, recipient ?? ''), entryOf(company, 'channels', name), company.silences])
    if (new Set(companiesIn(since, at + PROMPT_MS).map(matters)).size > 1) return []
    const sent = waiting.filter(({ state }) => state === 1 || state === 3)
    const firsts = sent.flatMap(({ id }) => attemptsOf(id)[0]?.at ?? [])
    const early = sent.find(({ id }) => (attemptsOf(id)[0]?.at ?? Infinity) < at)
    if (early !== undefined) return [`${said(early)} left before the end of ${what} at ${time(at)}`]
    const quiet = !world.network.attempts.some(
      (each) =>
        each.channel === name && each.address === place && each.at >= at - MINUTE && each.at < Math.min(...firsts),
    )
    const well = world.network.wasWell(name, since, at + PROMPT_MS) && wasWell(since, at + PROMPT_MS)
    if (sent.length === 0 || !quiet || !well || Math.min(...firsts) <= at + PROMPT_MS + waiting.length * EACH_MS)
      return []
    const left = firsts.length === 0 ? 'never' : time(Math.min(...firsts))
    return [`${said(sent[0]!)} was to leave at the end of ${what}, ${time(at)}, and left ${left}`]
  })
}

/** When the first came of those it waits behind: earlier ones of its incident go before it. */
const waitsSince = ({ deliveries }: Record, { destination, incident, event, createdAt }: StoredDelivery): number =>
  Math.min(
    createdAt,
    ...deliveries
      .filter((each) => each.destination === destination && each.incident === incident && incident !== null)
      .filter((each) => each.event < event && (each.endedAt ?? Infinity) > createdAt)
      .map((each) => each.createdAt),
  )

/** What hold says at the moment of an attempt: nothing goes to somebody who has left, through a channel that is off, or into a silence. */
function kept({ world, deliveries, attemptsOf, companiesIn, channelName }: Record): string[] {
  return deliveries.flatMap((each) => {
    const why = (company: Company, at: number): string | undefined => {
      const person = each.recipient === null ? undefined : entryOf(company, 'users', each.recipient)
      if (each.recipient !== null && person?.['enabled'] === false) return `${each.recipient} has left`
      const channel = entryOf(company, 'channels', channelName(each.channel))
      if (each.channel !== 0 && (channel === undefined || channel['enabled'] === false)) return 'the channel is off'
      const silence = company.silences.find(({ when, until }) => {
        return (when as { value: string }).value === each.type && Date.parse(String(until)) > at
      })
      return silence === undefined ? undefined : 'there is silence'
    }
    const bad = punctual(attemptsOf(each.id)).find(({ at }) =>
      companiesIn(at - world.hearsWithinMs, at).every((company) => why(company, at) !== undefined),
    )
    return bad === undefined
      ? []
      : [`${said(each)} left at ${time(bad.at)} although ${why(companiesIn(bad.at, bad.at)[0]!, bad.at)}`]
  })
}

/** What comes in case another goes unread does not come when that was read. */
const readAlready = ({ world, deliveries, byId, isByHand, attemptsOf }: Record): string[] =>
  deliveries.flatMap((each) => {
    const before = byId.get(each.insteadOf ?? '')
    const first = attemptsOf(each.id)[0]
    if (!each.follows || before?.recipient !== 'emma' || before.channel !== 0 || first === undefined) return []
    const read = world.reads.some((at) => at > (before.endedAt ?? Infinity) && at < first.at)
    return read && !isByHand(each) ? [`${said(each)} left although the one before it had been read`] : []
  })
