/*
 * Liquid inside MJML. MJML reads its source as XML and knows nothing of Liquid: `{% if a < b %}` would be a half tag to it.
 * So each piece of Liquid crosses over as a word, and is put back into what came out.
 */
import type { Mistake } from '../mistakes.ts'
import { lineOf } from '../place.ts'

// What nothing closes goes to the end: looked for anew from each opening, that would take seconds.
const LIQUID = /\{%-?\s*raw\s*-?%\}[\s\S]*?(?:\{%-?\s*endraw\s*-?%\}|$)|\{%[\s\S]*?(?:%\}|$)|\{\{[\s\S]*?(?:\}\}|$)/g
const WORD = /nbq(\d+)qbn/g

/** Characters of what becomes of a document: no letter is so long, and a short one can be made to say a thing very often. */
export const LONGEST_HTML = 2_000_000

/** Whether the letter of a template is a whole MJML document, and not a fragment of HTML. */
export const isMjml = (letter: string): boolean => /^\s*(?:<!--[\s\S]{0,2000}?-->\s*)?<mjml[\s>]/i.test(letter)

/** A source whose Liquid stands in words, and the pieces. */
export interface Protected {
  readonly source: string
  readonly pieces: readonly { readonly text: string; readonly at: number }[]
}

/** Puts words where Liquid stands. */
export function protect(letter: string): Protected {
  const pieces: { text: string; at: number }[] = []
  const source = letter.replace(LIQUID, (text: string, at: number) => `nbq${pieces.push({ text, at }) - 1}qbn`)
  return { source, pieces }
}

/** Puts the Liquid back; what MJML has dropped of it stood where MJML takes no text, and is a mistake. */
export function restore(
  html: string,
  { pieces }: Protected,
  letter: string,
): { readonly html: string; readonly lost: readonly Mistake[] } {
  const seen = new Set<number>()
  let length = html.length
  const restored = html.replace(WORD, (word, index: string) => {
    seen.add(Number(index))
    const { text } = pieces[Number(index)] ?? { text: word }
    length += text.length - word.length
    return length > LONGEST_HTML ? '' : text
  })
  if (length > LONGEST_HTML) return { html: '', lost: [tooLong] }
  const lost = pieces.flatMap(({ text, at }, index): Mistake[] =>
    seen.has(index) ? [] : [{ part: 'letter', level: 'error', ...lineOf(letter, at), message: droppedHere(text) }],
  )
  return { html: restored, lost }
}

const tooLong: Mistake = {
  ...{ part: 'letter', level: 'error', line: 1, column: 1 },
  message: {
    ru: `Письмо выходит длиннее ${LONGEST_HTML} знаков: уберите повторы`,
    en: `The letter comes to more than ${LONGEST_HTML} characters: leave out what is repeated`,
  },
}

const droppedHere = (text: string) => ({
  ru: `MJML здесь не берёт текст, и ${short(text)} пропало бы: оберните его в <mj-raw>…</mj-raw>`,
  en: `MJML takes no text here and ${short(text)} would be lost: put it into <mj-raw>…</mj-raw>`,
})

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text)

/** Where a document would read others, which it may not. */
export const noIncludes = (letter: string): Mistake[] =>
  Array.from(letter.matchAll(/<mj-include\b/gi), ({ index }) => ({
    ...{ part: 'letter', level: 'error', ...lineOf(letter, index) },
    message: {
      ru: 'mj-include здесь нельзя: шаблон не читает файлов; впишите содержимое сюда',
      en: 'mj-include cannot be used: a template reads no files; write its content here',
    },
  }))
