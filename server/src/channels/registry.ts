import type { ChannelKindName } from '@nabat/api/channel.ts'
import type { ChannelKind } from './channel.ts'
import { inbox } from './inbox.ts'
import { mattermost } from './mattermost.ts'
import { push } from './push.ts'
import { smtp } from './smtp.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'

export type ChannelKinds = { readonly [K in ChannelKindName]: ChannelKind<K> }

/** Every kind of channel there is. What only one of them needs (nodemailer) it imports itself, when it is first used. */
export const CHANNELS: ChannelKinds = {
  telegram,
  smtp,
  mattermost,
  webhook,
  inbox,
  push,
}
