/*
 * The outside world of a simulation: providers that answer late, refuse, throttle, break, move, or take a message and lose
 * the answer. What really arrived is remembered here and nowhere else; the checks compare it with what the store says.
 */
import type { Call, Channel, ChannelKind, Message } from '../../src/channels/channel.ts'
import { CHANNELS, type ChannelKinds } from '../../src/channels/registry.ts'
import type { Clock } from '../../src/clock.ts'
import { deferred, type Address, type Outcome } from '../../src/pipeline/outcome.ts'
import { diceAt } from './random.ts'
import { arrived, misfortuneOf, NOBODY, type Fate } from './providers.ts'
import type { Luck } from './luck.ts'

/** One call that reached the outside, and what became of it. */
export interface Attempt {
  readonly at: number
  /** Which life of the process made it. */
  readonly process: number
  readonly delivery: string
  /** The deliveries that leave in this message: that one, and what was folded into it. */
  readonly covers: readonly string[]
  readonly channel: string
  /** Where it goes: the chat a group has moved to, where it has. */
  readonly address: string
  readonly incident: string | undefined
  /** The id its poster gave the event. */
  readonly event: string
  readonly severity: string
  readonly fate: string
  readonly arrives: boolean
  /** It was under way when its process was made to stand still. */
  readonly late: boolean
  /** Number of the node that made it, and who held which lease at that moment; null where there is one process. */
  readonly by: { readonly node: number | null; readonly leases: ReadonlyMap<string, number> } | null
  /** What the process was told; null while it waits, and when it died before. */
  verdict: Outcome['verdict'] | 'ambiguous' | null
}

/** When something was wrong with a channel: after it, messages may be late through no fault of the pipeline. */
interface Trouble {
  readonly from: number
  readonly until: number
}

/** What a process that calls has to say of itself. */
export interface Caller {
  readonly process: number
  readonly clock: Clock
  /** Makes the call while the process lives; never resolves when it dies before the answer. */
  readonly call: <T>(act: (late: boolean) => Promise<T>) => Promise<T>
  /** Which node it is, and who holds what; null where there is one process. */
  readonly standing: () => Attempt['by']
}

type Inbox = ChannelKinds['inbox']

const AFTER_TROUBLE = 10 * 60_000
const SLOW = 0.15

export class Network {
  readonly attempts: Attempt[] = []
  /** Sends that broke a provider's limit. */
  readonly violations: string[] = []
  /** Whether anything goes wrong at all. */
  healthy = false
  readonly #clock: Clock
  readonly #luck: Luck
  readonly #covers: (delivery: string) => readonly string[]
  readonly #sends = new Map<string, number[]>()
  readonly #tries = new Map<string, number>()
  /** What is refused from now on, by channel and address. */
  readonly #lasting = new Map<string, Fate>()
  readonly #moved = new Map<string, string>()
  readonly #outages = new Map<string, number>()
  readonly #troubles = new Map<string, Trouble[]>()

  /** `covers`: which deliveries leave in the message of one. */
  constructor(clock: Clock, luck: Luck, covers: (delivery: string) => readonly string[]) {
    this.#covers = covers
    this.#clock = clock
    this.#luck = luck
  }

  /** The kinds of channels with this network behind them; everything but `open` is the real kind. */
  kinds(caller: Caller): ChannelKinds {
    const through = <K extends keyof ChannelKinds>(kind: ChannelKinds[K]): ChannelKinds[K] =>
      ({
        ...kind,
        open: (settings: { name: string }) =>
          Promise.resolve(this.#channel(kind as unknown as ChannelKind, settings, caller)),
      }) as unknown as ChannelKinds[K]
    return {
      ...CHANNELS,
      telegram: through<'telegram'>(CHANNELS.telegram),
      webhook: through<'webhook'>(CHANNELS.webhook),
      smtp: through<'smtp'>(CHANNELS.smtp),
      mattermost: through<'mattermost'>(CHANNELS.mattermost),
      inbox: { ...CHANNELS.inbox, open: (settings, world) => this.#inbox(settings, world, caller) },
    }
  }

  /** Nobody is reached through a channel for a while. */
  outage(channel: string, ms: number): void {
    const until = this.#clock.now() + ms
    this.#outages.set(channel, Math.max(this.#outages.get(channel) ?? 0, until))
    this.#trouble(channel, ms)
  }

  /** Whether nothing was wrong with a channel in a span, nor shortly before it. */
  wasWell(channel: string, from: number, until: number): boolean {
    return !(this.#troubles.get(channel) ?? []).some((each) => each.from <= until && each.until >= from)
  }

  /** The chat a group's messages really go to. */
  placeOf(channel: string, address: string): string {
    return this.#moved.get(`${channel} ${address}`) ?? address
  }

  #trouble(channel: string, ms: number): void {
    const now = this.#clock.now()
    const list = this.#troubles.get(channel) ?? []
    list.push({ from: now, until: now + ms + AFTER_TROUBLE })
    this.#troubles.set(channel, list)
  }

  /** The real inbox, which fails with the store and in no other way. */
  async #inbox(...[settings, world, { process, standing }]: [...Parameters<Inbox['open']>, Caller]): Promise<Channel> {
    const real = await CHANNELS.inbox.open(settings, world)
    const attempt: Channel['attempt'] = async (message, to, call) => {
      const at = this.#clock.now()
      const by = standing()
      const outcome = await real.attempt(message, to, call)
      const arrives = outcome.verdict === 'sent'
      const about = this.#about(message, settings.name, CHANNELS.inbox.show(to))
      // Written by the store, at its moment: late when the process stood still in between.
      const late = this.#clock.now() > at
      this.attempts.push({ ...about, at, process, by, late, arrives, fate: outcome.verdict, verdict: outcome.verdict })
      return outcome
    }
    return { ...real, attempt }
  }

  /** What a message is about, and where it goes. */
  #about(
    message: Message,
    channel: string,
    address: string,
  ): Pick<Attempt, 'delivery' | 'covers' | 'channel' | 'address' | 'incident' | 'event' | 'severity'> {
    return {
      delivery: message.deliveryId,
      covers: this.#covers(message.deliveryId),
      channel,
      address,
      incident: message.event['incident'] as string | undefined,
      event: String(message.event['id']),
      severity: message.severity,
    }
  }

  #channel(kind: ChannelKind, settings: { name: string }, caller: Caller): Channel {
    return {
      attempt: (message, to, call) =>
        caller.call((late) => this.#attempt(kind, settings as never, message, to, call, caller, late)),
      async *check() {},
      close: async () => {},
    }
  }

  #attempt(
    kind: ChannelKind,
    settings: Parameters<ChannelKind['budgets']>[0],
    message: Message,
    to: Address,
    { signal }: Call,
    caller: Caller,
    late: boolean,
  ): Promise<Outcome> {
    const shown = kind.show(to)
    const event = String(message.event['id'])
    const known = `${settings.name} ${shown}`
    const nth = (this.#tries.get(`${known} ${event}`) ?? 0) + 1
    this.#tries.set(`${known} ${event}`, nth)
    const name = `${event} by ${settings.name} to ${shown}, attempt ${nth}`
    const hasMoved = this.#move(kind, to, known, name)
    const place = this.placeOf(settings.name, shown)
    // What is sent to an old id is counted there, as far as anybody can know.
    if (!late) this.#count(kind, settings, to)
    const fate = this.#fate(kind, settings.name, place, name)
    const outcome: Outcome =
      fate.outcome.verdict === 'sent' && hasMoved !== undefined
        ? { ...fate.outcome, movedTo: { ...to, chat: hasMoved } }
        : fate.outcome
    const attempt: Attempt = {
      ...this.#about(message, settings.name, place),
      at: this.#clock.now(),
      process: caller.process,
      late,
      by: caller.standing(),
      fate: fate.says,
      arrives: fate.arrives,
      verdict: null,
    }
    this.attempts.push(attempt)
    return answer(attempt, outcome, this.#took(settings.name, name), signal, caller.clock)
  }

  /** How long a call takes, in milliseconds: mostly short, at times longer than its deadline. */
  #took(channel: string, name: string): number {
    const random = diceAt(this.#luck.seed, `${name} takes`)
    const slow = this.healthy ? undefined : this.#luck.strikes(`${name} is slow`, SLOW)
    if (slow === undefined) return random.whole(1, 200)
    this.#trouble(channel, MINUTE)
    return slow.whole(1_000, 40_000)
  }

  /** A group that becomes a supergroup has another id from then on. */
  #move(kind: ChannelKind, { chat }: Address, known: string, name: string): string | undefined {
    const id = String(chat)
    if (kind.kind !== 'telegram' || !id.startsWith('-')) return undefined
    if (
      !this.#moved.has(known) &&
      !this.healthy &&
      this.#luck.strikes(`${name} finds the group moved`, 0.1) !== undefined
    )
      this.#moved.set(known, `-100${id.slice(1)}`)
    return this.#moved.get(known)
  }

  #fate(kind: ChannelKind, channel: string, place: string, name: string): Fate {
    const known = `${channel} ${place}`
    if (this.healthy) return arrived(`${this.attempts.length}`)
    const lasting = this.#lasting.get(known)
    if (lasting !== undefined) return lasting
    if ((this.#outages.get(channel) ?? 0) > this.#clock.now()) return NOBODY
    const random = this.#luck.strikes(name)
    if (random === undefined) return arrived(`${this.attempts.length}`)
    const fate = misfortuneOf(kind.kind, random, this.#clock.now())
    if (fate.lasting === true) this.#lasting.set(known, fate)
    const { outcome } = fate
    this.#trouble(channel, outcome.verdict === 'deferred' ? (outcome.retryAfterMs ?? 0) : 0)
    return fate
  }

  /** Providers count what reaches them, whatever becomes of it. */
  #count(kind: ChannelKind, settings: Parameters<ChannelKind['budgets']>[0], to: Address): void {
    const now = this.#clock.now()
    // A group that has just moved is one chat under two ids; whose second it was nobody can say.
    if ([...this.#moved.values()].includes(String(to['chat']))) return
    for (const { key, limit, perMs } of kind.budgets(settings, to)) {
      const recent = (this.#sends.get(key) ?? []).filter((at) => at > now - perMs)
      recent.push(now)
      this.#sends.set(key, recent)
      if (recent.length > limit)
        this.violations.push(`${key}: ${recent.join(', ')} are ${recent.length} in ${perMs} ms`)
    }
  }
}

const MINUTE = 60_000

/** The answer after a while, or what the caller's deadline makes of it. */
function answer(
  attempt: Attempt,
  outcome: Outcome,
  tookMs: number,
  signal: AbortSignal,
  clock: Clock,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (told: Outcome): void => {
      cancel()
      signal.removeEventListener('abort', onAbort)
      attempt.verdict = told.verdict === 'deferred' && told.ambiguous === true ? 'ambiguous' : told.verdict
      resolve(told)
    }
    const onAbort = (): void =>
      end(
        (signal.reason as Error).name === 'TimeoutError'
          ? deferred('timeout', 'no answer', { of: 'channel', state: 'down' }, { ambiguous: true })
          : deferred('cancelled', 'stopping', { of: 'channel', state: 'fine' }, { ambiguous: true }),
      )
    const cancel = clock.after(tookMs, () => end(outcome))
    signal.addEventListener('abort', onAbort)
  })
}
