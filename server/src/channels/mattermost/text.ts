import { escapeHtml, toMarkdown } from '../../render/markup.ts'
import { splitInline } from '../../render/split.ts'
import type { Message } from '../channel.ts'

/** Runes of one post (PostMessageMaxRunesV2); a longer one is refused, or cut by the server in the middle of a word. */
export const MAX_RUNES = 16_383

/** Below this a part is cut anywhere: what does not fit has an address longer than a post in it. */
const SMALLEST_PART = 500

/** The posts of a message, in Markdown: title in bold, text, links, and the names of files that do not go with it. */
export function postsOf(message: Message, fileNames: readonly string[] = []): string[] {
  const title = message.title === '' ? [] : [`<b>${escapeHtml(message.title)}</b>`]
  const links = message.links.map(({ title, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(title)}</a>`)
  const files = fileNames.map((name) => `📎 ${escapeHtml(name)}`)
  const below = [...links, ...files]
  const html = [...title, message.text, ...(below.length > 0 ? ['', ...below] : [])].join('\n')
  const posts = partsOf(html, MAX_RUNES).filter((post) => post !== '')
  // A post without text is refused; the type at least says what it was about.
  return posts.length > 0 ? posts : [String(message.event['type'])]
}

/** A post that stands for the whole message when there may be only one: the beginning, with a sign that it is not all. */
export function onePostOf(message: Message): string {
  const [first = '', ...more] = postsOf(message)
  return more.length === 0
    ? first
    : `${Array.from(first)
        .slice(0, MAX_RUNES - 2)
        .join('')}\n…`
}

/** Cut as HTML, so that every part is well formed; Markdown is longer by its escapes, hence the second look. */
function partsOf(html: string, limit: number): string[] {
  const markdown = toMarkdown(html)
  if (runesOf(markdown) <= MAX_RUNES) return [markdown]
  if (limit < SMALLEST_PART) return [Array.from(markdown).slice(0, MAX_RUNES).join('')]
  return splitInline(html, limit).flatMap((part) => partsOf(part, limit >> 1))
}

/** A rune is a code point; counting them is needed only near the limit. */
const runesOf = (text: string): number => (text.length <= MAX_RUNES ? text.length : Array.from(text).length)
