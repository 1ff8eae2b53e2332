import { bracketed, parseInline, sharedTags, writeInline, type Run, type Tag } from './inline.ts'

export { escapeHtml } from './inline.ts'
export { letterToPlain } from './letter.ts'

/** The same inline HTML so that Telegram can parse it: unknown tags shown as text, what is open closed. */
export const sanitizeInline = (html: string): string => writeInline(parseInline(html))

/** Plain text of inline HTML; the address of a link follows its text in brackets where the text does not say it. */
export function toPlain(html: string): string {
  let plain = ''
  let link: { readonly tag: Tag; readonly from: number } | undefined
  for (const run of [...parseInline(html), { text: '', tags: [] }]) {
    const tag = run.tags.find(({ href }) => href !== undefined)
    if (link !== undefined && link.tag !== tag) {
      plain += bracketed(link.tag.href ?? '', plain.slice(link.from))
      link = undefined
    }
    if (tag !== undefined) link ??= { tag, from: plain.length }
    plain += run.text
  }
  return plain
}

/*
 * Markdown of Mattermost. Its web client is a fork of marked (github.com/mattermost/marked), its mobile ones speak
 * CommonMark; what is written here is read alike by both. Of the fork one must know that `\\` escapes a backslash only
 * where no letter follows, that `$` and `<` cannot be escaped, and that a bare address is taken with the escapes in it.
 */

const MARKS: Readonly<Record<string, string>> = { b: '**', i: '_', s: '~~' }

/** An invisible space that breaks what must not be recognised. */
const BREAK = '\u200b'

/** Markdown of inline HTML, for Mattermost. Whatever stood in the text itself stays text: no markup, no @all. */
export function toMarkdown(html: string): string {
  let markdown = ''
  for (const { kind, runs } of blocksOf(parseInline(html))) {
    const text = runs.map((run) => run.text).join('')
    const before = markdown === '' || markdown.endsWith('\n') ? '' : '\n'
    if (kind === 'pre') {
      const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1))
      markdown += `${before}${fence}\n${harmless(text.replace(/^\n|\n$/g, ''))}\n${fence}\n`
    } else if (kind === 'quote') {
      // The empty line ends the quote; without it the next line would belong to it.
      markdown += `${before}${inlineMarkdown(runs).trim().replace(/^/gm, '> ')}\n\n`
    } else markdown += markdown.endsWith('\n') ? inlineMarkdown(runs).replace(/^\n/, '') : inlineMarkdown(runs)
  }
  return markdown.trim()
}

/** Consecutive runs that make a code block, a quotation, or ordinary lines. */
function blocksOf(runs: readonly Run[]): { kind: 'pre' | 'quote' | 'lines'; runs: Run[] }[] {
  const blocks: { kind: 'pre' | 'quote' | 'lines'; of: Tag | undefined; runs: Run[] }[] = []
  for (const run of runs) {
    const of =
      run.tags.find(({ name }) => name === 'pre') ?? run.tags.find(({ name }) => name === 'blockquote') ?? undefined
    const last = blocks.at(-1)
    if (last !== undefined && last.of === of) last.runs.push(run)
    else blocks.push({ kind: of === undefined ? 'lines' : of.name === 'pre' ? 'pre' : 'quote', of, runs: [run] })
  }
  return blocks
}

/**
 * Emphasis must hug its words and end with the line: spaces and line breaks are held back until the next word, and
 * written outside of the marks that end or begin there.
 */
function inlineMarkdown(runs: readonly Run[]): string {
  let markdown = ''
  let space = ''
  let open: readonly Tag[] = []
  const add = (piece: string): void => {
    // `!` before a link would make a picture of it, which every reader's client would fetch.
    if (piece.startsWith('[') && markdown.endsWith('!')) markdown = `${markdown.slice(0, -1)}\\!`
    markdown += piece
  }
  const shift = (tags: readonly Tag[]): void => {
    const shared = space.includes('\n') ? 0 : sharedTags(open, tags)
    for (const tag of open.slice(shared).toReversed())
      add(tag.name === 'a' ? `](${hrefMarkdown(tag.href ?? '')})` : (MARKS[tag.name] ?? ''))
    add(withoutIndent(space, markdown === ''))
    for (const tag of tags.slice(shared)) add(tag.name === 'a' ? '[' : (MARKS[tag.name] ?? ''))
    open = tags
    space = ''
  }
  for (const { text, tags, code } of stretchesOf(runs)) {
    const inLink = tags.some(({ name }) => name === 'a')
    const words = code === undefined ? text.split(/(\s+)/) : [text.replace(/\s+/g, ' ')]
    for (const word of words.filter((part) => part !== ''))
      if (/^\s+$/.test(word)) space += word
      else {
        const lineStart = space.includes('\n') || markdown === ''
        shift(tags)
        for (const piece of code === undefined ? wordPieces(word, lineStart, inLink) : [codeSpan(word)]) add(piece)
      }
  }
  shift([])
  return markdown
}

/** Text with the tags that Markdown can show. */
interface Stretch {
  readonly text: string
  readonly tags: readonly Tag[]
  readonly code: Tag | undefined
}

/** Runs that look the same in Markdown become one, or what is dangerous together (`@` and `all`) would be seen apart. */
function stretchesOf(runs: readonly Run[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const run of runs) {
    const code = run.tags.find(({ name }) => name === 'code')
    const outer = code === undefined ? run.tags : run.tags.slice(0, run.tags.indexOf(code))
    const tags = outer.filter(({ name, href = '' }) => name in MARKS || /^(?:http|mailto)/i.test(href))
    const last = stretches.at(-1)
    const same = last?.code === code && last?.tags.length === tags.length && sharedTags(last.tags, tags) === tags.length
    if (last !== undefined && same) stretches[stretches.length - 1] = { ...last, text: last.text + run.text }
    else stretches.push({ text: run.text, tags, code })
  }
  return stretches
}

/** Four spaces at the beginning of a line would make it a code block. (Unbreakable ones too: the fork makes them plain.) */
const withoutIndent = (space: string, atStart: boolean): string =>
  `${atStart ? '\n' : ''}${space}`.replace(/\n(?= {4}| {0,3}\t)/g, `\n${BREAK}`).slice(atStart ? 1 : 0)

const longestTicks = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length))

function codeSpan(text: string): string {
  const ticks = '`'.repeat(longestTicks(text) + 1)
  const edge = /^`|`$/.test(text) ? ' ' : ''
  return `${ticks}${edge}${harmless(text)}${edge}${ticks}`
}

/** Breaks what calls everybody. */
const quiet = (text: string): string => text.replace(/@(?=(?:all|channel|here)(?![a-z0-9]))/gi, `@${BREAK}`)

/** In code only Slack's notation is left to break (`<!channel>`, `<address|text>`): incoming webhooks translate it anywhere. */
const harmless = (text: string): string => quiet(text).replace(/<(?=\S)/g, `<${BREAK}`)

const hrefMarkdown = (href: string): string =>
  href.replace(
    /[\s()<>\\"'`*_~|]|@(?=all|channel|here)/gi,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )

/** What begins like an address and is none: the client would take what follows for one, escapes and all. */
const NO_ADDRESS = /(?:https?|ftp):(?=\/\/)|www(?=\.)/gi

const BARE_ADDRESS = /((?:(?:https?|ftp):\/\/|www\.)[^\s<>"|]*[^\s<>"'.,:;!?()[\]{}*_~|`\\])/i

/** A word without markup in it, piece by piece. An address that escapes would break becomes a link that says it. */
function wordPieces(word: string, lineStart: boolean, inLink: boolean): string[] {
  const parts = (inLink ? [word] : word.split(BARE_ADDRESS)).map(quiet)
  return parts.map((part, index) => {
    if (index % 2 === 0)
      return escapeText(inLink ? part : part.replace(NO_ADDRESS, `$&${BREAK}`), lineStart && index === 0)
    // An escape soon behind it would be taken for a part of it as well.
    const bare = !/[\\`*_[\]()~|$@]|&#?\w+;/.test(part) && !/[\\`*_[\]~|$&<;]/.test(parts[index + 1] ?? '')
    if (bare) return part
    const href = `${/^www/i.test(part) ? 'http://' : ''}${part.replaceAll(BREAK, '')}`
    return `[${escapeText(part, false)}](${hrefMarkdown(href)})`
  })
}

function escapeText(text: string, lineStart: boolean): string {
  const escaped = text
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/\\(?!\w)/g, '\\\\')
    .replace(/\\(?=_)/g, '&#92;')
    .replace(/[`*_[\]~|]/g, '\\$&')
    .replaceAll('$', '&#36;')
    .replaceAll('<', '&lt;')
  if (!lineStart) return escaped
  // Headings, quotations and lists; `===` under a line would make that a heading, and `=` cannot be escaped.
  return escaped
    .replace(/^[#>+-]/, '\\$&')
    .replace(/^\d{1,9}(?=[.)])/, '$&\\')
    .replace(/^=/, `${BREAK}=`)
}
