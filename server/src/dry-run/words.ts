import type { DryRunReport } from '@nabat/api/dry-run.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { digestType } from '../render/digest.ts'
import { RenderedMessage } from '../render/message.ts'
import type { Leaving } from './dry-run.ts'
import { claimedRow, destinationOf, eventRow } from './event.ts'

/** A message as its recipient would have read it, by the templates of today. */
export function inWords(leaving: Leaving, view: WorkspaceView): DryRunReport['first'][number] {
  const { delivery, channel, at } = leaving
  const gathered = delivery.digest && leaving.gathered.length > 1 ? leaving.gathered : []
  const type = gathered.length > 0 ? digestType : leaving.type
  const language = view.people.get(delivery.recipient ?? '')?.language ?? view.language
  const own = view.ownTemplates(type.name, channel.name, language)
  const row = claimedRow(leaving, view)
  const { title, text } = new RenderedMessage({
    ...{ row, type, own, view, attachments: [], silent: false },
    gathered: gathered.map(eventRow),
  })
  return { event: row.event.id, at: new Date(at).toISOString(), destination: destinationOf(leaving), title, text }
}
