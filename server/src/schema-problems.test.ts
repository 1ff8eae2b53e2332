import * as fc from 'fast-check'
import { Type } from 'typebox'
import { describe, expect, it, test } from 'vitest'
import { Rule } from '@nabat/api/rule.ts'
import { User } from '@nabat/api/configuration.ts'
import { PostedEvent } from '@nabat/api/event.ts'
import { nearest, schemaProblem, validator } from './schema-problems.ts'

/** The mistakes of a value, `path: words`. */
const told = (schema: object, value: unknown, language: 'ru' | 'en' = 'en'): string[] =>
  validator(schema)(value).map(({ path, message }) => `${path}: ${message[language]}`)

describe('a mistake', () => {
  test.each<[object, unknown, string, string]>([
    [
      Type.Object({ type: Type.String() }),
      {},
      '/type: Нет обязательного поля «type»',
      '/type: The field "type" is required',
    ],
    [Type.String(), 5, ': Здесь нужно: строка', ': Needed here: a text'],
    [Type.Integer(), 1.5, ': Здесь нужно: целое число', ': Needed here: a whole number'],
    [Type.Array(Type.Boolean()), ['x'], '/0: Здесь нужно: true или false', '/0: Needed here: true or false'],
    [{ type: ['string', 'null'] }, 5, ': Здесь нужно: строка или null', ': Needed here: a text or null'],
    [Type.Enum(['a', 'b']), 'c', ': Здесь может стоять одно из: a, b', ': Needed here: one of a, b'],
    [Type.Literal('a'), 'c', ': Здесь может стоять только "a"', ': Needed here: "a"'],
    [Type.String({ minLength: 1 }), '', ': Не может быть пустым', ': Must not be empty'],
    [Type.String({ minLength: 3 }), 'a', ': Не короче 3 знаков', ': At least 3 characters'],
    [Type.String({ maxLength: 3 }), 'abcd', ': Не длиннее 3 знаков', ': At most 3 characters'],
    [Type.Integer({ minimum: 1 }), 0, ': Должно быть >= 1', ': Must be >= 1'],
    [Type.Integer({ maximum: 9 }), 10, ': Должно быть <= 9', ': Must be <= 9'],
    [Type.Array(Type.String(), { minItems: 1 }), [], ': В списке должно быть хотя бы 1', ': The list needs at least 1'],
    [
      Type.Array(Type.String(), { maxItems: 1 }),
      ['a', 'b'],
      ': В списке может быть не больше 1',
      ': The list takes at most 1',
    ],
    [
      Type.String({ format: 'date-time' }),
      'now',
      ': Здесь нужно время по RFC 3339, например 2026-11-22T10:00:00+03:00',
      ': Needed here: an RFC 3339 time such as 2026-11-22T10:00:00+03:00',
    ],
    [
      Type.String({ format: 'uri' }),
      'x',
      ': Здесь нужно адрес с http:// или https://',
      ': Needed here: an address with http:// or https://',
    ],
    [
      Type.String({ pattern: '^\\d+m$', description: 'Such as 15m' }),
      '15',
      ': «15» не подходит: Such as 15m',
      ': "15" does not fit: Such as 15m',
    ],
  ])('of %j with %j', (schema, value, ru, en) => {
    expect([told(schema, value, 'ru'), told(schema, value, 'en')]).toEqual([[ru], [en]])
  })

  it('in a name says which name may be meant', () => {
    const schema = Type.Object(
      { types: Type.Optional(Type.Null()), to: Type.Optional(Type.Null()) },
      { additionalProperties: false },
    )
    expect(told(schema, { typs: 1 })).toEqual(['/typs: Unknown field "typs"; did you mean "types"?'])
    expect(told(schema, { recipients: 1 })).toEqual(['/recipients: Unknown field "recipients"'])
  })

  it('is told with every other, each under its own path, below the given one', () => {
    const found = validator(Rule)(
      { name: '', types: [], to: [{ chanel: 'x' }], digest: { every: '5' }, lifetime: 'x' },
      '/rules/3',
    )
    expect(found.map(({ path }) => path).sort()).toEqual([
      '/rules/3/digest',
      '/rules/3/lifetime',
      '/rules/3/name',
      '/rules/3/to/0/chanel',
      '/rules/3/types',
    ])
  })

  it('in a union is told once, not for each of its branches', () => {
    expect(told(User, { login: 'a', contacts: [{ channel: 'x', chat: true }] })).toHaveLength(1)
  })

  it('beside a broken union is told too, though its name begins the same', () => {
    const schema = Type.Object({ chat: Type.Union([Type.String(), Type.Integer()]), chatTitle: Type.String() })
    expect(told(schema, { chat: true, chatTitle: 5 })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\/chat: /), '/chatTitle: Needed here: a text']),
    )
  })

  it('is none in what is right, and nothing is changed by looking', () => {
    const value = Object.freeze({
      type: 'camera.unavailable',
      data: Object.freeze({ camera: '1', more: [1] }),
      time: '2026-11-22T10:00:00+03:00',
    })
    expect(told(PostedEvent, value)).toEqual([])
    expect(told(PostedEvent, { type: 'x', data: '5' })).toEqual(['/data: Needed here: an object'])
  })

  it('is told in both languages, whatever is handed in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(Rule, User, PostedEvent), (value, schema) => {
        for (const { path, message } of validator(schema)(value, '/at')) {
          expect(path).toMatch(/^\/at/)
          expect(message.ru).toMatch(/[а-яё]/i)
          expect(message.en).not.toMatch(/[а-яё]/i)
        }
      }),
    )
  })
})

describe('a schema that somebody wrote', () => {
  it('may be wrong, which is a mistake with a path', () => {
    expect(schemaProblem({ type: 'object', properties: { a: { type: 'text' } } }, '/types/0/data')).toMatchObject([
      { path: '/types/0/data' },
    ])
    expect(schemaProblem({ type: 'object', required: 'a' }, '/x')).toHaveLength(1)
    expect(schemaProblem({ $ref: '#/nowhere' }, '/x')).toHaveLength(1)
    expect(schemaProblem({ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }, '/x')).toHaveLength(1)
    expect(schemaProblem({ type: 'object', properties: { a: { type: 'string' } } }, '/x')).toEqual([])
  })

  it('may carry a name of its own, twice', () => {
    const named = { $id: 'https://x.example/pump', type: 'object' }
    expect([schemaProblem({ ...named }, '/x'), schemaProblem({ ...named }, '/x')]).toEqual([[], []])
    expect(told({ ...named, properties: { next: { $ref: '#' } } }, { next: 5 })).toEqual([
      '/next: Needed here: an object',
    ])
  })
})

describe('the nearest name', () => {
  test.each<[string, string[], string | undefined]>([
    ['camera.unavailble', ['camera.available', 'camera.unavailable'], 'camera.unavailable'],
    ['CAMERA.available', ['camera.available'], 'camera.available'],
    ['rules', ['rules'], 'rules'],
    ['users', ['groups', 'rules'], undefined],
    ['typo', [], undefined],
  ])('to %s among %j is %s', (name, known, near) => {
    expect(nearest(name, known)).toBe(near)
  })

  it('differs by at most two letters, and none is nearer', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 6 }), (name, known) => {
        const near = nearest(name, known)
        const distances = known.map((each) => levenshtein(name, each))
        if (near === undefined) expect(Math.min(Infinity, ...distances)).toBeGreaterThan(2)
        else expect(levenshtein(name, near)).toBe(Math.min(...distances))
      }),
    )
  })
})

/** Levenshtein's distance by its definition. */
function levenshtein(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const same = a[0] === b[0] ? 0 : 1
  return Math.min(
    levenshtein(a.slice(1), b) + 1,
    levenshtein(a, b.slice(1)) + 1,
    levenshtein(a.slice(1), b.slice(1)) + same,
  )
}
