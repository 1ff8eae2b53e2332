/*
 * What is wrong with a template, in words for people: where it stands, what to write instead. LiquidJS stops at the first
 * mistake; so that several are told at once, what it stumbled over is blanked and the rest is read again.
 */
import { LiquidError, type Template } from 'liquidjs'
import type { Text } from '@nabat/api/text.ts'
import { nearest } from '../schema-problems.ts'
import { lineOf } from './place.ts'
import { engineOf, LIMITS, LONGEST, type Part } from './words.ts'

/** A mistake in one part. Lines and columns count from 1. */
export interface Mistake {
  readonly part: Part
  /** error: the part cannot be sent as it is written. */
  readonly level: 'error' | 'warning'
  readonly message: Text
  readonly line: number
  readonly column: number
  readonly near?: readonly string[]
}

/** Mistakes that are told of one part at a time. */
export const MOST = 10

const engine = engineOf()
const FILTERS = Object.keys(engine.filters)
const TAGS = Object.keys(engine.tags)

/** What keeps a part from being read at all, several at once; the parsed template where nothing does. */
export function readingMistakes(part: Part, source: string): { mistakes: Mistake[]; parsed: Template[] | null } {
  const mistakes: Mistake[] = []
  let rest = source
  while (mistakes.length < MOST) {
    try {
      const parsed = engine.parse(rest)
      return { mistakes, parsed: mistakes.length === 0 ? parsed : null }
    } catch (error) {
      const begin = LiquidError.is(error) ? error.token.begin : 0
      mistakes.push(mistakeOf(part, source, error))
      const blanked = blank(rest, begin)
      if (blanked === rest) break
      rest = blanked
    }
  }
  return { mistakes, parsed: null }
}

/** The tag or output around a place made spaces; lines stay where they are. */
function blank(source: string, at: number): string {
  const begin = Math.max(source.lastIndexOf('{{', at + 1), source.lastIndexOf('{%', at + 1))
  if (begin < 0) return source
  const close = source.startsWith('{{', begin) ? '}}' : '%}'
  const found = source.indexOf(close, begin)
  const end = found < 0 ? source.length : found + close.length
  return source.slice(0, begin) + source.slice(begin, end).replace(/[^\n]/g, ' ') + source.slice(end)
}

/** An error of reading or rendering a part as a mistake in what somebody wrote. */
export function mistakeOf(part: Part, source: string, error: unknown): Mistake {
  const message = (error as Error).message.replace(/, line:\d+, col:\d+$/, '')
  const { text, near } = inWords(part, message)
  return { part, level: 'error', message: text, ...placeOf(source, error), ...(near === undefined ? {} : { near }) }
}

/** Where an error stands. What was rendered may be another text than what was written: then the tag is looked for in it. */
function placeOf(source: string, error: unknown): { line: number; column: number } {
  if (!LiquidError.is(error)) return { line: 1, column: 1 }
  const { token } = error
  if (token.input === source || blankedFrom(token.input, source)) {
    const [line = 1, column = 1] = token.getPosition()
    return { line, column }
  }
  const at = source.indexOf(token.getText())
  return at < 0 ? { line: 1, column: 1 } : lineOf(source, at)
}

const blankedFrom = (input: string, source: string): boolean =>
  input.length === source.length && input.replace(/\s/g, '').length <= source.length

interface Told {
  readonly text: Text
  readonly near?: readonly string[]
}

const say = (ru: string, en: string, near?: string): Told => ({
  text: {
    ru: near === undefined ? ru : `${ru}; может быть, «${near}»?`,
    en: near === undefined ? en : `${en}; did you mean "${near}"?`,
  },
  ...(near === undefined ? {} : { near: [near] }),
})

const NAMES: Readonly<Record<Part, Text>> = {
  title: { ru: 'заголовок', en: 'title' },
  text: { ru: 'текст', en: 'text' },
  letter: { ru: 'письмо', en: 'letter' },
}

/** LiquidJS's words by what they begin with; what is not here is told as it is. */
const WORDS: readonly (readonly [RegExp, (part: Part, ...found: string[]) => Told])[] = [
  [
    /^undefined filter: (.*)$/,
    (_, name = '') => say(`Нет фильтра «${name}»`, `There is no filter "${name}"`, nearest(name, FILTERS)),
  ],
  [
    /^tag "end(\w+)" not found/,
    (_, name = '') =>
      say(
        `Лишний {% end${name} %}: перед ним нет открытого {% ${name} %}`,
        `{% end${name} %} too many: no {% ${name} %} is open before it`,
      ),
  ],
  [
    /^tag "(.*?)" not found/,
    (_, name = '') => say(`Нет тега «${name}»`, `There is no tag "${name}"`, nearest(name, TAGS)),
  ],
  [
    /^tag \{%-?\s*(\w+)[\s\S]* not closed/,
    (_, name = '') =>
      say(`{% ${name} %} не закрыт: нужен {% end${name} %}`, `{% ${name} %} needs its {% end${name} %}`),
  ],
  [/^output "([\s\S]*)" not closed/, () => say('Скобки {{ не закрыты: нужны }}', '{{ is not closed: it needs }}')],
  [/^tag "([\s\S]*)" not closed/, () => say('Скобки {% не закрыты: нужны %}', '{% is not closed: it needs %}')],
  [
    /^raw "[\s\S]*" not closed/,
    () => say('{% raw %} не закрыт: нужен {% endraw %}', '{% raw %} needs its {% endraw %}'),
  ],
  [
    /^illegal tag: ([\s\S]*)/,
    (_, tag = '') => say(`Тег написан неверно: ${tag}`, `The tag is not written as it should be: ${tag}`),
  ],
  [
    /^invalid value expression: "([\s\S]*)"/,
    (_, what = '') =>
      what === ''
        ? say('Здесь нужно условие или значение', 'A condition or value is needed here')
        : say(`Непонятное значение: ${what}`, `This is no value: ${what}`),
  ],
  [
    /template render limit exceeded/,
    () =>
      say(
        `Шаблон работает дольше ${LIMITS.renderLimit} мс: уберите лишние циклы`,
        `The template takes longer than ${LIMITS.renderLimit} ms: it loops too much`,
      ),
  ],
  [
    /memory alloc limit exceeded|filter limit exceeded/,
    () =>
      say('Шаблон строит слишком длинные списки или строки', 'The template builds lists or texts that are too long'),
  ],
  [
    /output limit exceeded/,
    (part) =>
      say(
        `Слишком длинно: ${NAMES[part].ru} — не больше ${LONGEST[part]} знаков`,
        `Too long: the ${NAMES[part].en} takes at most ${LONGEST[part]} characters`,
      ),
  ],
  [
    /parse length limit exceeded/,
    () =>
      say(`Шаблон длиннее ${LIMITS.parseLimit} знаков`, `The template is longer than ${LIMITS.parseLimit} characters`),
  ],
]

function inWords(part: Part, message: string): Told {
  for (const [pattern, told] of WORDS) {
    const found = pattern.exec(message)
    if (found !== null) return told(part, ...found.slice(1))
  }
  return say(message, message)
}
