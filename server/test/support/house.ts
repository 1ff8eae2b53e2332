import { startMail, type MailStandIn } from '../standins/mail.ts'
import { startReceiver, type Receiver } from '../standins/receiver.ts'
import { startTelegram, type TelegramStandIn } from '../standins/telegram.ts'
import { until } from '../until.ts'
import { ask } from './answers.ts'
import { startTestServer, type TestServer } from './server.ts'

/*
 * A server with every way out that can be seen from outside: a bot, a mail server and a receiver of webhooks, under the
 * names `bot`, `mail` and `hook`. Tests bring the people and rules, as YAML.
 */

export const HOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** A delivery as the API shows it. */
export interface Delivery {
  readonly id: string
  readonly rule: string
  readonly recipient: string | null
  readonly channel: string
  readonly destination: string
  readonly state: 'waiting' | 'claimed' | 'sent' | 'suppressed' | 'failed' | 'cancelled'
  readonly reason: string | null
  readonly note: string | null
  readonly dueAt: string | null
  readonly insteadOf: string | null
  readonly attempts: readonly { verdict: string; reason: string | null }[]
}

export interface House extends AsyncDisposable {
  readonly server: TestServer
  readonly telegram: TelegramStandIn
  readonly mail: MailStandIn
  readonly hook: Receiver
  /** Posts one event and gives its id. */
  post(type: string, data: object, more?: object): Promise<string>
  deliveries(event: string): Promise<Delivery[]>
  /** Waits until nothing of the event is on its way any more. */
  settled(event: string): Promise<Delivery[]>
  /** Waits until the deliveries of the event are as wanted. */
  deliveriesWhen(event: string, wanted: (deliveries: Delivery[]) => boolean, timeoutMs?: number): Promise<Delivery[]>
  /** Events of a type, the newest first. */
  events(type: string): Promise<{ id: string; data: Record<string, unknown> }[]>
}

/** `config`: users, groups, rules and the rest; `channels`: lines of further channels. */
export async function startHouse(config: string, channels = '', env: Record<string, string> = {}): Promise<House> {
  const telegram = await startTelegram()
  const mail = await startMail()
  const hook = await startReceiver()
  const server = await startTestServer({
    env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true', BOT_TOKEN: '1000:AAHtoken', ...env },
    config: `
channels:
  - { name: bot, kind: telegram, token: "\${env:BOT_TOKEN}", apiRoot: "${telegram.url}" }
  - { name: mail, kind: smtp, host: 127.0.0.1, port: ${mail.port}, encryption: none,
      from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
  - { name: hook, kind: webhook, url: "${hook.url}", secret: ${HOOK_SECRET} }
${channels.replaceAll('TELEGRAM', telegram.url).replaceAll('MAIL_PORT', String(mail.port))}
${config}`,
  })
  const deliveries = async (event: string): Promise<Delivery[]> => {
    const { body } = await ask(server.call, 'GET', `/api/v1/events/${event}`)
    return body['deliveries'] as unknown as Delivery[]
  }
  const deliveriesWhen: House['deliveriesWhen'] = async (event, wanted, timeoutMs = 10_000) => {
    let last: Delivery[] = []
    const seen = async (): Promise<boolean> => wanted((last = await deliveries(event)))
    await until(seen, timeoutMs, `the deliveries of ${event}`).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last, null, 1)}`)
    })
    return last
  }
  return {
    server,
    telegram,
    mail,
    hook,
    deliveries,
    deliveriesWhen,
    async post(type, data, more = {}) {
      return (await server.send({ type, data, ...more })).events[0]!.id
    },
    settled: (event) => deliveriesWhen(event, (all) => all.every(({ state }) => !/waiting|claimed/.test(state))),
    async events(type) {
      const { body } = await ask(server.call, 'GET', `/api/v1/events?type=${type}`)
      return body['items'] as unknown as { id: string; data: Record<string, unknown> }[]
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      await telegram.close()
      await mail.close()
      await hook.close()
    },
  }
}
