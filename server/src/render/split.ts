import { parseInline, writeInline, type Run } from './inline.ts'

/** What a reader sees of inline HTML: the text without tags, entities decoded. Telegram's limits count this. */
export const visibleText = (html: string): string =>
  parseInline(html)
    .map((run) => run.text)
    .join('')

/** A line break is looked for in the last three quarters of a part, or a short first line would leave alone. */
const EARLIEST_BREAK = 0.25

/**
 * Cuts inline HTML into well-formed parts of at most `limit` UTF-16 units of visible text, at a line break, else at a
 * space, else between characters. Tags that are open at a cut are closed there and opened again in the next part. White
 * space at a cut is dropped, because Telegram trims messages; a text of nothing else has no parts.
 */
export function splitInline(html: string, limit: number): string[] {
  const runs = parseInline(html)
  const text = runs.map((run) => run.text).join('')
  return cuts(text, Math.max(2, limit)).map(([from, to]) => writeInline(slice(runs, from, to)))
}

/** Beginning and end of each part. */
function cuts(text: string, limit: number): [from: number, to: number][] {
  const parts: [number, number][] = []
  let from = 0
  while (from < text.length) {
    const to = text.length - from <= limit ? text.length : from + cutAt(text.slice(from, from + limit + 1), limit)
    const end = from + text.slice(from, to).trimEnd().length
    if (end > from) parts.push([from, end])
    from = to
    // Only the break itself goes, with empty lines: spaces that indent the next line stay.
    from += /^(?:[ \t]*\n)+|^[ \t]/.exec(text.slice(from, from + limit))?.[0].length ?? 0
  }
  return parts
}

/** Where to cut `window`, which is one unit longer than the limit so that a break right behind the limit counts. */
function cutAt(window: string, limit: number): number {
  const earliest = Math.ceil(limit * EARLIEST_BREAK)
  const line = window.lastIndexOf('\n')
  if (line >= earliest) return line
  const space = Math.max(window.lastIndexOf(' '), window.lastIndexOf('\t'))
  if (space >= earliest) return space
  const inPair = /[\ud800-\udbff]/.test(window.charAt(limit - 1)) && /[\udc00-\udfff]/.test(window.charAt(limit))
  return inPair ? limit - 1 : limit
}

function slice(runs: readonly Run[], from: number, to: number): Run[] {
  const part: Run[] = []
  let at = 0
  for (const { text, tags } of runs) {
    const begin = Math.max(from - at, 0)
    const end = Math.min(to - at, text.length)
    if (begin < end) part.push({ text: text.slice(begin, end), tags })
    at += text.length
  }
  return part
}
