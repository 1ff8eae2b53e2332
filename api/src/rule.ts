import { Type, type Static } from 'typebox'
import type { Condition } from './condition.ts'

const name = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const clock = (description: string) => Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description })

/** A span of time such as `90s`, `15m`, `6h`, `7d`. */
export const Span = Type.String({ pattern: '^[1-9]\\d{0,5}(s|m|h|d)$', description: 'A span: 90s, 15m, 6h, 7d' })

/** Milliseconds of a span (`15m` → 900000). The text has passed the schema. */
export function spanMs(span: string): number {
  const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[span.at(-1) as 's' | 'm' | 'h' | 'd']
  return Number(span.slice(0, -1)) * unit
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/**
 * Who must know. Exactly one of: a person (`user`), a `role`, a `group`, a `relation` of the event, an `address`, a
 * `chat`, or the `channel` alone (a webhook, a Mattermost hook). `channel` beside a person narrows their contacts to it.
 */
export const Recipient = Type.Object(
  {
    channel: Type.Optional(name('Name of a channel')),
    user: Type.Optional(name('Login of a person')),
    role: Type.Optional(name('Everybody with this role')),
    group: Type.Optional(name('Everybody in this group')),
    relation: Type.Optional(name('A relation the type declares, such as assignee; "head of assignee" for their heads')),
    address: Type.Optional(Type.String({ minLength: 3, maxLength: 320, description: 'E-mail address' })),
    chat: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Integer()], {
        description: 'Telegram chat id with its "-", or @name of a public channel; Mattermost @name or channel',
      }),
    ),
    topic: Type.Optional(Type.Integer({ minimum: 1, description: 'Topic of a Telegram forum' })),
    private: Type.Optional(Type.Boolean({ description: 'The positive chat id is meant: a private chat' })),
  },
  { additionalProperties: false },
)
export type Recipient = Static<typeof Recipient>

/** Events that wait to leave together in one message. Critical ones never wait. */
export const Digest = Type.Union(
  [
    Type.Object({ every: Span }, { additionalProperties: false }),
    Type.Object({ daily: clock("Hour in the recipient's time zone") }, { additionalProperties: false }),
  ],
  { description: '{ every: 15m } or { daily: "09:00" }' },
)

export const Schedule = Type.Object(
  {
    days: Type.Optional(Type.Array(Type.Enum([...WEEKDAYS]), { minItems: 1 })),
    from: Type.Optional(clock('Beginning, HH:MM')),
    to: Type.Optional(clock('End, HH:MM; earlier than the beginning means over midnight')),
    timeZone: Type.Optional(name('IANA time zone; by default the one of the workspace')),
  },
  { additionalProperties: false },
)
export type Schedule = Static<typeof Schedule>

/** A rule of the workspace, as it stands in the file and in the API. */
export const Rule = Type.Object(
  {
    name: name('Unique name'),
    enabled: Type.Optional(Type.Boolean({ description: 'false switches the rule off; by default true' })),
    position: Type.Optional(Type.Integer({ description: 'Order of rules; by default the order of the file' })),
    types: Type.Optional(Type.Array(name('Event type, or all of a kind: camera.*'), { minItems: 1 })),
    actions: Type.Optional(
      Type.Record(Type.String(), Type.Array(name('Event type'), { minItems: 1 }), {
        description: 'Event types by the role of the one who acted, instead of `types`',
      }),
    ),
    when: Type.Optional(
      Type.Unsafe<Condition>({ type: 'object', description: 'Condition; without it every event matches' }),
    ),
    to: Type.Array(Recipient, { minItems: 1, description: 'Who must know' }),
    fallback: Type.Optional(Type.Array(Recipient, { description: "Tried before the person's own order of contacts" })),
    unreadAfter: Type.Optional(
      Type.Unsafe<string>({
        ...Span,
        description: 'Not read or taken on for so long: the next way is tried (fallback, then the person’s contacts)',
      }),
    ),
    digest: Type.Optional(Digest),
    throttle: Type.Optional(
      Type.Object(
        { key: Type.Optional(name('Field that tells things apart; by default subject')), per: Span },
        { additionalProperties: false, description: 'At most one message per key and recipient in the span' },
      ),
    ),
    schedule: Type.Optional(Schedule),
    messages: Type.Optional(
      Type.Enum(['each', 'living'], {
        description: 'Of one incident: a message for each event (answering the first), or one that is edited',
      }),
    ),
    silent: Type.Optional(Type.Boolean({ description: 'Delivered without a sound where the medium can' })),
    lifetime: Type.Optional(Span),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>
