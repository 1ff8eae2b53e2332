import { describe, expect, it } from 'vitest'
import { progressBar } from './progress.ts'

/** A bar on a clock that the test moves, and all it has written. */
function bar(isTerminal: boolean) {
  const written: string[] = []
  const clock = { ms: 0, now: () => clock.ms }
  const shown = progressBar(isTerminal, clock, { language: 'en' }, (text) => void written.push(text))
  return { ...shown, written, clock }
}

describe('progress', () => {
  it('is a line for every tenth where nobody looks at it', () => {
    const { show, clear, written } = bar(false)
    for (let done = 0; done <= 1000; done += 5) show('Copying', 'events', done, 1000)
    clear()
    expect(written).toHaveLength(11)
    expect([written[0], written[1], written[10]]).toEqual([
      'Copying: 0 %  0 / 1,000\n',
      'Copying: 10 %  100 / 1,000\n',
      'Copying: 100 %  1,000 / 1,000\n',
    ])
  })

  it('is one line on a terminal, drawn ten times a second at most, and gone in the end', () => {
    const { show, clear, written, clock } = bar(true)
    for (clock.ms = 0; clock.ms <= 2000; clock.ms += 10) show('Copying', 'events', clock.ms, 4000)
    expect(written.length).toBe(21)
    expect(written.join('')).not.toContain('\n')
    expect(written.at(-1)).toBe(
      `\r\u001B[KCopying ${'█'.repeat(15)}${'░'.repeat(15)} 50 %  2,000 / 4,000, 1,000/s  events`,
    )
    clear()
    expect(written.at(-1)).toBe('\r\u001B[K')
  })

  it('counts its rate from where it began, and anew for what comes next', () => {
    const { show, written, clock } = bar(true)
    show('Copying', 'events', 900, 2000)
    clock.ms = 2000
    show('Copying', 'events', 1000, 2000)
    expect(written.at(-1)).toContain('50 %  1,000 / 2,000, 50/s')
    show('Comparing', 'events', 2000, 2000)
    expect(written.at(-1)).toMatch(/100 % {2}2,000 \/ 2,000 {2}events$/)
  })

  it('of nothing is all of it', () => {
    const { show, written } = bar(false)
    show('Copying', 'events', 0, 0)
    expect(written).toEqual(['Copying: 100 %  0 / 0\n'])
  })
})
