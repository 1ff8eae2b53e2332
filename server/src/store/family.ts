/** A delivery of an event, as far as it matters which others are the same message. */
export interface Member {
  readonly id: string
  readonly insteadOf: string | null
  /** It came after the one before it was sent: another message. */
  readonly follows: boolean
}

/**
 * The same message by other ways: what took the place of what, up and down. While a channel is down a message waits for it
 * and for every way round it, and the first that gets through is the one that is sent.
 */
export function familyOf<M extends Member>(deliveries: readonly M[], id: string): M[] {
  const ways = new Set([id])
  for (let before = 0; before < ways.size;) {
    before = ways.size
    for (const { id: one, insteadOf: other, follows } of deliveries) {
      if (other === null || follows || !(ways.has(one) || ways.has(other))) continue
      ways.add(one)
      ways.add(other)
    }
  }
  return deliveries.filter((each) => ways.has(each.id) && each.id !== id)
}
