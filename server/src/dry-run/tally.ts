import { DateTime } from 'luxon'
import type { DryRunReport } from '@nabat/api/dry-run.ts'

/** Every zone's offset is a multiple of this, so the hour is the same all through it. */
const QUARTER_MS = 900_000

const NIGHT_FROM = 22
const NIGHT_TO = 8

/** How many messages there were, for whom and when. */
export class Tally {
  messages = 0
  night = 0
  readonly perHour: number[] = Array.from({ length: 24 }, () => 0)
  readonly perWeekday: number[] = Array.from({ length: 7 }, () => 0)
  readonly #zone: string
  readonly #hours = new Map<string, Map<number, readonly [hour: number, weekday: number]>>()
  /** By destination and login. */
  readonly #recipients = new Map<string, Map<string | null, DryRunReport['perRecipient'][number]>>()

  /** `zone`: of the workspace. */
  constructor(zone: string) {
    this.#zone = zone
  }

  /** A message leaves at `at`. `key`: its destination; `destination`: the same for people; `zone`: of the recipient. */
  add(key: string, destination: () => string, recipient: string | null, zone: string, at: number): void {
    this.messages += 1
    const [hour, weekday] = this.#hourOf(at, this.#zone)
    this.perHour[hour]! += 1
    this.perWeekday[weekday]! += 1
    const [theirs] = this.#hourOf(at, zone)
    if (theirs >= NIGHT_FROM || theirs < NIGHT_TO) this.night += 1
    let there = this.#recipients.get(key)
    if (there === undefined) this.#recipients.set(key, (there = new Map()))
    const known = there.get(recipient)
    if (known === undefined) there.set(recipient, { destination: destination(), recipient, messages: 1 })
    else known.messages += 1
  }

  get perRecipient(): DryRunReport['perRecipient'] {
    return [...this.#recipients.values()]
      .flatMap((there) => [...there.values()])
      .sort((a, b) => b.messages - a.messages)
  }

  #hourOf(at: number, zone: string): readonly [number, number] {
    let hours = this.#hours.get(zone)
    if (hours === undefined) this.#hours.set(zone, (hours = new Map<number, readonly [number, number]>()))
    const quarter = Math.floor(at / QUARTER_MS)
    let found = hours.get(quarter)
    if (found === undefined) {
      const local = DateTime.fromMillis(at, { zone })
      hours.set(quarter, (found = [local.hour, local.weekday - 1]))
    }
    return found
  }
}

/** Counts by reason. */
export class Reasons {
  readonly #counts = new Map<string, number>()

  add(reason: string, many = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + many)
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }
}
