import type { Topic } from '@nabat/api/live.ts'
import type { AcceptRequest, Settlement, Store } from '../store/store.ts'
import type { Tell } from './live.ts'
import { inboxOf } from './notes.ts'

/*
 * Everything durable goes through the store, so that is where it is seen that something has changed: once it is committed,
 * whoever asked for it. Configuration is told of elsewhere, when the view of it has been brought up to date: whoever asked
 * at once would be shown what was there before.
 */

const EVENTS: readonly Topic[] = ['events', 'deliveries']
const INCIDENTS: readonly Topic[] = ['events', 'deliveries', 'incidents']
const CHANNELS: readonly Topic[] = [...INCIDENTS, 'channels']
const DELIVERIES: readonly Topic[] = ['deliveries']
const PROFILE: readonly Topic[] = ['profile']

/** The same store; `changed` hears of what it has written. */
export function observed(store: Store, changed: Tell): Store {
  const watched = {
    async accept(request) {
      const result = await store.accept(request)
      if (result !== 'stale' && result.events.some(({ duplicate }) => !duplicate))
        changed(request.workspace, topicsOf(request))
      return result
    },
    async settle(settlements, raised, now) {
      const result = await store.settle(settlements, raised, now)
      for (const workspace of workspacesOf(settlements)) changed(workspace, DELIVERIES)
      for (const request of raised) if (!result.stale.includes(request)) changed(request.workspace, topicsOf(request))
      return result
    },
    async cancelDeliveries(workspace, ...rest) {
      const result = await store.cancelDeliveries(workspace, ...rest)
      if (result.ended.length > 0) changed(workspace, DELIVERIES)
      return result
    },
    async retryDeliveries(workspace, ...rest) {
      const result = await store.retryDeliveries(workspace, ...rest)
      if (result.waiting.length > 0) changed(workspace, DELIVERIES)
      return result
    },
    async lookAgain(workspace, ...rest) {
      const woken = await store.lookAgain(workspace, ...rest)
      if (woken.length > 0) changed(workspace, DELIVERIES)
      return woken
    },
    async acknowledge(workspace, ...rest) {
      const result = await store.acknowledge(workspace, ...rest)
      // Entries of inboxes show who has taken it on, to people as well who hear of no incidents.
      if (result === 'acknowledged') changed(workspace, ['incidents', 'inbox'])
      return result
    },
    async writeConfiguration(write) {
      const result = await store.writeConfiguration(write)
      if (result !== 'conflict' && result.woken.length > 0) changed(write.workspace, DELIVERIES)
      return result
    },
    async setDestination(workspace, ...rest) {
      await store.setDestination(workspace, ...rest)
      changed(workspace, ['channels'])
    },
    async addSession(session) {
      await store.addSession(session)
      changed(session.workspace, ['sessions'])
    },
    async useLink(use) {
      const result = await store.useLink(use)
      if (typeof result === 'number') changed(use.session.workspace, ['sessions'])
      return result
    },
    async endLinkingCode(workspace, ...rest) {
      const ended = await store.endLinkingCode(workspace, ...rest)
      if (ended) changed(workspace, ['profile'])
      return ended
    },
    async putDevice(write) {
      const put = await store.putDevice(write)
      changed(write.workspace, PROFILE)
      return put
    },
    async renameDevice(workspace, ...rest) {
      const renamed = await store.renameDevice(workspace, ...rest)
      if (renamed) changed(workspace, PROFILE)
      return renamed
    },
    async removeDevices(workspace, ...rest) {
      const removed = await store.removeDevices(workspace, ...rest)
      if (removed > 0) changed(workspace, PROFILE)
      return removed
    },
    async putInbox(workspace, login, entry) {
      const id = await store.putInbox(workspace, login, entry)
      changed(workspace, [inboxOf(login)])
      return id
    },
    async markInbox(workspace, login, ...rest) {
      const marked = await store.markInbox(workspace, login, ...rest)
      if (marked.length > 0) changed(workspace, [inboxOf(login)])
      return marked
    },
    async clearInbox(workspace, login) {
      const cleared = await store.clearInbox(workspace, login)
      if (cleared > 0) changed(workspace, [inboxOf(login)])
      return cleared
    },
  } satisfies Partial<Store>
  return Object.assign(Object.create(store) as Store, watched)
}

const workspacesOf = (settlements: readonly Settlement[]): Set<number> =>
  new Set(settlements.map(({ workspace }) => workspace))

function topicsOf({ events }: AcceptRequest): readonly Topic[] {
  if (events.some(({ type }) => type.startsWith('system.channel.'))) return CHANNELS
  return events.some(({ incident }) => incident !== null) ? INCIDENTS : EVENTS
}
