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
  const shift = (tags: readonly Tag[]): void => {
    const shared = space.includes('\n') ? 0 : sharedTags(open, tags)
    for (const tag of open.slice(shared).toReversed())
      markdown += tag.name === 'a' ? `](${hrefMarkdown(tag.href ?? '')})` : MARKS[tag.name]
    markdown += withoutIndent(space, markdown === '')
    for (const tag of tags.slice(shared)) markdown += tag.name === 'a' ? '[' : MARKS[tag.name]
    open = tags
    space = ''
  }
  for (const run of joinCode(runs)) {
    const tags = run.tags.filter(
      (tag) => tag.name in MARKS || (tag.href !== undefined && /^(?:http|mailto)/i.test(tag.href)),
    )
    const code = run.tags.some(({ name }) => name === 'code')
    const words = code ? [run.text.replace(/\s+/g, ' ')] : run.text.split(/(\s+)/)
    for (const word of words.filter((part) => part !== ''))
      if (/^\s+$/.test(word)) space += word
      else {
        const lineStart = space.includes('\n') || markdown === ''
        shift(tags)
        markdown += code
          ? codeSpan(word)
          : escapeWord(
              word,
              lineStart,
              tags.some(({ name }) => name === 'a'),
            )
      }
  }
  shift([])
  return markdown
}

/** Four spaces at the beginning of a line would make it a code block; unbreakable ones look the same and do not. */
const withoutIndent = (space: string, atStart: boolean): string =>
  `${atStart ? '\n' : ''}${space}`
    .replace(/\n[ \t]+/g, (indent) => indent.replace(/[ \t]/g, '\u00a0'))
    .slice(atStart ? 1 : 0)

/** Runs of one `<code>` become one: inside of it there is no other markup. */
function joinCode(runs: readonly Run[]): Run[] {
  const joined: Run[] = []
  const codeOf = (run: Run | undefined): Tag | undefined => run?.tags.find(({ name }) => name === 'code')
  for (const run of runs) {
    const last = joined.at(-1)
    if (last !== undefined && codeOf(run) !== undefined && codeOf(run) === codeOf(last))
      joined[joined.length - 1] = { text: last.text + run.text, tags: last.tags }
    else joined.push(run)
  }
  return joined
}

const longestTicks = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length))

function codeSpan(text: string): string {
  const ticks = '`'.repeat(longestTicks(text) + 1)
  const edge = /^`|`$/.test(text) ? ' ' : ''
  return `${ticks}${edge}${harmless(text)}${edge}${ticks}`
}

/** Breaks what calls everybody (`@all`, and Slack's `<!channel>`, which incoming webhooks translate) and Slack's links. */
const harmless = (text: string): string =>
  text.replace(/@(?=(?:all|channel|here)(?![a-z0-9]))/gi, `@${BREAK}`).replace(/<(?=\S)/g, `<${BREAK}`)

const hrefMarkdown = (href: string): string =>
  href.replace(
    /[\s()<>\\"'`*_~|]|@(?=all|channel|here)/gi,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )

const BARE_ADDRESS = /((?:(?:https?|ftp):\/\/|www\.)[^\s<>"|]*[^\s<>"'.,:;!?()[\]{}*_~|`\\])/i

/** One word without markup in it. An address that escapes would break becomes a link that says it. */
function escapeWord(word: string, lineStart: boolean, inLink: boolean): string {
  const parts = inLink ? [harmless(word)] : harmless(word).split(BARE_ADDRESS)
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return escapeText(part, lineStart && index === 0)
      if (!/[\\`*_[\]()~|$@&]/.test(part)) return part
      return `[${escapeText(part, false)}](${hrefMarkdown(`${/^www/i.test(part) ? 'http://' : ''}${part.replaceAll(BREAK, '')}`)})`
    })
    .join('')
}

function escapeText(text: string, lineStart: boolean): string {
  const escaped = text
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/\\(?!\w)/g, '\\\\')
    .replace(/\\(?=_)/g, '&#92;')
    .replace(/[`*_[\]~|]/g, '\\$&')
    .replaceAll('$', '&#36;')
  if (!lineStart) return escaped
  // Headings, quotations and lists; `===` under a line would make that a heading, and `=` cannot be escaped.
  return escaped
    .replace(/^[#>+-]/, '\\$&')
    .replace(/^\d{1,9}(?=[.)])/, '$&\\')
    .replace(/^=/, `${BREAK}=`)
}
