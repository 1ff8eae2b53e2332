/*
 * What the other sides answer, in their own words and codes; what these mean is worked out by the channels' own
 * `classify`, so that a simulated refusal is the outcome a real one would be.
 */
import type { ChannelKindName } from '@nabat/api/channel.ts'
import { classify as classifyMail } from '../../src/channels/mail/classify.ts'
import { classify as classifyMattermost } from '../../src/channels/mattermost/classify.ts'
import { classify as classifyTelegram } from '../../src/channels/telegram-api.ts'
import { classify as classifyWebhook } from '../../src/channels/webhook.ts'
import { deferred, sent, type Outcome } from '../../src/pipeline/outcome.ts'
import type { Dice } from './random.ts'

/** What becomes of one call. */
export interface Fate {
  /** For the story: `429`, `blocked`, `answer lost`. */
  readonly says: string
  readonly outcome: Outcome
  /** Whether the message is there, whatever the answer. */
  readonly arrives: boolean
  /** The same again for every later message to this address, until somebody mends it. */
  readonly lasting?: boolean
}

const DOWN = { of: 'channel', state: 'down' } as const

/** Arrived, and answered so. */
export const arrived = (id: string): Fate => ({ says: 'arrives', outcome: sent([id]), arrives: true })

/** Nobody is there. */
export const NOBODY: Fate = {
  says: 'connection refused',
  outcome: deferred('unreachable_host', 'connection refused', DOWN),
  arrives: false,
}

/** The message is there, its answer is not. */
const LOST: Fate = {
  says: 'arrives, the answer is lost',
  outcome: deferred('unreachable_host', 'connection reset', DOWN, { ambiguous: true }),
  arrives: true,
}

const telegram = (status: number, description: string, parameters: object = {}): Outcome =>
  classifyTelegram(status, JSON.stringify({ ok: false, error_code: status, description, parameters }))

const mail = (responseCode: number, command: string, response: string): Outcome =>
  classifyMail({ code: 'EENVELOPE', responseCode, command, response: `${responseCode} ${response}` })

const refusal = (says: string, outcome: Outcome): Fate => ({ says, outcome, arrives: false })
const forGood = (says: string, outcome: Outcome): Fate => ({ ...refusal(says, outcome), lasting: true })
/** A server that failed on the way: what it took may be there all the same. */
const broken = (says: string, outcome: Outcome, random: Dice): Fate => ({ says, outcome, arrives: random.chance(0.5) })

type Refusals = readonly ((random: Dice, now: number) => Fate)[]

const seconds = (random: Dice): number => random.pick([1, 3, 17, 40])

const ANY: Refusals = [() => NOBODY, () => LOST, () => LOST]

const REFUSALS: Readonly<Partial<Record<ChannelKindName, Refusals>>> = {
  telegram: [
    (random) => refusal('429', telegram(429, 'Too Many Requests', { retry_after: seconds(random) })),
    (random) => refusal('429', telegram(429, 'Too Many Requests', { retry_after: seconds(random) })),
    () => forGood('403 blocked', telegram(403, 'Forbidden: bot was blocked by the user')),
    () => forGood('403 kicked', telegram(403, 'Forbidden: bot was kicked from the supergroup chat')),
    () => refusal('400 too long', telegram(400, 'Bad Request: message is too long')),
    () => forGood('400 no chat', telegram(400, 'Bad Request: chat not found')),
    (random) => broken('500', telegram(500, 'Internal Server Error'), random),
    () => refusal('401', telegram(401, 'Unauthorized')),
  ],
  webhook: [
    (random, now) => refusal('429', classifyWebhook(429, { 'retry-after': String(seconds(random)) }, '', now)),
    (_random, now) => refusal('413', classifyWebhook(413, {}, '', now)),
    (_random, now) => refusal('500', classifyWebhook(500, {}, 'error', now)),
    (random, now) => broken('502', classifyWebhook(502, {}, '', now), random),
    (random, now) => refusal('503', classifyWebhook(503, { 'retry-after': String(seconds(random)) }, '', now)),
    (_random, now) => refusal('403', classifyWebhook(403, {}, '', now)),
    (_random, now) => refusal('301', classifyWebhook(301, {}, '', now)),
  ],
  smtp: [
    () => refusal('450 greylisted', mail(450, 'RCPT TO', '4.7.1 greylisted, try again later')),
    () => refusal('452 full', mail(452, 'RCPT TO', '4.2.2 mailbox full')),
    () => refusal('421', mail(421, 'MAIL FROM', '4.7.0 too many connections')),
    () => forGood('550 unknown', mail(550, 'RCPT TO', '5.1.1 user unknown')),
    () => refusal('554 spam', mail(554, 'DATA', '5.7.1 looks like spam')),
    () => refusal('550 quota', mail(550, 'MAIL FROM', '5.4.5 daily sending limit exceeded')),
    () => refusal('535', mail(535, 'AUTH PLAIN', '5.7.8 authentication failed')),
    () => refusal('451', mail(451, 'DATA', '4.3.0 out of disk')),
  ],
  mattermost: [
    (_random, now) =>
      refusal('429', classifyMattermost(429, { 'retry-after': '5' }, { id: '', message: '' }, 'hook', '', now)),
    (_random, now) => refusal('500', classifyMattermost(500, {}, { id: 'app.error', message: '' }, 'hook', '', now)),
    (random, now) => broken('504', classifyMattermost(504, {}, { id: '', message: '' }, 'hook', '', now), random),
    (_random, now) => refusal('400', classifyMattermost(400, {}, { id: 'too.long', message: '' }, 'hook', '', now)),
  ],
}

/** One of the ways in which a provider of a kind fails. */
export const misfortuneOf = (kind: ChannelKindName, random: Dice, now: number): Fate =>
  random.pick([...ANY, ...(REFUSALS[kind] ?? [])])(random, now)
