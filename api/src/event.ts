import { Type, type Static } from 'typebox'
import { SEVERITIES } from './severity.ts'

/** The limits of one request; beyond them the answer is 413. */
export const EVENT_LIMITS = {
  /** Bytes of a body. */
  body: 1024 * 1024,
  /** Events of a batch. */
  events: 1000,
  /** Bytes of one event's `data` as JSON. */
  data: 64 * 1024,
} as const

const name = (description: string, maxLength = 256) => Type.String({ minLength: 1, maxLength, description })

/** Who did it, for rules by role. */
export const Actor = Type.Object(
  {
    user: Type.Optional(name('Login of the person')),
    role: Type.Optional(name('Role in which it was done', 64)),
  },
  { additionalProperties: false },
)

export const Attachment = Type.Object(
  {
    file: name('Id of an uploaded file (POST /api/v1/files)', 64),
    name: name('File name as the recipient sees it', 255),
  },
  { additionalProperties: false },
)

/** An event as it is posted in plain JSON; the three modes of CloudEvents 1.0 are brought to this shape. */
export const PostedEvent = Type.Object(
  {
    id: Type.Optional(name('With `source` makes the event unique: the same pair again changes nothing')),
    source: Type.Optional(name('Where it happened; by default the name of the key')),
    type: name('An event type of the catalogue', 128),
    subject: Type.Optional(name('What it is about')),
    time: Type.Optional(
      Type.String({ format: 'date-time', description: 'When it happened (RFC 3339); by default now' }),
    ),
    severity: Type.Optional(Type.Enum([...SEVERITIES], { description: 'By default the one of the type' })),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'As the schema of the type asks' })),
    actor: Type.Optional(Actor),
    incident: Type.Optional(name('Key of the incident, when it is not the one the type names')),
    attachments: Type.Optional(Type.Array(Attachment, { maxItems: 20 })),
  },
  { additionalProperties: false },
)
export type PostedEvent = Static<typeof PostedEvent>

/** What became of a posted event: stored now, or known already. */
export const AcceptedEvent = Type.Object({
  id: Type.String({ description: "Nabat's own id, a UUIDv7" }),
  eventId: Type.String(),
  source: Type.String(),
  status: Type.Enum(['accepted', 'duplicate']),
  deliveries: Type.Integer({ description: 'Messages that will leave or wait; suppressed ones are not counted' }),
})
export type AcceptedEvent = Static<typeof AcceptedEvent>
export const AcceptedEvents = Type.Object({ events: Type.Array(AcceptedEvent) })
