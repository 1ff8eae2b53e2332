import { attribute, bracketed, decodeEntities, TAG } from './inline.ts'

const BLOCKS = new Set('p h1 h2 h3 h4 h5 h6 table ul ol blockquote pre hr'.split(' '))
const LINES = new Set('div section article header footer tr caption center dl dt dd figure'.split(' '))
const DROPPED = /<!doctype[^<>]*>|<!--[\s\S]*?(?:-->|$)|<(style|script|head|title)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi

/** Readable lines of a letter's HTML, for the text part of a mail: paragraphs, lists with dashes, tables row by row. */
export function letterToPlain(html: string): string {
  const letter = new PlainLetter()
  const source = html.replace(DROPPED, '')
  let at = 0
  for (const found of source.matchAll(TAG)) {
    letter.say(decodeEntities(source.slice(at, found.index)))
    at = found.index + found[0].length
    const name = (found[2] ?? '').toLowerCase()
    if (found[1] === '/') letter.end(name)
    else letter.begin(name, found[3] ?? '')
  }
  letter.say(decodeEntities(source.slice(at)))
  return letter.text()
}

/** A plain text being written: white space as a browser folds it, blocks on lines of their own. */
class PlainLetter {
  #out = ''
  /** Line breaks owed before the next word. */
  #breaks = 0
  #lists: { numbered: boolean; items: number }[] = []
  #links: { href: string; from: number }[] = []
  #cell: 'none' | 'th' | 'td' = 'none'
  #inCell = false
  #pre = 0
  /** A list marker was written and nothing after it: a paragraph begins beside it, not below. */
  #marked = false

  say(text: string): void {
    const folded = this.#pre > 0 ? text : text.replace(/[ \t\r\n\f]+/g, ' ')
    if (folded === '' || (folded === ' ' && (this.#breaks > 0 || /(^|\s)$/.test(this.#out)))) return
    const lineStart = this.#out === '' || this.#breaks > 0 || this.#out.endsWith('\n')
    this.#flush()
    this.#marked = false
    this.#out += this.#pre === 0 && (lineStart || this.#out.endsWith(' ')) ? folded.replace(/^ /, '') : folded
  }

  begin(name: string, attributes: string): void {
    if (name === 'br') this.#break(this.#inCell ? 0 : this.#breaks + 1)
    else if (name === 'li') this.#item()
    else if (name === 'td' || name === 'th') this.#beginCell(name)
    else if (name === 'img') this.say(attribute(attributes, 'alt') ?? '')
    else if (name === 'a') this.#links.push({ href: attribute(attributes, 'href') ?? '', from: this.#out.length })
    else this.#edge(name)
    if (name === 'tr') this.#cell = 'none'
    if (name === 'ul' || name === 'ol') this.#lists.push({ numbered: name === 'ol', items: 0 })
    if (name === 'pre') this.#pre++
  }

  end(name: string): void {
    if (name === 'ul' || name === 'ol') this.#lists.pop()
    if (name === 'pre') this.#pre = Math.max(0, this.#pre - 1)
    if (name === 'td' || name === 'th') this.#inCell = false
    const link = name === 'a' ? this.#links.pop() : undefined
    if (link !== undefined && /^(?:https?|mailto|tel|tg):/i.test(link.href))
      this.#out += bracketed(link.href, this.#out.slice(link.from))
    this.#edge(name)
  }

  text(): string {
    return this.#out
      .replace(/[ \t]+$/gm, '')
      .trim()
      .toWellFormed()
  }

  #edge(name: string): void {
    if (BLOCKS.has(name)) this.#break(this.#lists.length > 0 ? 1 : 2)
    else if (LINES.has(name)) this.#break(1)
  }

  /** Owes at least so many line breaks; within a cell a space does, or the row would fall apart. */
  #break(count: number): void {
    if (this.#inCell) this.say(' ')
    else if (!this.#marked) this.#breaks = Math.max(this.#breaks, count)
  }

  #flush(): void {
    if (this.#out !== '') {
      const missing = Math.min(this.#breaks, 2)
      this.#out = missing > 0 ? `${this.#out.trimEnd()}${'\n'.repeat(missing)}` : this.#out
    }
    this.#breaks = 0
  }

  #item(): void {
    const list = this.#lists.at(-1)
    if (list !== undefined) list.items++
    this.#marked = false
    this.#break(1)
    this.#flush()
    this.#marked = true
    this.#out += `${'  '.repeat(Math.max(0, this.#lists.length - 1))}${list?.numbered ? `${list.items}.` : '-'} `
  }

  #beginCell(name: 'th' | 'td'): void {
    const separator = this.#cell === 'none' ? '' : this.#cell === 'th' && name === 'td' ? ': ' : ' | '
    this.#inCell = false
    if (separator !== '') {
      this.#flush()
      this.#out = `${this.#out.replace(/ +$/, '')}${separator}`
    }
    this.#cell = name
    this.#inCell = true
  }
}
