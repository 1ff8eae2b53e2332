import type { Language } from '@nabat/api/text.ts'
import { idText } from '../ids.ts'
import { reasonIn } from '../reasons.ts'
import type { Store } from '../store/store.ts'
import { time } from './views.ts'
import { sqliteQueries as db } from './tables.ts'

/** A channel that is down: since when, and why in words; null where that is not kept any more. */
export interface Down {
  readonly since: string
  readonly says: string | null
}

/** Which of these channels are down, by their names: the incident that says so is open. */
export async function downOf(
  store: Store,
  workspace: number,
  channels: readonly string[],
  language: Language,
): Promise<ReadonlyMap<string, Down>> {
  if (channels.length === 0) return new Map()
  const keys = new Map(channels.map((name) => [`channel:${name}`, name]))
  const open = db
    .selectFrom('incidents')
    .select(['key', 'opened_at', 'opened_by'])
    .where('workspace', '=', workspace)
    .where('key', 'in', [...keys.keys()])
    .where('ended_at', 'is', null)
  const rows = await store.read(open.compile())
  const says = await reasonsOf(
    store,
    workspace,
    rows.map((row) => row['opened_by'] as Uint8Array),
  )
  return new Map(
    rows.map((row) => {
      const why = says.get(idText(row['opened_by'] as Uint8Array))
      return [
        keys.get(row['key'] as string)!,
        { since: time(row['opened_at'])!, says: why === undefined ? null : reasonIn(why, language) },
      ]
    }),
  )
}

/** What these events say is the reason, by their ids. */
async function reasonsOf(
  store: Store,
  workspace: number,
  events: readonly Uint8Array[],
): Promise<ReadonlyMap<string, string>> {
  if (events.length === 0) return new Map()
  const select = db
    .selectFrom('events')
    .select(['id', 'data'])
    .where('workspace', '=', workspace)
    .where('id', 'in', events)
  const rows = await store.read(select.compile())
  return new Map(
    rows.map((row) => {
      const { reason } = JSON.parse(row['data'] as string) as { reason?: string }
      return [idText(row['id'] as Uint8Array), reason ?? '']
    }),
  )
}
