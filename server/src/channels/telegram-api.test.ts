import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FailureReason, Health, Outcome } from '../pipeline/outcome.ts'
import { classify } from './telegram-api.ts'

const refusal = (code: number, description: string, parameters?: object): string =>
  JSON.stringify({ ok: false, error_code: code, description, ...(parameters && { parameters }) })

const STATUSES = Array.from({ length: 500 }, (_, index) => 100 + index)

/** What each class of answer must come to, whatever the words: verdict and reason, and who is to blame. */
function expected(status: number): [Outcome['verdict'], FailureReason | undefined, Health['of'], Health['state']] {
  if (status === 400) return ['rejected', 'refused_content', 'destination', 'fine']
  if (status === 401 || status === 404) return ['deferred', 'unauthorized', 'channel', 'down']
  if (status === 403) return ['rejected', 'forbidden', 'destination', 'invalid']
  if (status === 409) return ['deferred', 'misconfigured', 'channel', 'down']
  if (status === 413) return ['rejected', 'refused_content', 'destination', 'fine']
  if (status === 420 || status === 429) return ['deferred', 'throttled', 'destination', 'throttled']
  return ['deferred', 'provider_error', 'channel', 'down']
}

describe('classify', () => {
  it.each(STATUSES)('%i with a refusal in the words of the Bot API', (status) => {
    const outcome = classify(status, refusal(status, 'Something: nobody has seen yet'))
    const [verdict, reason, of, state] = expected(status)
    expect(outcome).toMatchObject({ verdict, reason, health: { of, state }, detail: 'Something: nobody has seen yet' })
    expect('ambiguous' in outcome).toBe(status >= 500)
  })

  it.each(STATUSES)('%i from something that is no Bot API never blames the chat', (status) => {
    for (const body of ['', '<html>Access denied</html>', '{}', '[]', 'null', '"x"', '{"ok":1}']) {
      const outcome = classify(status, body)
      expect(outcome.verdict).toBe(status === 413 ? 'rejected' : 'deferred')
      if (outcome.verdict === 'sent') continue
      expect(outcome.health.state).not.toBe('invalid')
      if (outcome.health.of === 'destination') expect(outcome.health.state).toBe('fine')
      expect('ambiguous' in outcome).toBe(status >= 500 || (status >= 200 && status < 300))
    }
  })

  it.each(STATUSES)('%i with ok: true is sent only when it is a 2xx', (status) => {
    const outcome = classify(status, '{"ok":true,"result":{"message_id":42}}')
    if (status >= 200 && status < 300) expect(outcome).toEqual({ verdict: 'sent', messageIds: ['42'] })
    else expect(outcome.verdict).not.toBe('sent')
  })

  it.each([
    [400, 'Bad Request: chat not found', 'rejected', 'no_such_destination', 'invalid'],
    [400, 'Bad Request: private chat not found', 'rejected', 'no_such_destination', 'invalid'],
    [400, 'Bad Request: message thread not found', 'rejected', 'no_such_destination', 'invalid'],
    [400, 'Bad Request: TOPIC_CLOSED', 'rejected', 'forbidden', 'invalid'],
    [400, 'Bad Request: not enough rights to send text messages to the chat', 'rejected', 'forbidden', 'invalid'],
    [400, 'Bad Request: need administrator rights in the channel chat', 'rejected', 'forbidden', 'invalid'],
    [400, 'Bad Request: have no rights to send a message', 'rejected', 'forbidden', 'invalid'],
    [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', 'rejected', 'forbidden', 'invalid'],
    [400, 'Bad Request: message is too long', 'rejected', 'refused_content', 'fine'],
    [400, 'Bad Request: message caption is too long', 'rejected', 'refused_content', 'fine'],
    [400, 'Bad Request: message text is empty', 'rejected', 'refused_content', 'fine'],
    [400, "Bad Request: can't parse entities: Unsupported start tag", 'rejected', 'refused_content', 'fine'],
    [400, 'Bad Request: message to edit not found', 'rejected', 'edit_gone', 'fine'],
    [400, "Bad Request: message can't be edited", 'rejected', 'edit_gone', 'fine'],
    [400, 'Bad Request: group chat was upgraded to a supergroup chat', 'rejected', 'moved', 'invalid'],
    [403, 'Forbidden: bot was blocked by the user', 'rejected', 'blocked', 'invalid'],
    [403, 'Forbidden: user is deactivated', 'rejected', 'blocked', 'invalid'],
    [403, 'Forbidden: bot was kicked from the supergroup chat', 'rejected', 'forbidden', 'invalid'],
    [403, 'Forbidden: bot was kicked from the channel chat', 'rejected', 'forbidden', 'invalid'],
    [403, 'Forbidden: bot is not a member of the channel chat', 'rejected', 'forbidden', 'invalid'],
    [403, 'Forbidden: the group chat was deleted', 'rejected', 'forbidden', 'invalid'],
    [403, "Forbidden: bot can't initiate conversation with a user", 'rejected', 'forbidden', 'invalid'],
  ] as const)('%i %s → %s %s', (status, description, verdict, reason, state) => {
    expect(classify(status, refusal(status, description))).toMatchObject({
      verdict,
      reason,
      health: { of: 'destination', state },
    })
  })

  it('takes an edit that changes nothing for done', () => {
    const said = 'Bad Request: message is not modified: specified new message content and reply markup are the same'
    expect(classify(400, refusal(400, said))).toEqual({ verdict: 'sent', messageIds: [] })
  })

  it('reads how long to wait from the body, else from the header', () => {
    const headers = { 'retry-after': '9' }
    const inBody = refusal(429, 'Too Many Requests: retry after 5', { retry_after: 5 })
    expect(classify(429, inBody, headers)).toMatchObject({ retryAfterMs: 5000 })
    expect(classify(429, refusal(429, 'Too Many Requests'), headers)).toMatchObject({ retryAfterMs: 9000 })
    expect(classify(429, 'slow down', headers)).toMatchObject({ retryAfterMs: 9000, health: { of: 'channel' } })
    expect(classify(429, refusal(429, 'Too Many Requests'))).not.toHaveProperty('retryAfterMs')
    const date = { 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }
    expect(classify(503, refusal(503, 'x'), date, Date.UTC(2026, 0, 1))).toMatchObject({ retryAfterMs: 10_000 })
  })

  it('gives an outcome for any body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.json(), fc.string()), (status, body) => {
        expect(['sent', 'deferred', 'rejected']).toContain(classify(status, body).verdict)
      }),
    )
  })
})
