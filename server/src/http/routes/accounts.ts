import type { AccountState } from '@nabat/api/session.ts'
import type { EntityRow, Store } from '../../store/store.ts'

/** Whether these users can sign in, by the ids of their cards: no account, an invitation that stands, an account. */
export async function accountStates(
  store: Store,
  workspace: number,
  users: readonly EntityRow[],
  now: number,
): Promise<ReadonlyMap<number, AccountState>> {
  const ids = users.map(({ id }) => id)
  const known = ids.length === 0 ? [] : await store.cardAccess(workspace, ids, now)
  const states = new Map<number, AccountState>(ids.map((id) => [id, 'none']))
  for (const { card, account } of known) states.set(card, account === null ? 'invited' : 'active')
  return states
}
