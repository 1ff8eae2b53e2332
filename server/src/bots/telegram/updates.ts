/*
 * What comes in over Telegram bots: one poller for each bot that somebody needs, on the node that has the bot. An update
 * is taken in the transaction of its effect and goes to the first door that claims it (door.ts).
 */
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { botOf } from '../../channels/telegram-api.ts'
import type { Clock } from '../../clock.ts'
import type { Workspaces } from '../../configuration/workspaces.ts'
import type { Log } from '../../log.ts'
import type { Store } from '../../store/store.ts'
import type { Door } from './door.ts'
import { Poller } from './poller.ts'

/** Whoever asks waits at most so long for the first answer. */
const FIRST_ANSWER_MS = 800
/** A token that was refused is asked again after this: it may have been the fault of the other side. */
const REFUSED_MS = 30_000

/** What listening needs. */
export interface UpdatesParts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly clock: Clock
  readonly log: Log
  readonly doors: readonly Door[]
  /** Whether this node has the owner of a way out (`bot:123`); always, where there is one node. */
  readonly serves: (owner: string) => boolean
}

/** The bots of this node that are listened to. */
export class Updates {
  readonly #parts: UpdatesParts
  readonly #pollers = new Map<string, { readonly poller: Poller; readonly ended: Promise<void> }>()
  readonly #refused = new Map<string, { readonly token: string; readonly at: number }>()
  #stopped = false

  constructor(parts: UpdatesParts) {
    this.#parts = parts
  }

  /** Somebody needs the updates of a bot until then. Resolves when there was a first answer, or soon. */
  async need(bot: string, until: number): Promise<void> {
    const { store, clock } = this.#parts
    await store.wantBot(bot, until)
    store.tell({ kind: 'bot', bot })
    this.heard(bot)
    const answered = this.#pollers.get(bot)?.poller.answered
    if (answered === undefined) return
    await new Promise<void>((resolve) => {
      const end = clock.after(FIRST_ANSWER_MS, resolve)
      void answered.then(() => (end(), resolve()))
    })
  }

  /** A bot is needed: begins to listen, unless that goes on already or another node has it. */
  heard(bot: string): void {
    const { clock, serves } = this.#parts
    if (this.#stopped || this.#pollers.has(bot) || !serves(`bot:${bot}`)) return
    const settings = this.#settingsOf(bot)
    const refused = this.#refused.get(bot)
    if (settings === undefined || (refused?.token === settings.token && clock.now() - refused.at < REFUSED_MS)) return
    const poller = new Poller({
      ...this.#parts,
      bot,
      settings: () => this.#settingsOf(bot),
      isOurs: () => serves(`bot:${bot}`),
    })
    const ended = poller.run().then(() => {
      this.#pollers.delete(bot)
      if (poller.refused !== null) this.#refused.set(bot, { token: poller.refused, at: clock.now() })
      else this.#refused.delete(bot)
    })
    this.#pollers.set(bot, { poller, ended })
  }

  /** Looks for bots that are needed: at the start, and when notices may have been missed. */
  async look(): Promise<void> {
    const { store, clock } = this.#parts
    for (const { bot } of await store.wantedBots(clock.now())) this.heard(bot)
  }

  /** Ends every poll at once. */
  async stop(): Promise<void> {
    this.#stopped = true
    const pollers = [...this.#pollers.values()]
    for (const { poller } of pollers) poller.stop()
    await Promise.all(pollers.map(({ ended }) => ended))
  }

  /** How a bot is reached: by the first channel that leads to it and can be used. */
  #settingsOf(bot: string): ChannelSettings<'telegram'> | undefined {
    for (const view of this.#parts.workspaces.all())
      for (const { settings, enabled, problems } of view.channels.values())
        if (settings.kind === 'telegram' && enabled && problems.length === 0 && botOf(settings.token) === bot)
          return settings
    return undefined
  }
}
