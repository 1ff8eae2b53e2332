/*
 * Listening to one bot: long polls for as long as somebody needs its updates and this node has it. Nobody polls in a
 * hurry: a conflict or a broken connection is told, and tried again after a pause.
 */
import type { Update } from 'grammy/types'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { BotStore, ChatChange } from '../../store/bots.ts'
import { StoreUnavailable } from '../../store/store.ts'
import { BotFailure, openBotClient, type BotClient, type BotProblem } from './bot-client.ts'
import type { Answer, Door } from './door.ts'

/** Telegram ends a long poll after 50 s at the latest; somewhat before that it may be cut by what lies between. */
const LONGEST_POLL_S = 25
/** Somebody else takes the updates: that does not change by asking again at once. */
const CONFLICT_MS = 15_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** So often it is looked whether another node has the bot by now. */
const LOOK_MS = 2_000

/** What listening to a bot needs. */
export interface PollerParts {
  readonly bot: string
  readonly store: BotStore
  readonly clock: Clock
  readonly log: Log
  readonly doors: readonly Door[]
  /** How the bot is reached; undefined when no channel leads to it any more. */
  readonly settings: () => ChannelSettings<'telegram'> | undefined
  /** Whether the bot is this node's. */
  readonly isOurs: () => boolean
}

/** Long polls of one bot, from when it is needed until it is not. */
export class Poller {
  readonly #parts: PollerParts
  readonly #stop = new AbortController()
  readonly #answered = Promise.withResolvers<void>()
  #client: { readonly settings: string; readonly client: BotClient } | undefined
  #pauseMs = FIRST_PAUSE_MS
  /** The next poll is answered at once: whether it is answered at all is not known yet. */
  #isTry = true
  /** The token was refused: it is not asked again. */
  refused: string | null = null

  constructor(parts: PollerParts) {
    this.#parts = parts
  }

  /** Resolves when the first poll has been answered or has failed, or nothing is polled any more. */
  get answered(): Promise<void> {
    return this.#answered.promise
  }

  /** Polls until nobody needs it any more. Never rejects. */
  async run(): Promise<void> {
    const endWatch = this.#watch()
    try {
      while (!this.#stop.signal.aborted && (await this.#round())) this.#answered.resolve()
    } catch (error) {
      const { log, bot } = this.#parts
      log.error({ bot, error: (error as Error).stack }, 'listening to a bot broke off')
    } finally {
      endWatch()
      this.#answered.resolve()
      await this.#client?.client.close().catch(() => {})
    }
  }

  /** Ends at once, in the middle of a poll too. */
  stop(): void {
    this.#stop.abort(new Error('stopping'))
  }

  /** Another node may have taken the bot over. */
  #watch(): () => void {
    const { clock, isOurs } = this.#parts
    let end = (): void => {}
    const look = (): void => {
      end = clock.after(LOOK_MS, () => (isOurs() ? look() : this.stop()))
    }
    look()
    return () => end()
  }

  /** One poll; whether there is to be another. */
  async #round(): Promise<boolean> {
    const { bot, store, clock, settings, isOurs, log } = this.#parts
    try {
      const row = await store.bot(bot, clock.now())
      const leftMs = (row?.wantedUntil ?? 0) - clock.now()
      const reached = settings()
      if (row === undefined || leftMs <= 0 || reached === undefined || !isOurs()) return false
      const timeoutS = Math.max(1, Math.min(LONGEST_POLL_S, Math.ceil(leftMs / 1000)))
      const kinds = [...new Set(this.#parts.doors.flatMap((door) => door.kinds))]
      const query = { offset: row.nextUpdate, timeoutS: this.#isTry ? 0 : timeoutS, kinds }
      const client = this.#open(reached)
      const updates = await client.updates(query, this.#stop.signal)
      await this.#note(row.problem === null ? undefined : null)
      this.#pauseMs = FIRST_PAUSE_MS
      this.#isTry = false
      await this.#take(updates, client)
      return true
    } catch (error) {
      if (this.#stop.signal.aborted) return false
      const problem = error instanceof BotFailure ? error.problem : { reason: 'internal', detail: '' }
      log.warn({ bot, reason: problem.reason, detail: problem.detail }, 'a bot could not be listened to')
      return await this.#failed(problem)
    }
  }

  /** Tells of a failure and waits; whether it is worth another try. */
  async #failed(problem: BotProblem): Promise<boolean> {
    this.#isTry = true
    await this.#note(problem)
    if (problem.reason === 'unauthorized') {
      this.refused = this.#parts.settings()?.token ?? null
      return false
    }
    this.#answered.resolve()
    const isConflict = problem.reason === 'webhook' || problem.reason === 'another_poller'
    await this.#pause(problem.retryAfterMs ?? (isConflict ? CONFLICT_MS : this.#pauseMs))
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
    return true
  }

  /** Writes down how it went; undefined: as before. A store that takes no writes is told of elsewhere. */
  async #note(problem: BotProblem | null | undefined): Promise<void> {
    const { store, bot } = this.#parts
    if (problem === undefined) return
    await store.noteBotProblem(bot, problem && { reason: problem.reason, detail: problem.detail }).catch(() => {})
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = this.#parts.clock.after(ms, resolve)
      this.#stop.signal.addEventListener('abort', () => (end(), resolve()), { once: true })
    })
  }

  #open(settings: ChannelSettings<'telegram'>): BotClient {
    const key = JSON.stringify([settings.token, settings.apiRoot, settings.proxy])
    if (this.#client?.settings === key) return this.#client.client
    void this.#client?.client.close().catch(() => {})
    const client = openBotClient(settings)
    this.#client = { settings: key, client }
    return client
  }

  /** Lets the doors have updates, marks these as taken, and then answers whoever wrote. */
  async #take(updates: readonly Update[], client: BotClient): Promise<void> {
    const { store, bot, clock } = this.#parts
    const changes: ChatChange[] = []
    const answers: Answer[] = []
    for (const update of updates) {
      const made = await this.#enter(update)
      changes.push(...made.changes)
      if (made.answer !== null) answers.push(made.answer)
    }
    const last = updates.at(-1)
    if (last === undefined || !(await store.takeUpdates(bot, last.update_id + 1, changes, clock.now()))) return
    // Not waited for: somebody whom the bot cannot reach must not keep it from the others.
    for (const answer of answers) void this.#say(answer, client)
  }

  /** What the first door that claims an update makes of it. One that breaks a door is passed over: it would come again and again. */
  async #enter(update: Update): Promise<{ readonly changes: readonly ChatChange[]; readonly answer: Answer | null }> {
    const { doors, clock, log, bot } = this.#parts
    try {
      for (const door of doors) {
        const changes = door.take(update, clock.now())
        if (changes !== null) return { changes, answer: (await door.act?.(update, bot)) ?? null }
      }
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error
      log.error({ bot, update: update.update_id, error: (error as Error).stack }, 'an update was passed over')
    }
    return { changes: [], answer: null }
  }

  async #say({ chat, text }: Answer, client: BotClient): Promise<void> {
    const { log, bot } = this.#parts
    try {
      await client.say(chat, text, this.#stop.signal)
    } catch (error) {
      const { reason, detail } = error instanceof BotFailure ? error.problem : { reason: 'internal', detail: '' }
      log.warn({ bot, reason, detail }, 'whoever wrote to a bot could not be answered')
    }
  }
}
