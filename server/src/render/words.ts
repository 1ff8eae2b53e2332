/*
 * Templates. Liquid with limits: a template may loop for ever, read what is not its event's, or break; none of that
 * reaches another message. The short text is Telegram's inline HTML, the letter is an HTML fragment, so variables are
 * escaped in both; a title is plain and is not.
 */
import { filters, Liquid, type Template } from 'liquidjs'
import { IANAZone } from 'luxon'
import type { Templates } from '@nabat/api/catalog/event-type.ts'
import { withBareWords } from './bare-words.ts'
import { renderDirectly } from './direct.ts'
import { withinBounds } from './bounds.ts'

/** What a template may use. */
export interface Context {
  readonly event: Readonly<Record<string, unknown>>
  readonly recipient: Readonly<Record<string, unknown>>
  readonly workspace: Readonly<Record<string, unknown>>
  /** Of a digest only. */
  readonly digest?: Readonly<Record<string, unknown>>
}

/** Characters of a template, milliseconds of a rendering, and what it may build up. */
export const LIMITS = { parseLimit: 300_000, renderLimit: 100, memoryLimit: 5_000_000 } as const

/** Characters that a part of a workspace's own template may come to. */
export const LONGEST: Readonly<Record<Part, number>> = { title: 1_000, text: 64 * 1024, letter: 512 * 1024 }

/** Parsed templates kept; a workspace has a few hundred. */
const PARSED = 5_000
/** Characters of them together: whoever writes one has a new one parsed with every pause. */
const PARSED_CHARACTERS = 4_000_000

export type Part = keyof Templates

/** Renders templates in one time zone: dates are written as the recipient's clock shows them. */
class Zone {
  readonly #plain: Liquid
  readonly #escaping: Liquid
  readonly #parsed = new Map<string, Template[]>()
  #characters = 0
  /** Templates that were late twice; they get one try. */
  readonly #late = new Set<string>()

  constructor(timeZone: string) {
    this.#plain = engineOf()
    this.#escaping = engineOf('escape')
    const date = dateIn(IANAZone.create(timeZone))
    for (const engine of [this.#plain, this.#escaping]) {
      engine.registerFilter('date', date)
      withinBounds(engine)
      renderDirectly(engine)
    }
  }

  render(part: Part, template: string, context: Context, bare: boolean): string {
    const escapes = part !== 'title'
    const engine = escapes ? this.#escaping : this.#plain
    const key = `${escapes ? 'e' : 't'}${bare ? 'b' : ' '}${template}`
    let parsed = this.#parsed.get(key)
    if (parsed === undefined) {
      parsed = engine.parse(bare ? withBareWords(template, escapes) : template)
      this.#keep(key, parsed)
    }
    const rendered = parsed
    const render = (): string => String(engine.renderSync(rendered, context))
    try {
      return render()
    } catch (error) {
      // The clock counts what the machine does besides; a template that loops is late a second time as well.
      if (!isLate(error) || this.#late.has(key)) throw error
      return this.#again(render, key)
    }
  }

  #keep(key: string, parsed: Template[]): void {
    this.#characters += key.length
    if (this.#parsed.size >= PARSED || this.#characters > PARSED_CHARACTERS) {
      this.#parsed.clear()
      this.#characters = key.length
    }
    this.#parsed.set(key, parsed)
  }

  #again(render: () => string, key: string): string {
    try {
      return render()
    } catch (error) {
      if (this.#late.size >= PARSED) this.#late.clear()
      if (isLate(error)) this.#late.add(key)
      throw error
    }
  }
}

const isLate = (error: unknown): boolean => (error as Error).message.includes('render limit exceeded')

/** An engine for templates, which reaches nothing but what it is handed: there are no files and no parts of others. */
export function engineOf(outputEscape?: 'escape'): Liquid {
  const engine = new Liquid({
    ...LIMITS,
    ownPropertyOnly: true,
    strictFilters: true,
    relativeReference: false,
    templates: {},
    ...(outputEscape === undefined ? {} : { outputEscape }),
  })
  for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag]
  return engine
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

/**
 * One part of a template in a time zone; `bare`: words such as NOTIFICATION_TO are put in as well. Throws with Liquid's
 * words when the template is wrong or exceeds its limits.
 */
export function renderPart(part: Part, template: string, context: Context, timeZone: string, bare = false): string {
  let zone = zones.get(timeZone)
  if (zone === undefined) zones.set(timeZone, (zone = new Zone(timeZone)))
  const text = zone.render(part, template, context, bare)
  return part === 'title' ? text.replace(/\s+/g, ' ').trim() : text.trim()
}

/** As `renderPart`, for what people wrote themselves: a result that no medium takes is an error as well. */
export function renderOwnPart(part: Part, template: string, context: Context, timeZone: string, bare: boolean): string {
  const text = renderPart(part, template, context, timeZone, bare)
  if (text.length > LONGEST[part]) throw new Error(`output limit exceeded: ${text.length} > ${LONGEST[part]}`)
  return text
}
