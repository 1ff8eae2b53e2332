import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../clock.ts'
import { foldName, namesOf } from './names.ts'
import { passwordProblem, Passwords, PasswordsBusy } from './passwords.ts'

const CHEAP = { memory: 64, passes: 1, lanes: 1 }

describe('a password', () => {
  it('is known by its hash, which is a PHC string of its own each time, with the parameters OWASP names', async () => {
    const passwords = new Passwords(systemRandom)
    const [one, two] = [await passwords.hash('камера на въезде'), await passwords.hash('камера на въезде')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await passwords.verify('камера на въезде', one)).toBe(true)
    expect(await passwords.verify('камера на выезде', one)).toBe(false)
    expect(await passwords.verify('камера на въезде', null)).toBe(false)
  })

  // RFC 9106, 5.3, has a secret and associated data, which are not used here; this one is of the reference implementation.
  it('that argon2 of others has hashed is known as well', async () => {
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    expect(await new Passwords(systemRandom, CHEAP).verify('password', hash)).toBe(true)
  })

  it('is the same however its letters are composed, and no other', async () => {
    const passwords = new Passwords(systemRandom, CHEAP)
    expect(await passwords.verify('йога и ёлка'.normalize('NFD'), await passwords.hash('йога и ёлка'))).toBe(true)
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), async (one, other) => {
        const same = one.normalize('NFKC') === other.normalize('NFKC')
        expect(await passwords.verify(other, await passwords.hash(one))).toBe(same)
      }),
      { numRuns: 30 },
    )
  })

  it('is hashed anew when more is asked of hashes than was', async () => {
    const [old, present] = [new Passwords(systemRandom, CHEAP), new Passwords(systemRandom, { ...CHEAP, passes: 2 })]
    const hash = await old.hash('x')
    expect([old.isOutdated(hash), present.isOutdated(hash)]).toEqual([false, true])
    expect(await present.verify('x', hash)).toBe(true)
  })

  it('waits for its turn when many are compared, and is turned away when too many wait', async () => {
    const passwords = new Passwords(systemRandom, CHEAP)
    const all = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.hash('x')))
    const refused = all.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(80 - 62)
    expect(refused.every(({ reason }) => reason instanceof PasswordsBusy)).toBe(true)
    await passwords.hash('x')
  })
})

describe('a password somebody wants', () => {
  const says = (password: string, ...names: string[]): string | undefined =>
    passwordProblem(password, names)?.message.en

  it('has 8 to 200 characters, whatever they are made of', () => {
    expect(says('камераю')).toContain('shorter than 8')
    expect(says('камера на')).toBeUndefined()
    expect(says('🎥🚪🎥🚪🎥🚪🎥🔔')).toBeUndefined()
    expect(says('ab '.repeat(66))).toBeUndefined()
    expect(says('ab '.repeat(67))).toContain('longer than 200')
  })

  it('is neither the login nor the address, nor one of the commonest', () => {
    for (const own of ['Ivan.Petrov', 'ivan.petrov@example.ru', 'IVAN.PETROV@пример.рф'])
      expect(says('ivan.petrov', own)).toContain('is the login')
    expect(says('ivan.petrov 7', 'ivan.petrov')).toBeUndefined()
    for (const common of ['12345678', 'Qwerty123', 'ЙЦУКЕНГШ', 'пароль123', 'aaaaaaaaaaaa', 'абабабабаб'])
      expect([common, says(common)]).toEqual([common, expect.stringContaining('first that are guessed')])
  })
})

describe('a name', () => {
  it('is folded to one form, whatever the capitals, the composition and the alphabet of the domain', () => {
    for (const [one, other] of [
      ['Иван', ' ИВАН '],
      ['STRASSE', 'straße'],
      ['Ivan@Example.RU', 'ivan@example.ru'],
      ['ivan@ПРИМЕР.рф', 'IVAN@xn--e1afmkfd.xn--p1ai'],
      ['Семён', 'СЕМЁН'.normalize('NFD')],
    ] as const)
      expect(foldName(one)).toBe(foldName(other))
    expect(foldName('ivan')).not.toBe(foldName('ivan2'))
  })

  it('stays as it is once it was folded', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.emailAddress()), (text) => {
        expect(foldName(foldName(text))).toBe(foldName(text))
      }),
    )
  })

  it('of login and address is one when they are the same', () => {
    expect(namesOf('Ivan', 'IVAN@example.ru')).toEqual(['ivan', 'ivan@example.ru'])
    expect(namesOf('ivan@example.ru', 'Ivan@Example.ru')).toEqual(['ivan@example.ru'])
    expect(namesOf('Ivan', null)).toEqual(['ivan'])
  })
})
