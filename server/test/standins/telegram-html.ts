/*
 * How Telegram's server reads parse_mode HTML, written after tdlib's MessageEntity.cpp (parse_html) and not after our
 * renderer: the two check each other. https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp
 */

const TAGS = new Set('a b strong i em s strike del u ins tg-spoiler tg-emoji span pre code blockquote'.split(' '))
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

/** The text a reader sees, or what the server answers after "Bad Request: can't parse entities: ". */
export function parseHtml(html: string): { text: string } | { error: string } {
  const open: string[] = []
  let text = ''
  let at = 0
  while (at < html.length) {
    const sign = html.charAt(at)
    if (sign === '&') {
      const [decoded, length] = entity(html.slice(at, at + 12))
      text += decoded
      at += length
    } else if (sign !== '<') {
      text += sign
      at++
    } else if (html.charAt(at + 1) === '/') {
      const end = html.indexOf('>', at)
      const offset = Buffer.byteLength(html.slice(0, at))
      const last = open.pop()
      if (last === undefined) return { error: `Unexpected end tag at byte offset ${offset}` }
      const name = html.slice(at + 2, end).trim()
      if (end < 0) return { error: `Unclosed end tag at byte offset ${offset}` }
      if (name !== '' && name !== last)
        return { error: `Unmatched end tag at byte offset ${offset}, expected "</${last}>", found "</${name}>"` }
      at = end + 1
    } else {
      const tag = startTag(html, at)
      if ('error' in tag) return tag
      open.push(tag.name)
      at = tag.end
    }
  }
  const left = open.at(-1)
  return left === undefined ? { text } : { error: `Can't find end tag corresponding to start tag "${left}"` }
}

function entity(html: string): [decoded: string, length: number] {
  const found = /^&(?:#(\d+)|#x([0-9a-f]+)|(lt|gt|amp|quot));?/i.exec(html)
  if (found === null) return ['&', 1]
  const [whole, decimal, hex, named] = found
  if (named !== undefined) return [ENTITIES[named.toLowerCase()] ?? '', whole.length]
  const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
  const known = code > 0 && code < 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return known ? [String.fromCodePoint(code), whole.length] : ['&', 1]
}

function startTag(html: string, begin: number): { name: string; end: number } | { error: string } {
  const offset = Buffer.byteLength(html.slice(0, begin))
  const found = /^<([^\s>]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/.exec(html.slice(begin))
  if (found === null) return { error: `Unclosed start tag at byte offset ${offset}` }
  const name = (found[1] ?? '').toLowerCase()
  if (!TAGS.has(name)) return { error: `Unsupported start tag "${name}" at byte offset ${offset}` }
  const odd = (found[2] ?? '').replace(/\s+[\w-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[\w.-]+))?/g, '').trim()
  if (odd !== '') return { error: `Empty attribute name in the tag "${name}" at byte offset ${offset}` }
  return { name, end: begin + found[0].length }
}
