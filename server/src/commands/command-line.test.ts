import { describe, expect, it } from 'vitest'
import { UsageError } from './command.ts'
import { readCommandLine } from './command-line.ts'

const say = (ru: string, _en: string): string => ru
const OPTIONS = { to: { type: 'string' }, dry: { type: 'boolean' } } as const
const read = (...argv: string[]) => readCommandLine(argv, OPTIONS, 1, { say })

/** What is wrong with a command line. */
function wrong(...argv: string[]): string {
  try {
    read(...argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${argv.join(' ')} is taken for right`)
}

describe('a command line', () => {
  it('takes a value that begins with a dash and a digit', () => {
    expect(read('bot', '--to', '-1001234567890')).toMatchObject({
      positionals: ['bot'],
      values: { to: '-1001234567890' },
    })
    expect(read('bot', '--to=-100', '--dry').values).toEqual({ to: '-100', dry: true })
  })

  it('takes a single dash for standard input', () => {
    expect(read('-').positionals).toEqual(['-'])
  })

  it('is refused in words', () => {
    expect(wrong('--too', 'x')).toBe('Нет такого параметра: --too')
    expect(wrong('-x')).toBe('Нет такого параметра: -x')
    expect(wrong('--dry=1')).toBe('Параметр --dry не принимает значения')
    expect(wrong('--to')).toBe('У параметра --to нет значения')
    expect(wrong('--to', '--dry')).toBe('У параметра --to нет значения')
    expect(wrong('--dry', '-1')).toBe('Нет такого параметра: -1')
    expect(wrong('a', 'b')).toBe('Лишнее: b')
  })
})
