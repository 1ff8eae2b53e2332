import { Type, type Static } from 'typebox'
import { Rule } from './rule.ts'

/** A rule that need not be saved, and the event its test messages tell of. */
export const RuleTestRequest = Type.Object(
  {
    rule: Rule,
    event: Type.Optional(Type.String({ description: 'Id of a stored event; without it, the example of a type' })),
    type: Type.Optional(Type.String({ description: 'Type of the example; by default the first one the rule names' })),
  },
  { additionalProperties: false },
)
export type RuleTestRequest = Static<typeof RuleTestRequest>

const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

/** One test message, or why somebody the rule names gets none. */
export const TestMessage = Type.Object({
  destination: textOrNull('Address; null for somebody who cannot be reached'),
  channel: textOrNull('Name of the channel'),
  recipient: textOrNull('Login, or the role, group or relation that leads to nobody; null for a bare destination'),
  ok: Type.Boolean({ description: 'It was sent' }),
  says: Type.String({ description: 'What came of it, in words' }),
})
export type TestMessage = Static<typeof TestMessage>

/** What a test of a rule came to. */
export const RuleTestReport = Type.Object({ messages: Type.Array(TestMessage) })
export type RuleTestReport = Static<typeof RuleTestReport>
