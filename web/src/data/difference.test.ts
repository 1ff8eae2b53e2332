import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differences, lineDifferences, same } from './difference.ts'
import { yamlOf } from './yaml.ts'

const rule = {
  name: 'Камеры',
  types: ['camera.available', 'camera.unavailable'],
  to: [{ channel: 'bot', chat: '-100' }],
}

describe('what differs between two versions', () => {
  it('is nothing when they are the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(differences(value, structuredClone(value))).toEqual([])
      }),
    )
  })

  it('is named by the fields that changed, and only by them', () => {
    const after = { ...rule, types: ['camera.unavailable'], to: [{ channel: 'bot', chat: '-200' }], silent: true }
    expect(differences(rule, after)).toEqual([
      { path: ['types', 0], before: 'camera.available', after: undefined },
      { path: ['to', 0, 'chat'], before: '-100', after: '-200' },
      { path: ['silent'], before: undefined, after: true },
    ])
  })

  it('is there for every two values that are not the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(differences(a, b).length > 0).toBe(!same(a, b))
      }),
    )
  })

  it('gives both texts back when it is told line by line', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '')).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDifferences(before, after)
        const side = (not: string): string =>
          lines
            .filter(({ kind }) => kind !== not)
            .map((line) => line.text)
            .join('\n')
        expect([side('added'), side('removed')]).toEqual([before, after])
      }),
    )
  })

  it('reads as the configuration file would', () => {
    expect(yamlOf({ ...rule, when: { field: 'data.object', op: 'in', value: ['17', 17, 'yes'] } })).toBe(
      [
        'name: Камеры',
        'types:',
        '  - camera.available',
        '  - camera.unavailable',
        'to:',
        '  - channel: bot',
        '    chat: "-100"',
        'when:',
        '  field: data.object',
        '  op: in',
        '  value:',
        '    - "17"',
        '    - 17',
        '    - "yes"',
      ].join('\n'),
    )
  })
})
