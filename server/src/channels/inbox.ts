import { deferred, sent } from '../pipeline/outcome.ts'
import type { Channel, ChannelKind } from './channel.ts'
import { personalAddress } from './personal-address.ts'
import { messageStage } from './reach.ts'

/** It goes into our own store, so its limits are about fairness to other writers, not about a provider. */
const CONNECTIONS = 50
const DEADLINE_MS = 15_000

/** The inbox of a person in the console. An edit changes the entry the incident has there. */
export const inbox: ChannelKind<'inbox'> = {
  kind: 'inbox',
  medium: 'short',
  knowsRead: true,
  problems: () => [],
  missing: () => [],
  address: personalAddress({
    where: { ru: 'в ящик доставляют по логину человека', en: "the inbox delivers by a person's login" },
    whose: { ru: 'чей это ящик', en: 'whose inbox' },
  }),
  show: ({ user }) => String(user),
  limits: () => ({ connections: CONNECTIONS, perDestination: 1, deadlineMs: DEADLINE_MS }),
  budgets: () => [],
  owner: (_settings, channelId) => `channel:${channelId}`,
  open(_settings, world) {
    const attempt: Channel['attempt'] = async (message, to, { earlier, signal }) => {
      if (signal.aborted) return deferred('cancelled', 'the process is stopping', { of: 'channel', state: 'fine' })
      try {
        return sent([await world.putInbox(String(to['user']), message, earlier)])
      } catch (error) {
        // The store cannot write now (a full disk, a lost connection); its own words stay in the log.
        world.log.error(
          { error: (error as Error).message, delivery: message.deliveryId },
          'an entry of the inbox could not be written',
        )
        return deferred('provider_error', 'the store did not take the entry', { of: 'channel', state: 'down' })
      }
    }
    return Promise.resolve({
      attempt,
      async *check(to, message, signal) {
        if (to === undefined || message === undefined) return
        yield messageStage(await attempt(message, to, { signal, action: 'send', attempt: 1 }))
      },
      close: () => Promise.resolve(),
    })
  },
}
