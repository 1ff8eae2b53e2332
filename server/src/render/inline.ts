/*
 * The inline HTML of short messages is parsed into runs: pieces of text, each with the tags it stands in. A run model
 * instead of a tree, because everything made of it (a sanitised copy, parts of limited length, Markdown, plain text) only
 * asks "what is this text shown as", and because whatever is written back from runs is well formed by construction: tags
 * are opened when the first text needs them and closed when the first text does not.
 *
 * What Telegram takes: https://core.telegram.org/bots/api#html-style
 */

/** A tag a stretch of text stands in; its identity matters, two neighbouring `<b>` are two. */
export interface Tag {
  readonly name: 'b' | 'i' | 'u' | 's' | 'a' | 'code' | 'pre' | 'blockquote'
  /** How it is written; empty when nothing may be written (a link without a usable address). */
  readonly open: string
  readonly href?: string
}

/** Text, entities decoded, and the tags around it, outermost first. */
export interface Run {
  readonly text: string
  readonly tags: readonly Tag[]
}

const NAMES: Readonly<Record<string, Tag['name']>> = {
  b: 'b',
  strong: 'b',
  i: 'i',
  em: 'i',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  a: 'a',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  laquo: '«',
  raquo: '»',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  lsquo: '‘',
  rsquo: '’',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  bull: '•',
  middot: '·',
  deg: '°',
  times: '×',
  plusmn: '±',
  rarr: '→',
  larr: '←',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  sect: '§',
  shy: '\u00ad',
}

/**
 * A tag: the slash of an end tag, the name, the attributes. `<` ends the attempt outside of quotes, so that a text full of
 * half tags is read in one pass.
 */
export const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:"[^"]*"|'[^']*'|[^'"<>])*)>/g

/** Text that shows as it is wherever HTML is read, also inside an attribute in double quotes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Numeric entities and the named ones people write; any other stays as it was written. */
export const decodeEntities = (html: string): string =>
  html.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/g, (whole, decimal, hex, named) => {
    if (named !== undefined) return Object.hasOwn(ENTITIES, named as string) ? ENTITIES[named as string]! : whole
    const code = decimal === undefined ? parseInt(hex as string, 16) : Number(decimal)
    const character = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return character ? String.fromCodePoint(code) : whole
  })

/** The value of an attribute, entities decoded; undefined when the tag has none of that name. */
export function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes)
  const value = found?.[1] ?? found?.[2] ?? found?.[3]
  return value === undefined ? undefined : decodeEntities(value).trim()
}

/** Addresses a message may link to: anything else (javascript:, a relative path) is shown without a link. */
const LINKABLE = /^(?:https?:\/\/[^\s/]|tg:\/\/[^\s]|mailto:[^\s]|tel:[^\s])/i

function tagOf(name: Tag['name'], attributes: string): Tag {
  if (name === 'a') {
    const href = attribute(attributes, 'href')?.toWellFormed()
    return href !== undefined && LINKABLE.test(href)
      ? { name, href, open: `<a href="${escapeHtml(href)}">` }
      : { name, open: '' }
  }
  const language = name === 'code' ? /^language-[\w+#.-]{1,40}$/.exec(attribute(attributes, 'class') ?? '') : null
  if (language !== null) return { name, open: `<code class="${language[0]}">` }
  if (name === 'blockquote' && /(?:^|\s)expandable(?:\s|=|$)/i.test(attributes))
    return { name, open: '<blockquote expandable>' }
  return { name, open: `<${name}>` }
}

const sameTags = (a: readonly Tag[], b: readonly Tag[]): boolean =>
  a.length === b.length && a.every((tag, index) => tag === b[index])

/**
 * Reads inline HTML. Nothing is refused: unknown tags, stray end tags and half tags are text, what is not closed is closed
 * at the end, `<br>` is a line break. `<b><i>x</b>y</i>` keeps the y in italics.
 */
export function parseInline(html: string): Run[] {
  const runs: { text: string; tags: readonly Tag[] }[] = []
  let tags: readonly Tag[] = []
  const say = (text: string): void => {
    const last = runs.at(-1)
    if (text === '') return
    if (last !== undefined && sameTags(last.tags, tags)) last.text += text
    else runs.push({ text, tags })
  }
  let at = 0
  for (const found of html.matchAll(TAG)) {
    const [whole, slash, written = '', attributes = ''] = found
    say(decodeEntities(html.slice(at, found.index)))
    at = found.index + whole.length
    const lower = written.toLowerCase()
    const name = Object.hasOwn(NAMES, lower) ? NAMES[lower] : undefined
    const open = slash === '/' ? tags.findLast((tag) => tag.name === name) : undefined
    if (lower === 'br' && slash === '') say('\n')
    else if (name !== undefined && slash === '') tags = [...tags, tagOf(name, attributes)]
    else if (open === undefined) say(decodeEntities(whole))
    else tags = tags.filter((tag) => tag !== open)
  }
  say(decodeEntities(html.slice(at)))
  return runs.map((run) => ({ text: run.text.replace(/\r\n?/g, '\n').toWellFormed(), tags: run.tags }))
}

/** Writes runs as HTML that Telegram can parse. */
export function writeInline(runs: readonly Run[]): string {
  let html = ''
  let open: readonly Tag[] = []
  const shift = (tags: readonly Tag[]): void => {
    const shared = sharedTags(open, tags)
    for (const tag of open.slice(shared).toReversed()) if (tag.open !== '') html += `</${tag.name}>`
    for (const tag of tags.slice(shared)) html += tag.open
    open = tags
  }
  for (const run of runs) {
    shift(run.tags)
    html += escapeHtml(run.text)
  }
  shift([])
  return html
}

/** How many tags, from the outside, two stretches of text have in common. */
export function sharedTags(a: readonly Tag[], b: readonly Tag[]): number {
  let shared = 0
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++
  return shared
}

/** The address of a link as it follows the text, ` (address)`; nothing when the text is the address already. */
export function bracketed(href: string, text: string): string {
  const bare = (value: string): string => value.trim().replace(/^(?:https?:\/\/|mailto:|tel:)|\/$/gi, '')
  return href === '' || bare(href) === bare(text) ? '' : ` (${href})`
}
