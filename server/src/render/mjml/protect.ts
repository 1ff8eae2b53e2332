/*
 * Liquid inside MJML. MJML reads its source as XML and knows nothing of Liquid: `{% if a < b %}` would be a half tag to it.
 * So each piece of Liquid crosses over as a word, and is put back into what came out.
 */
import type { Mistake } from '../mistakes.ts'
import { lineOf } from '../place.ts'

const LIQUID = /\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}|\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g
const WORD = /nbq(\d+)qbn/g

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
  const restored = html.replace(WORD, (word, index: string) => {
    seen.add(Number(index))
    return pieces[Number(index)]?.text ?? word
  })
  const lost = pieces.flatMap(({ text, at }, index): Mistake[] =>
    seen.has(index) ? [] : [{ part: 'letter', level: 'error', ...lineOf(letter, at), message: droppedHere(text) }],
  )
  return { html: restored, lost }
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
