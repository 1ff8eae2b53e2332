import { describe, expect, it } from 'vitest'
import { languageOf, plain, wantsColours } from './terminal.ts'

describe('the language of the terminal', () => {
  it.each([
    [{}, 'ru'],
    [{ LANG: 'ru_RU.UTF-8' }, 'ru'],
    [{ LANG: 'C.UTF-8' }, 'ru'],
    [{ LANG: 'POSIX' }, 'ru'],
    [{ LANG: '' }, 'ru'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{ LANG: 'ca_ES.UTF-8' }, 'en'],
    [{ LANG: 'ru_RU.UTF-8', LC_ALL: 'en_GB.UTF-8' }, 'en'],
    [{ LANG: 'ru_RU.UTF-8', LC_ALL: '' }, 'ru'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'ru_RU.UTF-8' }, 'ru'],
    [{ NABAT_LANGUAGE: 'en', LANG: 'ru_RU.UTF-8' }, 'en'],
    [{ NABAT_LANGUAGE: 'ru', LC_ALL: 'en_US.UTF-8' }, 'ru'],
    [{ NABAT_LANGUAGE: 'fr', LANG: 'en_US.UTF-8' }, 'en'],
  ])('of %j is %s', (env: Record<string, string>, language) => {
    expect(languageOf(env)).toBe(language)
  })
})

describe('colours', () => {
  it('are for a terminal that has not refused them', () => {
    expect(wantsColours({ TERM: 'xterm' }, true)).toBe(true)
    expect(wantsColours({ NO_COLOR: '' }, true)).toBe(true)
    expect(wantsColours({ NO_COLOR: '1' }, true)).toBe(false)
    expect(wantsColours({ TERM: 'dumb' }, true)).toBe(false)
    expect(wantsColours({}, undefined)).toBe(false)
  })
})

describe('text from outside', () => {
  it('is one line without control characters', () => {
    expect(plain('a\u001B[31mb\r\nc\td\u0007\u202E')).toBe('a�[31mb c d��')
    expect(plain('Камера «1» — ок 👩‍🚒')).toBe('Камера «1» — ок 👩‍🚒')
  })
})
