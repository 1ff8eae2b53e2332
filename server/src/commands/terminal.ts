import type { Language } from '@nabat/api/text.ts'
import type { Environment } from './command.ts'

/** Marks parts of a line; without colours the text stays as it is. */
export interface Paint {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly faint: (text: string) => string
  readonly bold: (text: string) => string
}

/** Where a command speaks to people. */
export interface Terminal {
  readonly language: Language
  readonly paint: Paint
  /** The words in the language of the terminal. */
  readonly say: (ru: string, en: string) => string
  readonly print: (line: string) => void
  /** To standard error. */
  readonly complain: (line: string) => void
}

export const PLAIN: Paint = { good: same, bad: same, faint: same, bold: same }
const COLOURS: Paint = { good: sgr(32), bad: sgr(31), faint: sgr(2), bold: sgr(1) }

function same(text: string): string {
  return text
}

function sgr(code: number): (text: string) => string {
  return (text) => `\u001B[${code}m${text}\u001B[0m`
}

/** The terminal of this process. */
export function openTerminal(env: Environment): Terminal {
  const language = languageOf(env)
  return {
    language,
    paint: wantsColours(env, process.stdout.isTTY) ? COLOURS : PLAIN,
    say: (ru, en) => (language === 'ru' ? ru : en),
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
  }
}

/**
 * NABAT_LANGUAGE, else the locale: Russian for ru, English for any other country, Russian where none is set (C, POSIX).
 */
export function languageOf(env: Environment): Language {
  const own = env['NABAT_LANGUAGE']
  if (own === 'ru' || own === 'en') return own
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return /^(ru|c$|c\.|posix|$)/i.test(locale) ? 'ru' : 'en'
}

/** Colours are for people: on a terminal, unless NO_COLOR (https://no-color.org) is set. */
export const wantsColours = (env: Environment, isTerminal: boolean | undefined): boolean =>
  isTerminal === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'

/** What came from outside, in one line and without control characters: an event must not drive the terminal. */
export const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(CONTROLS, '�')

/** C0 and C1, and the marks that turn the direction of writing. */
const CONTROLS = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu
