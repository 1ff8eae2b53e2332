import { makeVapidKeys } from '../../src/channels/push/vapid.ts'
import type { PushDevice, PushReach, PushWorld } from '../../src/channels/push/world.ts'
import { systemRandom } from '../../src/clock.ts'
import type { PushService, Subscription } from '../standins/push.ts'

/** The devices of one person as the push channel is handed them; those that have withdrawn leave. */
export interface TestPushWorld extends PushWorld {
  readonly devices: PushDevice[]
  /** Ids of devices the channel said are gone, in their order. */
  readonly left: string[]
}

/** A device of this subscription. */
export const deviceOf = ({ endpoint, keys }: Subscription, id = 'd-1', title = 'Chrome на Windows'): PushDevice => ({
  ...{ id, title, endpoint },
  ...keys,
})

/** What the push channel is handed, with these devices. */
export function pushWorld(
  service: Pick<PushService, 'host'>,
  devices: PushDevice[],
  more: Partial<PushReach> = {},
): TestPushWorld {
  const left: string[] = []
  return {
    devices,
    left,
    keys: makeVapidKeys(systemRandom),
    subject: () => 'mailto:admin@example.ru',
    hosts: [service.host],
    reach: async () => ({ workspace: 1, unread: 3, seesEvents: true, publicUrl: null, devices: [...devices], ...more }),
    gone: async (_login, ids) => void left.push(...ids),
  }
}
