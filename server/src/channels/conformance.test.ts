import { conformance, type Behaviour } from '../../test/channel-conformance.ts'
import { startMail } from '../../test/standins/mail.ts'
import { BOT_TOKEN, HOOK_KEY, startMattermost } from '../../test/standins/mattermost.ts'
import { startPush, type Subscription } from '../../test/standins/push.ts'
import { startReceiver, type Reply } from '../../test/standins/receiver.ts'
import { startTelegram } from '../../test/standins/telegram.ts'
import { deviceOf, pushWorld } from '../../test/support/push-world.ts'
import { CHANNELS } from './registry.ts'

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
  kind: CHANNELS.webhook,
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

for (const way of ['hook', 'bot'] as const)
  conformance(`mattermost (${way})`, {
    kind: CHANNELS.mattermost,
    async start() {
      const server = await startMattermost()
      const posting = /^POST \/(hooks\/|api\/v4\/posts$)/
      return {
        settings: {
          name: 'chat',
          kind: 'mattermost',
          ...(way === 'hook' ? { url: server.url } : { server: server.origin, token: BOT_TOKEN }),
        },
        behave: (behaviour) => server.fail(behaviour === 'take' ? undefined : asReply(behaviour)),
        came: () => server.received.filter(({ method, path }) => posting.test(`${method} ${path}`)).length,
        close: () => server.close(),
      }
    },
    to: { channel: 'chat', chat: way === 'hook' ? 'duty' : '@ann' },
    statuses: STATUSES,
    wait: 429,
    secrets: way === 'hook' ? [HOOK_KEY] : [BOT_TOKEN],
    longest: { title: 1_000, text: 16_383 },
  })

conformance('telegram', {
  kind: CHANNELS.telegram,
  async start() {
    const server = await startTelegram()
    let mend = (): void => {}
    return {
      settings: { name: 'bot', kind: 'telegram', token: '123456789:AAH-conformance-token', apiRoot: server.url },
      behave(behaviour) {
        mend()
        if (behaviour === 'take') mend = () => {}
        else if (behaviour === 'never') mend = server.fail({ hang: true })
        else if (behaviour === 'drop') mend = server.fail({ drop: 'after' })
        else {
          const { status, retryAfterSeconds, says } = behaviour
          const parameters = retryAfterSeconds === undefined ? {} : { parameters: { retry_after: retryAfterSeconds } }
          mend = server.fail({ status, ...(says !== undefined && { says }), ...parameters })
        }
      },
      came: () => server.calls.length,
      close: () => server.close(),
    }
  },
  to: { channel: 'bot', chat: '-1001234567890', topic: 7 },
  statuses: STATUSES.filter((status) => status >= 300),
  wait: 429,
  secrets: ['AAH-conformance-token'],
  longest: { title: 1_000, text: 4_096 },
})

conformance('smtp', {
  kind: CHANNELS.smtp,
  async start() {
    const auth = { user: 'nabat', password: 'conformance-password' }
    const server = await startMail({ auth })
    return {
      settings: {
        name: 'mail',
        kind: 'smtp',
        host: '127.0.0.1',
        port: server.port,
        encryption: 'none',
        auth,
        from: { address: 'nabat@example.ru', name: 'Набат' },
        replyTo: 'help@example.ru',
      },
      behave(behaviour) {
        if (behaviour === 'take') server.faults = []
        else if (behaviour === 'never') server.faults = [{ at: 'data', hang: true }]
        else if (behaviour === 'drop') server.faults = [{ at: 'data', drop: true }]
        else server.faults = [{ at: 'data', code: behaviour.status, says: behaviour.says ?? 'as the test asks' }]
      },
      came: () => server.letters.length,
      close: () => server.close(),
    }
  },
  to: { channel: 'mail', address: 'duty@example.ru' },
  statuses: STATUSES.filter((status) => status >= 400),
  secrets: ['conformance-password', Buffer.from('\0nabat\0conformance-password').toString('base64')],
  longest: { title: 1_000, letter: 100_000 },
})

let subscription: Subscription
const pushSecrets: string[] = []
const given = pushWorld({ host: '' }, [])
conformance('push', {
  kind: CHANNELS.push,
  async start() {
    const service = await startPush()
    subscription = service.subscription()
    pushSecrets.push(new URL(subscription.endpoint).pathname, subscription.keys.auth)
    given.devices.splice(0, 1, deviceOf(subscription))
    Object.assign(given, { hosts: [service.host] })
    return {
      settings: { name: 'push', kind: 'push' },
      behave: (behaviour) => service.answer(null, behaviour === 'take' ? 201 : asReply(behaviour)),
      came: () => service.received.length,
      close: () => service.close(),
    }
  },
  to: { user: 'ann' },
  statuses: STATUSES,
  wait: 429,
  secrets: pushSecrets,
  longest: { title: 1_000, text: 20_000 },
  world: { push: given },
})
