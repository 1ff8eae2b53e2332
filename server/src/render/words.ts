/*
 * Templates. Liquid with limits: a template may loop for ever, read what is not its event's, or break; none of that
 * reaches another message. The short text is Telegram's inline HTML, the letter is an HTML fragment, so variables are
 * escaped in both; a title is plain and is not.
 */
import { filters, Liquid, type Template } from 'liquidjs'
import { IANAZone } from 'luxon'
import type { Templates } from '@nabat/api/catalog/event-type.ts'
import { renderDirectly } from './direct.ts'

/** What a template may use. */
export interface Context {
  readonly event: Readonly<Record<string, unknown>>
  readonly recipient: Readonly<Record<string, unknown>>
  readonly workspace: Readonly<Record<string, unknown>>
  /** Of a digest only. */
  readonly digest?: Readonly<Record<string, unknown>>
}

/** Characters of a template, milliseconds of a rendering, and what it may build up. */
const LIMITS = { parseLimit: 300_000, renderLimit: 100, memoryLimit: 5_000_000 } as const

/** Parsed templates kept; a workspace has a few hundred. */
const PARSED = 5_000

export type Part = keyof Templates

/** Renders templates in one time zone: dates are written as the recipient's clock shows them. */
class Zone {
  readonly #plain: Liquid
  readonly #escaping: Liquid
  readonly #parsed = new Map<string, Template[]>()

  constructor(timeZone: string) {
    const common = {
      ...LIMITS,
      ownPropertyOnly: true,
      strictFilters: true,
      relativeReference: false,
    }
    this.#plain = new Liquid(common)
    this.#escaping = new Liquid({ ...common, outputEscape: 'escape' })
    const date = dateIn(IANAZone.create(timeZone))
    for (const engine of [this.#plain, this.#escaping]) {
      engine.registerFilter('date', date)
      renderDirectly(engine)
    }
  }

  render(part: Part, template: string, context: Context): string {
    const engine = part === 'title' ? this.#plain : this.#escaping
    const key = `${part === 'title' ? 't' : 'e'}${template}`
    let parsed = this.#parsed.get(key)
    if (parsed === undefined) {
      parsed = engine.parse(template)
      if (this.#parsed.size >= PARSED) this.#parsed.clear()
      this.#parsed.set(key, parsed)
    }
    return String(engine.renderSync(parsed, context))
  }
}

type DateFilter = (this: unknown, value: unknown, format?: string, zone?: string | number) => unknown

/**
 * Liquid's `date` in a time zone. Its own look-up of the zone makes two formatters a call, which was a fifth of the time
 * of a storm; luxon keeps them.
 */
function dateIn(zone: IANAZone): DateFilter {
  const date = filters['date'] as DateFilter
  let quarter = NaN
  let offset = 0
  return function (value, format, other) {
    const ms = typeof value === 'number' ? value * 1000 : Date.parse(String(value))
    // Clocks change at full quarters only, and a storm's events are of one quarter.
    if (!Number.isNaN(ms) && Math.floor(ms / QUARTER_MS) !== quarter) {
      quarter = Math.floor(ms / QUARTER_MS)
      offset = -zone.offset(ms)
    }
    return date.call(this, value, format, other ?? (Number.isNaN(ms) ? 0 : offset))
  }
}

const QUARTER_MS = 900_000

const zones = new Map<string, Zone>()

/** One part of a template in a time zone. Throws with Liquid's words when the template is wrong or exceeds its limits. */
export function renderPart(part: Part, template: string, context: Context, timeZone: string): string {
  let zone = zones.get(timeZone)
  if (zone === undefined) zones.set(timeZone, (zone = new Zone(timeZone)))
  const text = zone.render(part, template, context)
  return part === 'title' ? text.replace(/\s+/g, ' ').trim() : text.trim()
}
