import { conformance, type Behaviour } from '../../test/channel-conformance.ts'
import { startReceiver, type Reply } from '../../test/standins/receiver.ts'
import { webhook } from './webhook.ts'

/** Every status there may be; what HTTP does not define included. */
const STATUSES = Array.from({ length: 500 }, (_, index) => 100 + index)

function asReply(behaviour: Behaviour): Reply {
  if (behaviour === 'take') return 200
  if (behaviour === 'never' || behaviour === 'drop') return behaviour
  const { status, retryAfterSeconds, says } = behaviour
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return { status, headers, body: says ?? '' }
}

conformance('webhook', {
  kind: webhook,
  async start() {
    const receiver = await startReceiver()
    return {
      settings: {
        name: 'hook',
        kind: 'webhook',
        url: `${receiver.url}?token=query-token-1`,
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        headers: { 'X-Api-Key': 'header/key-1' },
      },
      behave: (behaviour) => receiver.answer(asReply(behaviour)),
      came: () => receiver.received.length,
      close: () => receiver.close(),
    }
  },
  to: { channel: 'hook' },
  statuses: STATUSES,
  wait: 429,
  secrets: ['query-token-1', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'header/key-1'],
  longest: { title: 1_000, text: 20_000 },
})
