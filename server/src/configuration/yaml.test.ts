import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseYaml, writeYaml } from './yaml.ts'

const FILE = `# the head
workspace:
  name: default

users:
  - { login: ivan, contacts: [ { channel: mail, address: x } ] }
  - login: olga
    contacts:
      - channel: mail
        address: y
rules:
  - name: first
    types: [camera.*]
    "a/b": 1
`

describe('a file', () => {
  const { value, problems, lineOf } = parseYaml(FILE)

  it('is parsed as it is written', () => {
    expect(problems).toEqual([])
    expect(value).toMatchObject({ workspace: { name: 'default' }, rules: [{ name: 'first', types: ['camera.*'] }] })
  })

  test.each<[string, number]>([
    ['/workspace', 3],
    ['/workspace/name', 3],
    ['/users/0', 6],
    ['/users/0/contacts/0/address', 6],
    ['/users/1', 7],
    ['/users/1/contacts/0/address', 10],
    ['/rules/0/types/0', 13],
    // What is not there stands where the nearest thing above it stands.
    ['/users/1/contacts/0/chat', 9],
    ['/users/9', 6],
    ['/rules/0/types/0/deep/er', 13],
    ['/channels', 2],
    ['', 2],
  ])('%s stands on line %i', (path, line) => {
    expect(lineOf(path)).toBe(line)
  })
})

describe('a file that is no YAML', () => {
  test.each<[string, string, number]>([
    ['an open bracket', 'a: 1\nb: [1, 2\nc: 3\n', 3],
    ['a tab', 'a:\n\t- b\n', 2],
    ['the same name twice', 'a: 1\nb: 2\na: 3\n', 3],
    ['two documents', 'a: 1\n---\nb: 2\n', 2],
    ['an open quote', 'a: "x\n', 2],
    ['a name for nothing', 'a: 1\nb: *nowhere\n', 2],
  ])('%s: says so with the line', (_what, text, line) => {
    const { problems, value } = parseYaml(text)
    expect(value).toBeUndefined()
    expect(problems[0]!.line).toBe(line)
    expect(problems[0]!.message.ru).toMatch(/^Не YAML: /)
    expect(problems[0]!.message.en).toMatch(/^Not YAML: /)
  })

  it('that grows without end when it is read is refused, in time', () => {
    const names = Array.from(
      { length: 12 },
      (_, n) => `n${n}: &n${n} [${n === 0 ? 'x' : Array.from({ length: 10 }, () => `*n${n - 1}`).join()}]`,
    )
    const { problems } = parseYaml(names.join('\n'))
    expect(problems).toHaveLength(1)
  })

  it('never throws, whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a: ',
        '- ',
        '*x',
        '&x',
        '{',
        '}',
        '[',
        ']',
        '\n',
        '  ',
        '"',
        "'",
        ': ',
        '? ',
        '!!set ',
        '|',
        '>',
        '#',
        '---\n',
        '%',
        '\t',
        '<<: ',
      ),
      fc.string({ maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const { value, problems, lineOf } = parseYaml(pieces.join(''))
        expect(problems.length === 0 || value === undefined).toBe(true)
        expect(() => lineOf('/a/0/b')).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })
})

describe('what is written', () => {
  it('is read again as the same, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // Zero with a sign is no value of JSON.
        const plain = JSON.parse(JSON.stringify(value)) as unknown
        const { value: again, problems } = parseYaml(writeYaml(plain))
        expect(problems).toEqual([])
        expect(again ?? null).toEqual(plain)
      }),
    )
  })

  test.each([
    'yes',
    'no',
    'on',
    '22:00',
    '0x1F',
    '1e3',
    '+79161234567',
    '-100123',
    'null',
    '~',
    '',
    ' x ',
    'a: b',
    '# x',
    '2026-01-01',
    '@all',
    '${env:X}',
    'ё',
    '1_000',
  ])('the text %j stays a text', (text) => {
    expect(parseYaml(writeYaml({ text })).value).toEqual({ text })
  })
})
