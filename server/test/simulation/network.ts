/*
 * The outside world of a simulation: providers that answer late, refuse, throttle, break, or take a message and lose the
 * answer. What really arrived is remembered here and nowhere else; the checks compare it with what the store says.
 */
import type { Channel, ChannelKind, Message } from '../../src/channels/channel.ts'
import { CHANNELS, type ChannelKinds } from '../../src/channels/registry.ts'
import type { Clock } from '../../src/clock.ts'
import { deferred, rejected, sent, type Address, type Outcome } from '../../src/pipeline/outcome.ts'
import type { Dice } from './random.ts'

export interface Arrival {
  readonly at: number
  readonly delivery: string
  readonly channel: string
  readonly address: string
  readonly incident: string | undefined
  readonly event: string
  readonly severity: string
}

const DOWN = { of: 'channel', state: 'down' } as const

export class Network {
  readonly arrivals: Arrival[] = []
  /** Sends that broke a provider's limit. */
  readonly violations: string[] = []
  /** Whether anything goes wrong at all. */
  healthy = false
  readonly #clock: Clock
  readonly #dice: Dice
  readonly #sends = new Map<string, number[]>()
  readonly #blocked = new Set<string>()
  readonly #downUntil = new Map<string, number>()

  constructor(clock: Clock, dice: Dice) {
    this.#clock = clock
    this.#dice = dice
  }

  /** The kinds of channels with this network behind them; everything but `open` is the real kind. */
  kinds(): ChannelKinds {
    const through = <K extends keyof ChannelKinds>(kind: ChannelKinds[K]): ChannelKinds[K] =>
      ({
        ...kind,
        open: (settings: { name: string }) => Promise.resolve(this.#channel(kind as unknown as ChannelKind, settings)),
      }) as unknown as ChannelKinds[K]
    return {
      ...CHANNELS,
      telegram: through<'telegram'>(CHANNELS.telegram),
      webhook: through<'webhook'>(CHANNELS.webhook),
      smtp: through<'smtp'>(CHANNELS.smtp),
    }
  }

  #channel(kind: ChannelKind, settings: { name: string }): Channel {
    return {
      attempt: (message, to, { signal }) => this.#attempt(kind, settings as never, message, to, signal),
      async *check() {},
      close: async () => {},
    }
  }

  #attempt(
    kind: ChannelKind,
    settings: Parameters<ChannelKind['budgets']>[0],
    message: Message,
    to: Address,
    signal: AbortSignal,
  ): Promise<Outcome> {
    this.#count(kind, settings, to)
    const fate = this.#fate(settings.name, kind.show(to))
    const tookMs = this.#dice.chance(0.05) && !this.healthy ? this.#dice.whole(1_000, 40_000) : this.#dice.whole(1, 200)
    return new Promise((resolve) => {
      const end = (outcome: Outcome): void => {
        cancel()
        signal.removeEventListener('abort', onAbort)
        resolve(outcome)
      }
      const onAbort = (): void =>
        end(
          (signal.reason as Error).name === 'TimeoutError'
            ? deferred('timeout', 'no answer', DOWN, { ambiguous: true })
            : deferred('cancelled', 'stopping', { of: 'channel', state: 'fine' }, { ambiguous: true }),
        )
      if (fate === 'arrives' || fate === 'answer lost') this.#arrive(settings.name, kind.show(to), message)
      const cancel = this.#clock.after(tookMs, () => end(outcomeOf(fate, `${this.arrivals.length}`)))
      signal.addEventListener('abort', onAbort)
    })
  }

  #arrive(channel: string, address: string, message: Message): void {
    this.arrivals.push({
      at: this.#clock.now(),
      delivery: message.deliveryId,
      channel,
      address,
      incident: message.event['incident'] as string | undefined,
      event: String(message.event['id']),
      severity: message.severity,
    })
  }

  #fate(channel: string, address: string): Fate {
    if (this.healthy) return 'arrives'
    const now = this.#clock.now()
    if (this.#blocked.has(`${channel} ${address}`)) return 'blocked'
    if ((this.#downUntil.get(channel) ?? 0) > now) return 'down'
    const roll = this.#dice.float()
    if (roll < 0.01) this.#downUntil.set(channel, now + this.#dice.whole(1_000, 300_000))
    if (roll < 0.02) return 'down'
    if (roll < 0.05) return 'throttled'
    if (roll < 0.08) return 'answer lost'
    if (roll < 0.1) return 'error'
    if (roll < 0.105) {
      this.#blocked.add(`${channel} ${address}`)
      return 'blocked'
    }
    return 'arrives'
  }

  /** Providers count what reaches them, whatever becomes of it. */
  #count(kind: ChannelKind, settings: Parameters<ChannelKind['budgets']>[0], to: Address): void {
    const now = this.#clock.now()
    for (const { key, limit, perMs } of kind.budgets(settings, to)) {
      const recent = (this.#sends.get(key) ?? []).filter((at) => at > now - perMs)
      recent.push(now)
      this.#sends.set(key, recent)
      if (recent.length > limit)
        this.violations.push(`${key}: ${recent.join(', ')} are ${recent.length} in ${perMs} ms`)
    }
  }
}

type Fate = 'arrives' | 'answer lost' | 'throttled' | 'down' | 'error' | 'blocked'

function outcomeOf(fate: Fate, id: string): Outcome {
  switch (fate) {
    case 'arrives':
      return sent([id])
    case 'answer lost':
      return deferred('unreachable_host', 'connection reset', DOWN, { ambiguous: true })
    case 'throttled':
      return deferred('throttled', 'wait', { of: 'destination', state: 'throttled' }, { retryAfterMs: 3_000 })
    case 'down':
      return deferred('unreachable_host', 'refused', DOWN)
    case 'error':
      return deferred('provider_error', '500', { of: 'channel', state: 'fine' }, { ambiguous: true })
    case 'blocked':
      return rejected('blocked', 'blocked by the user', { of: 'destination', state: 'invalid' })
  }
}
