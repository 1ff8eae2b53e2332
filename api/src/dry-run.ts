import { Type, type Static } from 'typebox'
import { Rule } from './rule.ts'

const moment = (description: string) => Type.String({ format: 'date-time', description })
const count = (description: string) => Type.Integer({ minimum: 0, description })
const reasons = (description: string) => Type.Record(Type.String(), Type.Integer(), { description })

/** A rule that is not saved, and the stored events it is tried on. */
export const DryRunRequest = Type.Object(
  {
    rule: Rule,
    from: Type.Optional(moment('Accepted at this time or later; by default seven days before `to`')),
    to: Type.Optional(moment('Accepted until this time; by default now')),
  },
  { additionalProperties: false },
)
export type DryRunRequest = Static<typeof DryRunRequest>

/**
 * What would have left through the rule, beside the rules there are. Hours and nights are those at which messages would have left.
 */
export const DryRunReport = Type.Object({
  from: moment('Beginning of the span'),
  to: moment('Its end'),
  storedFrom: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'When stored events begin, if that is later than `from`: what was before is not counted',
  }),
  events: count('Stored events of the span'),
  matched: count('Those the rule wants'),
  messages: count('Messages that would have left'),
  alreadyTold: count('Deliveries that another rule makes already, to the same destination'),
  tookOver: count('Deliveries that another rule makes now, and this one would make in its place'),
  perRecipient: Type.Array(
    Type.Object({
      destination: Type.String({ description: 'Channel and address' }),
      recipient: Type.Union([Type.String(), Type.Null()], { description: 'Login, null for a bare destination' }),
      messages: Type.Integer(),
    }),
    { description: 'Who would have got how many, most first' },
  ),
  perHour: Type.Array(Type.Integer(), { description: "Messages by hour of the workspace's day, 24 numbers" }),
  perWeekday: Type.Array(Type.Integer(), { description: 'Messages by day of the week from Monday, 7 numbers' }),
  night: count('Messages between 22:00 and 08:00 in the time zone of their recipient'),
  held: reasons('Deliveries that would have waited, by reason'),
  suppressed: reasons('Deliveries that would never have left, by reason'),
  words: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'These reasons in the language of the request' }),
  ),
  overBudget: count('Messages the limits of Telegram would have kept back by more than a minute'),
  first: Type.Array(
    Type.Object({
      event: Type.String(),
      at: moment('When it would have left'),
      destination: Type.String(),
      title: Type.String(),
      text: Type.String(),
    }),
    { description: 'The first 20 messages in words' },
  ),
})
export type DryRunReport = Static<typeof DryRunReport>
