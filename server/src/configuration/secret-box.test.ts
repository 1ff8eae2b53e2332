import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../clock.ts'
import { secretBox } from './secret-box.ts'

const box = secretBox('key of this house', systemRandom)

describe('a secret box', () => {
  it('gives back what was put in, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), (text, key) => {
        const any = secretBox(key, systemRandom)
        expect(any.open(any.seal(text))).toBe(text)
      }),
    )
  })

  it('shows nothing of it, and never the same twice', () => {
    const [a, b] = [box.seal('password-123'), box.seal('password-123')]
    expect(Buffer.from(a).toString('latin1')).not.toContain('password')
    expect(Buffer.compare(a, b)).not.toBe(0)
  })

  it('opens for its own key only', () => {
    expect(() => secretBox('another key', systemRandom).open(box.seal('x'))).toThrow()
    expect(secretBox('key of this house', systemRandom).open(box.seal('x'))).toBe('x')
  })

  it('does not open when a single bit of it has changed, or some of it is gone', () => {
    const sealed = box.seal('password')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sealed.length * 8 - 1 }), (bit) => {
        const changed = Uint8Array.from(sealed)
        changed[bit >> 3]! ^= 1 << (bit & 7)
        expect(() => box.open(changed)).toThrow()
      }),
    )
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => box.open(sealed.subarray(0, length))).toThrow()
  })

  it('takes bytes as a store gives them back', () => {
    expect(box.open(Uint8Array.from(box.seal('ключ')))).toBe('ключ')
  })
})
