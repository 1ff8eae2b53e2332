import { Type, type Static } from 'typebox'

const name = (description: string, maxLength = 200) => Type.String({ minLength: 1, maxLength, description })
const secret = (description: string) => Type.String({ minLength: 1, maxLength: 4096, description, 'x-secret': true })
/** An address; one with a login or a query in it is stored as a secret. */
const url = (description: string) =>
  Type.String({ format: 'uri', maxLength: 2048, description, 'x-secret-address': true })
/** An address that is a secret as a whole. */
const secretUrl = (description: string) =>
  Type.String({ format: 'uri', maxLength: 2048, description, 'x-secret': true })
const enabled = Type.Optional(Type.Boolean({ description: 'false: nothing leaves through it; by default true' }))
const backup = Type.Optional(name('Channel of the same kind that takes over while this one is down'))
const proxy = Type.Optional(url('http://, https:// or socks5:// proxy for this channel'))

/** One Telegram bot. */
export const TelegramChannel = Type.Object(
  {
    name: name('Unique name'),
    kind: Type.Literal('telegram'),
    enabled,
    backup,
    token: secret('Token from @BotFather'),
    apiRoot: Type.Optional(url('Address of the Bot API; by default https://api.telegram.org')),
    proxy,
  },
  { additionalProperties: false },
)

/** One mail server. Not ready (`channel_incomplete`) until from.address, from.name and replyTo are all there. */
export const SmtpChannel = Type.Object(
  {
    name: name('Unique name'),
    kind: Type.Literal('smtp'),
    enabled,
    backup,
    host: name('Name or address of the server; ssl://host means implicit TLS', 255),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: 'By default 465 with tls, 587 with starttls, 25 with none',
      }),
    ),
    encryption: Type.Optional(
      Type.Enum(['none', 'starttls', 'tls'], { description: 'tls: from the first byte; starttls: must succeed; none' }),
    ),
    auth: Type.Optional(
      Type.Object({ user: name('Login'), password: secret('Password') }, { additionalProperties: false }),
    ),
    checkCertificate: Type.Optional(Type.Boolean({ description: 'By default true' })),
    ca: Type.Optional(
      Type.String({ maxLength: 65536, description: 'Own certificate authorities, PEM (or ${file:path})' }),
    ),
    from: Type.Optional(
      Type.Object(
        {
          address: Type.Optional(Type.String({ maxLength: 320 })),
          name: Type.Optional(Type.String({ maxLength: 200 })),
        },
        { additionalProperties: false },
      ),
    ),
    replyTo: Type.Optional(Type.String({ maxLength: 320, description: 'Address of the support desk' })),
    connections: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 50, description: 'Connections at once; by default 5' }),
    ),
  },
  { additionalProperties: false },
)

/** Mattermost: an incoming webhook (`url`), or a bot account (`server` and `token`) for direct messages and edits. */
export const MattermostChannel = Type.Object(
  {
    name: name('Unique name'),
    kind: Type.Literal('mattermost'),
    enabled,
    backup,
    url: Type.Optional(secretUrl('Incoming webhook: https://chat.example.ru/hooks/…; whoever has it may post')),
    server: Type.Optional(url('Address of the server, for a bot account')),
    token: Type.Optional(secret('Token of the bot account')),
    channel: Type.Optional(name('Channel to post to when the recipient names none')),
    proxy,
  },
  { additionalProperties: false },
)

/** An HTTP receiver, called as Standard Webhooks says. */
export const WebhookChannel = Type.Object(
  {
    name: name('Unique name'),
    kind: Type.Literal('webhook'),
    enabled,
    backup,
    url: url('Where to post'),
    secret: Type.Optional(secret('whsec_ and 24 to 64 bytes in base64; made when not given')),
    headers: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), secret('Value of the header'))),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Calls at once; by default 50' })),
    proxy,
  },
  { additionalProperties: false },
)

/** The inbox in the console; every workspace has one by the name `inbox`. */
export const InboxChannel = Type.Object(
  { name: name('Unique name'), kind: Type.Literal('inbox'), enabled },
  { additionalProperties: false },
)

/** Browsers of people; every workspace has one by the name `push`. One that is made takes its place, for a proxy. */
export const PushChannel = Type.Object(
  { name: name('Unique name'), kind: Type.Literal('push'), enabled, proxy },
  { additionalProperties: false },
)

/** The settings of every kind of channel, by kind. Fields marked `x-secret` are stored encrypted. */
export const CHANNEL_KINDS = {
  telegram: TelegramChannel,
  smtp: SmtpChannel,
  mattermost: MattermostChannel,
  webhook: WebhookChannel,
  inbox: InboxChannel,
  push: PushChannel,
} as const
export type ChannelKindName = keyof typeof CHANNEL_KINDS
export type ChannelSettings<K extends ChannelKindName = ChannelKindName> = Static<(typeof CHANNEL_KINDS)[K]>
