import type { ChannelSettings } from '@nabat/api/channel.ts'

/*
 * The ways out of the company of the demonstration. What they lead to stands beside them on this machine.
 */

/** Names of the ways out. */
export const BOT = 'Бот дежурных'
export const MAIL = 'Почта'
export const MATTERMOST = 'Mattermost'

/** Groups the bot writes to. */
export const DUTY = '-1001500000001'
export const CREW = '-1001500000002'

/** What these groups are called. */
export const CHATS: Readonly<Record<string, string>> = { [DUTY]: 'Дежурные', [CREW]: 'Монтажники: бригада' }

/** The mailbox of the duty shift, where messages go while Telegram is silent. */
export const DUTY_MAIL = 'duty@sever-dozor.example'
/** Where a call that nobody can be blamed for is reported. */
export const CALLS_MAIL = 'calls@sever-dozor.example'

/** Where the other sides listen. */
export interface Outlets {
  readonly telegram: { readonly url: string }
  readonly mail: { readonly port: number }
  readonly mattermost: { readonly url: string }
}

/** The channels, leading to these. */
export const channelsTo = ({ telegram, mail, mattermost }: Outlets): readonly ChannelSettings[] => [
  { name: BOT, kind: 'telegram', token: '150000:AAdemonstration', apiRoot: telegram.url },
  {
    name: MAIL,
    kind: 'smtp',
    host: '127.0.0.1',
    port: mail.port,
    encryption: 'none',
    from: { address: 'nabat@sever-dozor.example', name: 'Набат · Северный дозор' },
    replyTo: 'help@sever-dozor.example',
  },
  { name: MATTERMOST, kind: 'mattermost', url: mattermost.url, channel: 'support' },
]
