import type { Contact, User } from '@nabat/api/configuration.ts'
import type { Recipient, Rule } from '@nabat/api/rule.ts'
import type { Log } from '../log.ts'
import type { Address } from '../pipeline/outcome.ts'
import type { ClaimedRow, Store } from '../store/store.ts'
import type { Configuration } from './configuration.ts'
import type { Edit } from './plan.ts'
import type { WorkspaceView } from './view.ts'
import type { Workspaces } from './workspaces.ts'

interface Move {
  readonly channel: string
  readonly from: string
  readonly to: string
}

/**
 * A Telegram group became a supergroup and has another id: the new one is written wherever the old one stood, in rules and
 * contacts, with a change row that says why. What is still waiting for the old id goes to the new one too.
 */
export async function moveChat(
  row: ClaimedRow,
  to: Address,
  parts: { store: Store; workspaces: Workspaces; configuration: Configuration; log: Log },
): Promise<void> {
  const view = parts.workspaces.get(row.workspace)
  const channel = view?.channels.get(row.channel)
  if (view === undefined || channel === undefined || to['chat'] === undefined) return
  const move = { channel: channel.name, from: String(row.address['chat']), to: String(to['chat']) }
  try {
    await parts.store.moveDestinations(row.workspace, row.channel, move.from, move.to)
    const why = `Telegram: ${move.from} → ${move.to}`
    await parts.configuration.save(view, moveEdits(view, move), 'nabat', why, { automatic: true })
    parts.log.info({ workspace: view.name, ...move }, 'a chat has moved')
  } catch (error) {
    // The next message to the old id is told of the move again.
    parts.log.warn(
      { workspace: view.name, ...move, error: (error as Error).message },
      'a chat has moved, which could not be written',
    )
  }
}

/** Every rule and person that names the old id, with the new one. Pure. */
export function moveEdits(view: WorkspaceView, move: Move): Edit[] {
  const edits: Edit[] = []
  for (const row of view.rows('rules')) {
    const rule = JSON.parse(row.body) as Rule
    const to = moved(rule.to, move)
    const fallback = rule.fallback === undefined ? undefined : moved(rule.fallback, move)
    if (to === rule.to && fallback === rule.fallback) continue
    const entity = { ...rule, to, ...(fallback === undefined ? {} : { fallback }) }
    edits.push({ section: 'rules', id: row.id, entity, path: '', origin: row.origin })
  }
  for (const row of view.rows('users')) {
    const user = JSON.parse(row.body) as User
    const contacts = user.contacts === undefined ? undefined : moved(user.contacts, move)
    if (contacts === undefined || contacts === user.contacts) continue
    edits.push({ section: 'users', id: row.id, entity: { ...user, contacts }, path: '', origin: row.origin })
  }
  return edits
}

/** The list with the new id; the very same list when the old one is not in it. */
function moved<To extends Recipient | Contact>(list: To[], { channel, from, to }: Move): To[] {
  const named = (each: To): boolean => each.channel === channel && each.chat !== undefined && String(each.chat) === from
  return list.some(named) ? list.map((each) => (named(each) ? { ...each, chat: to } : each)) : list
}
