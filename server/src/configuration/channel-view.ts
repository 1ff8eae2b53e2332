import type { ChannelKindName, ChannelSettings } from '@nabat/api/channel.ts'
import type { Problem } from '@nabat/api/text.ts'
import type { ChannelKind } from '../channels/channel.ts'
import { CHANNELS, type ChannelKinds } from '../channels/registry.ts'
import type { EntityRow } from '../store/store.ts'
import { fillIn, type Sources } from './references.ts'

/** A channel as the pipeline uses it: references filled in, what is missing named. */
export interface ChannelView {
  readonly id: number
  readonly name: string
  readonly kind: ChannelKind
  readonly settings: ChannelSettings
  readonly enabled: boolean
  /** Why it cannot be opened: references that lead nowhere and the like. */
  readonly problems: readonly Problem[]
  readonly missing: readonly string[]
  /** Changes whenever an open connection must be made anew. */
  readonly version: number
  /** Whose connections, budget and breaker it shares: `bot:123`, `channel:<workspace>.<id>`. */
  readonly owner: string
}

/** Fills in the references of a channel of a workspace, and says what stands in the way of using it. */
export function channelView(
  workspace: number,
  row: Pick<EntityRow, 'id' | 'body' | 'version'>,
  sources: Sources,
  kinds: ChannelKinds = CHANNELS,
): ChannelView {
  const stored = JSON.parse(row.body) as ChannelSettings
  const problems: Problem[] = []
  const settings = fillIn(stored, sources, '', problems)
  const kind = kinds[stored.kind as ChannelKindName] as unknown as ChannelKind
  return {
    id: row.id,
    name: stored.name,
    kind,
    settings,
    enabled: stored.enabled !== false,
    problems,
    missing: kind.missing(settings),
    version: row.version,
    // The numbers of channels are those of a workspace: without it two would share what belongs to each.
    owner: kind.owner(settings, `${workspace}.${row.id}`),
  }
}
