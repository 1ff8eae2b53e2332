import type { Record, StoredDelivery } from '../record.ts'
import { said } from './ends.ts'

/** What a way out costs a critical message at most when nothing is wrong with it: a group's 20 a minute, a chat's one a second. */
const GROUP_MS = 61_000
const CHAT_MS = 2_000
/** For each critical one that goes before it. */
const EACH_MS = { group: 3_000, chat: 1_100 }

/** A critical message leaves within a bound, whatever else waits, as long as its way is healthy. */
export function checkUrgency(record: Record): string[] {
  const { world, deliveries, attemptsOf } = record
  const critical = deliveries.filter(({ severity, destination, state, event }) => {
    return !world.belated.has(event) && severity === 0 && destination !== null && (state === 1 || state === 3)
  })
  return critical.flatMap((each) => {
    const first = attemptsOf(each.id)[0]
    const bound = boundOf(record, each)
    const until = Math.min(first?.at ?? Infinity, dueOf(each) + bound)
    if ((first?.at ?? Infinity) <= dueOf(each) + bound || !isFree(record, each, until)) return []
    const late = first === undefined ? 'never left' : `left after ${first.at - dueOf(each)} ms`
    return [`${said(each)} is critical and ${late}, ${bound} ms were enough`]
  })
}

/** Longer for each critical one that went before it meanwhile. */
function boundOf({ deliveries, attemptsOf }: Record, each: StoredDelivery): number {
  const group = each.place.startsWith('-')
  const [due, first] = [dueOf(each), attemptsOf(each.id)[0]?.at ?? Infinity]
  const ahead = deliveries.filter(
    (other) =>
      other.severity === 0 &&
      other.channel === each.channel &&
      other.place === each.place &&
      other.id !== each.id &&
      attemptsOf(other.id).some(({ at }) => at >= due && at <= first),
  ).length
  return (group ? GROUP_MS : CHAT_MS) + ahead * (group ? EACH_MS.group : EACH_MS.chat)
}

/** The rule's patience, where it is about what goes unread. */
const UNREAD_MS = 5 * 60_000

/** From when on it may leave: what comes in case another goes unread waits for that first. */
const dueOf = ({ createdAt, follows }: Pick<StoredDelivery, 'createdAt' | 'follows'>): number =>
  createdAt + (follows ? UNREAD_MS : 0)

/** Nothing but the pipeline kept it: its way was well and on, nobody worked on it by hand, nothing of its incident was before it. */
function isFree(record: Record, each: StoredDelivery, until: number): boolean {
  const { world, deliveries, isByHand, channelName, companiesIn, wasWell } = record
  const channel = channelName(each.channel)
  const on = companiesIn(each.createdAt, until).every(
    (company) =>
      each.channel === 0 || company.channels.some((one) => one['name'] === channel && one['enabled'] !== false),
  )
  const before = deliveries.some(
    (other) =>
      other.incident !== null &&
      other.incident === each.incident &&
      other.destination === each.destination &&
      other.event < each.event &&
      (other.endedAt ?? Infinity) > dueOf(each),
  )
  const { network } = world
  return on && !before && !isByHand(each) && network.wasWell(channel, dueOf(each), until) && wasWell(dueOf(each), until)
}
