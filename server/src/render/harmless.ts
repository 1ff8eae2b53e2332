/*
 * HTML of a letter without what a letter has no use for. Values are escaped before they get here; this is about what stands
 * in templates themselves, and about values that a template has put in as they are (`raw`).
 */
import { TAG } from './inline.ts'

/** Whether there is anything to look for at all: most letters are over after this. */
const SUSPECT =
  /<\/?(?:script|iframe|frame|object|embed|applet|base|form)\b|[\s"'/]on\w+\s*=|(?:java|vb)script\s*:|data\s*:\s*text/i
const TRAP = /<(\/?)(script|iframe|frame|object|embed|applet|base|form)\b/gi
/** Of these what stands inside goes as well. */
const WITH_CONTENT: ReadonlySet<string> = new Set(['script', 'iframe', 'object', 'applet'])
const HANDLER = /[\s"'/]on\w+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi
const ADDRESS = /((?:href|src|action|background)\s*=\s*["']?)\s*(?:(?:java|vb)script|data\s*:\s*text)[^"'\s>]*/gi

/** A letter, or a part of one, without scripts, frames, forms, handlers and addresses that are programs. */
export function harmless(html: string): string {
  if (!SUSPECT.test(html)) return html
  return withoutTraps(html).replace(TAG, (tag, _slash, _name, attributes: string) => {
    const kept = attributes.replace(HANDLER, '').replace(ADDRESS, '$1#')
    return kept === attributes ? tag : tag.replace(attributes, () => kept)
  })
}

/** Each goes up to its end, the last up to the end of everything; a space is left, so that nothing grows together. */
function withoutTraps(html: string): string {
  const lower = html.toLowerCase()
  let kept = ''
  let at = 0
  for (const { index, 1: slash, 2: name = '' } of html.matchAll(TRAP)) {
    if (index < at) continue
    kept += `${html.slice(at, index)} `
    const isWhole = slash === '' && WITH_CONTENT.has(name.toLowerCase())
    const last = isWhole ? lower.indexOf(`</${name.toLowerCase()}`, index) : index
    const end = last < 0 ? -1 : html.indexOf('>', last)
    at = end < 0 ? html.length : end + 1
  }
  return kept + html.slice(at)
}
