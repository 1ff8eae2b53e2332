/*
 * Where in a template somebody types: what is proposed there depends on it.
 */

/** Inside of an output or a tag, or in the text around them. `from`: where what is being typed begins. */
export interface Place {
  readonly kind: 'variable' | 'filter' | 'tag' | 'text'
  readonly from: number
  /** Where the output or tag begins that it stands in. */
  readonly opens?: number
}

const wordBefore = (text: string, letters: RegExp): number => text.length - (letters.exec(text)?.[0].length ?? 0)

/** The place after this text. */
export function placeAfter(before: string): Place {
  const output = before.lastIndexOf('{{')
  const tag = before.lastIndexOf('{%')
  const opens = Math.max(output, tag)
  const inner = opens === -1 ? '' : before.slice(opens + 2)
  if (opens === -1 || /[%}]\}/.test(inner)) return { kind: 'text', from: wordBefore(before, /[\p{L}\d_]*$/u) }
  if (tag > output && /^-?\s*\w*$/.test(inner)) return { kind: 'tag', from: wordBefore(before, /\w*$/), opens }
  if (/\|\s*\w*$/.test(inner)) return { kind: 'filter', from: wordBefore(before, /\w*$/), opens }
  return { kind: 'variable', from: wordBefore(before, /[\w.-]*$/), opens }
}
