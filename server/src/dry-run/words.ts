import type { DryRunReport } from '@nabat/api/dry-run.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { digestType } from '../render/digest.ts'
import { RenderedMessage } from '../render/message.ts'
import { destinationOf, type Leaving } from './dry-run.ts'

/** A message as its recipient would have read it, by the templates of today. */
export function inWords(leaving: Leaving, view: WorkspaceView): DryRunReport['first'][number] {
  const { event, delivery, channel, at } = leaving
  const gathered = delivery.digest && leaving.gathered.length > 1 ? leaving.gathered : []
  const type = gathered.length > 0 ? digestType : leaving.type
  const language = view.people.get(delivery.recipient ?? '')?.language ?? view.language
  const row = {
    ...delivery,
    workspace: view.id,
    delivery: '',
    destination: 0,
    channel: channel.id,
    address: delivery.destination?.address ?? {},
    disabled: null,
    insteadOf: null,
    suspect: false,
    waitedFor: delivery.held,
    attempts: 0,
    event,
    version: view.version,
    incident: null,
    followed: false,
  }
  const own = view.ownTemplates(type.name, channel.name, language).map(({ template }) => template)
  const { title, text } = new RenderedMessage(row, type, own, view, [], false, gathered)
  return { event: event.id, at: new Date(at).toISOString(), destination: destinationOf(leaving), title, text }
}
