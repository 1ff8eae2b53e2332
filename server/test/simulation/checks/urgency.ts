import type { Record, StoredDelivery } from '../record.ts'
import { said } from './ends.ts'

/** What a way out costs a critical message at most when nothing is wrong with it: a group's 20 a minute, a chat's one a second. */
const GROUP_MS = 61_000
const CHAT_MS = 2_000
/** For each critical one that goes before it. */
const EACH_MS = { group: 3_000, chat: 1_100 }

/** A critical message leaves within a bound, whatever else waits, as long as its way is healthy. */
export function checkUrgency(record: Record): string[] {
  const { deliveries, attemptsOf } = record
  const critical = deliveries.filter(({ severity, destination, state }) => {
    return severity === 0 && destination !== null && (state === 1 || state === 3)
  })
  return critical.flatMap((each) => {
    const first = attemptsOf(each.id)[0]
    const bound = boundOf(record, each)
    const until = Math.min(first?.at ?? Infinity, each.createdAt + bound)
    if ((first?.at ?? Infinity) <= each.createdAt + bound || !isFree(record, each, until)) return []
    const late = first === undefined ? 'never left' : `left after ${first.at - each.createdAt} ms`
    return [`${said(each)} is critical and ${late}, ${bound} ms were enough`]
  })
}

function boundOf({ deliveries, attemptsOf }: Record, { id, channel, place, createdAt }: StoredDelivery): number {
  const group = place.startsWith('-')
  const ahead = deliveries.filter(
    (other) =>
      other.severity === 0 &&
      other.channel === channel &&
      other.place === place &&
      other.id < id &&
      attemptsOf(other.id).some(({ at }) => at >= createdAt),
  ).length
  return (group ? GROUP_MS : CHAT_MS) + ahead * (group ? EACH_MS.group : EACH_MS.chat)
}

/** Nothing but the pipeline kept it: its way was well and on, nobody worked on it by hand, nothing of its incident was before it. */
function isFree(record: Record, each: StoredDelivery, until: number): boolean {
  const { world, deliveries, channelName, companiesIn, wasWell } = record
  const channel = channelName(each.channel)
  const on = companiesIn(each.createdAt, until).every((company) =>
    company.channels.some((one) => one['name'] === channel && one['enabled'] !== false),
  )
  const before = deliveries.some(
    (other) =>
      other.incident !== null &&
      other.incident === each.incident &&
      other.destination === each.destination &&
      other.event < each.event &&
      (other.endedAt ?? Infinity) > each.createdAt,
  )
  const { network, byHand } = world
  return (
    on &&
    !before &&
    !byHand.has(each.id) &&
    network.wasWell(channel, each.createdAt, until) &&
    wasWell(each.createdAt, until)
  )
}
