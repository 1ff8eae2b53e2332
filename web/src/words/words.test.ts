import { describe, expect, it } from 'vitest'
import type { Words } from '../i18n.ts'

/*
 * What the console says, in both languages. The compiler sees to it that English has what Russian has; here is what it
 * cannot see.
 */

type Said = Words<Readonly<Record<string, string>>>
const RUSSIAN_FORMS = ['one', 'few', 'many', 'other']
const ENGLISH_FORMS = ['one', 'other']

const isWords = (value: unknown): value is Said =>
  typeof value === 'object' && value !== null && 'area' in value && 'ru' in value && 'en' in value
const AREAS = Object.values(import.meta.glob<Record<string, unknown>>('./*.ts', { eager: true }))
  .flatMap((module) => Object.values(module))
  .filter(isWords)
const CODE = Object.values(
  import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}', '!./*.ts'], {
    eager: true,
    query: '?raw',
    import: 'default',
  }),
).join('\n')
/** Words are asked for by other words too: titles of pages, names of states. */
const WORDS_CODE = Object.values(
  import.meta.glob<string>(['./*.ts', '!./*.test.ts'], { eager: true, query: '?raw', import: 'default' }),
).join('\n')

/** Names of the contract are keys as they are: sections, roles, states. */
const CONTRACT = Object.values(
  import.meta.glob<string>('../../../api/src/*.ts', { eager: true, query: '?raw', import: 'default' }),
).join('\n')

const stemOf = (key: string): string => key.replace(/_(one|few|many|other)$/, '')
const formsOf = (keys: readonly string[], stem: string): string[] =>
  keys.filter((key) => key !== stem && stemOf(key) === stem).map((key) => key.slice(stem.length + 1))
const holes = (text: string): string[] => Array.from(text.matchAll(/\{\{(\w+)/g), ([, name]) => name!).toSorted()

/** Beginnings of keys that are put together: `state-${state}` asks for all that begin with `state-`. */
const BEGINNINGS = Array.from(CODE.matchAll(/`([\w.-]+)\$\{/g), ([, beginning]) => beginning!)
const ENDINGS = Array.from(CODE.matchAll(/\$\{[^{}`]+\}([\w.-]+)`/g), ([, ending]) => ending!)
const isAskedFor = (key: string): boolean =>
  new RegExp(`['"\`]${key}['"\`]|\\b${key}:`).test(CODE) ||
  new RegExp(`['"]${key}['"](?!\\s*:)`).test(WORDS_CODE) ||
  new RegExp(`'${key}'|^ +${key}:`, 'm').test(CONTRACT) ||
  BEGINNINGS.some((beginning) => key.startsWith(beginning)) ||
  ENDINGS.some((ending) => key.endsWith(ending))

it('words have areas of their own', () => {
  expect(AREAS.length).toBeGreaterThan(0)
  const names = AREAS.map(({ area }) => area)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

describe.each(AREAS.map((area) => [area.area, area] as const))('the words of %s', (_, { ru, en }) => {
  const russian = Object.keys(ru)
  const english = Object.keys(en)

  it('are there in both languages', () => {
    const own = (keys: readonly string[]) => [...new Set(keys.map(stemOf))].toSorted()
    expect(own(english)).toEqual(own(russian))
    expect(Object.entries<string>({ ...ru, ...en }).filter(([, text]) => text === '')).toEqual([])
  })

  it('have every form that the language has', () => {
    for (const stem of new Set(russian.filter((key) => key !== stemOf(key)).map(stemOf))) {
      expect(formsOf(russian, stem).toSorted(), stem).toEqual(RUSSIAN_FORMS.toSorted())
      expect(formsOf(english, stem).toSorted(), stem).toEqual(ENGLISH_FORMS.toSorted())
    }
  })

  it('are given the same values in both', () => {
    const different = english.filter((key) => ru[key] !== undefined && !sameHoles(ru[key], (en as typeof ru)[key]!))
    expect(different).toEqual([])
  })

  it('are all said somewhere', () => {
    expect([...new Set(russian.map(stemOf))].filter((key) => !isAskedFor(key))).toEqual([])
  })
})

function sameHoles(one: string, other: string): boolean {
  // "one" in English may do without the number that "one" in Russian needs: 1, 21, 31.
  const names = (text: string) =>
    holes(text)
      .filter((name) => name !== 'count')
      .join()
  return names(one) === names(other)
}
