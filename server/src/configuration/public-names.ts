import type { Recipient, Rule } from '@nabat/api/rule.ts'
import type { Problem } from '@nabat/api/text.ts'
import { isProblem } from '../channels/channel.ts'
import type { Address } from '../pipeline/outcome.ts'
import type { Edit } from './plan.ts'
import type { ChannelView } from './channel-view.ts'
import type { WorkspaceView } from './view.ts'

/** Asks a channel for the lasting form of an address; null when it cannot be found out now. */
export type Lookup = (view: WorkspaceView, channel: ChannelView, address: Address) => Promise<Address | Problem | null>

/**
 * Rules as they are saved: @name of a public Telegram channel becomes its id, which stays when the channel is renamed. A
 * name that leads nowhere is a mistake; when Telegram cannot be asked now, the name stays, and it works too.
 */
export async function withIds(
  edits: readonly Edit[],
  view: WorkspaceView,
  lookup: Lookup,
): Promise<{ edits: readonly Edit[]; problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const resolve = async (to: Recipient, path: string): Promise<Recipient> => {
    const channel =
      typeof to?.chat === 'string' && to.chat.startsWith('@') ? view.channelByName(to.channel ?? '') : undefined
    if (channel?.kind.kind !== 'telegram') return to
    const address = channel.kind.address(to, channel.settings)
    const found = isProblem(address) ? null : await lookup(view, channel, address)
    if (found === null) return to
    if (!isProblem(found)) return { ...to, chat: String(found['chat']) }
    problems.push({ ...found, path: `${path}${found.path}` })
    return to
  }
  const resolveAll = (list: unknown, path: string): Promise<unknown> =>
    Array.isArray(list)
      ? Promise.all((list as Recipient[]).map((to, index) => resolve(to, `${path}/${index}`)))
      : Promise.resolve(list)
  const resolved = await Promise.all(
    edits.map(async (edit) => {
      if (edit.section !== 'rules' || edit.entity === null) return edit
      const { to, fallback } = edit.entity as Partial<Rule>
      const entity: Record<string, unknown> = { ...edit.entity, to: await resolveAll(to, `${edit.path}/to`) }
      if (fallback !== undefined) entity['fallback'] = await resolveAll(fallback, `${edit.path}/fallback`)
      return { ...edit, entity }
    }),
  )
  return { edits: resolved, problems }
}
