/*
 * Bounds of filters. LiquidJS looks at the clock between two tags and counts what is built; one tag with a chain of filters
 * over a long list would still keep the process for seconds. So each filter looks at the clock as well, and takes no more
 * than a message could ever need.
 */
import type { FilterImplOptions, Liquid } from 'liquidjs'

/** Entries of a list that a filter takes; an event has a thousand at most. */
const LONGEST_LIST = 20_000
/** Characters of a text that a filter takes. */
const LONGEST_TEXT = 1_000_000

type Handler = Extract<FilterImplOptions, (...of: never[]) => unknown>

/** Bounds every filter that an engine has. */
export function withinBounds(engine: Liquid): void {
  for (const [name, filter] of Object.entries(engine.filters)) engine.registerFilter(name, bounded(filter))
}

function bounded(filter: FilterImplOptions): FilterImplOptions {
  const handler: Handler = typeof filter === 'function' ? filter : filter.handler
  const within: Handler = function (value, ...more) {
    this.context.renderLimit.check(performance.now())
    const length = Array.isArray(value) ? value.length * (LONGEST_TEXT / LONGEST_LIST) : lengthOf(value)
    if (length > LONGEST_TEXT) throw new Error('filter limit exceeded')
    return handler.call(this, value, ...(more as never[]))
  }
  return typeof filter === 'function' ? within : { ...filter, handler: within }
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0)
