import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { typesNamed, withoutTicked, withTicked } from './type-names.ts'

const TYPES = ['camera.available', 'camera.unavailable', 'object.created', 'system.backup.failed']
const names = fc.uniqueArray(fc.constantFrom(...TYPES, 'camera.*', 'object.*', '*'))
const some = fc.subarray(TYPES)

describe('ticking types', () => {
  it('means what is ticked, and nothing more or less', () => {
    fc.assert(
      fc.property(names, some, (given, ticked) => {
        const before = new Set(typesNamed(given, TYPES))
        expect(new Set(typesNamed(withTicked(given, TYPES, ticked), TYPES))).toEqual(new Set([...before, ...ticked]))
        const left = typesNamed(withoutTicked(given, TYPES, ticked), TYPES)
        expect(new Set(left)).toEqual(new Set([...before].filter((type) => !ticked.includes(type))))
      }),
    )
  })

  it('keeps the name of a whole kind until something of it is unticked', () => {
    expect(withTicked(['camera.*'], TYPES, ['camera.available'])).toEqual(['camera.*'])
    expect(withoutTicked(['camera.*', 'object.created'], TYPES, ['object.created'])).toEqual(['camera.*'])
    expect(withoutTicked(['camera.*'], TYPES, ['camera.available'])).toEqual(['camera.unavailable'])
  })
})
