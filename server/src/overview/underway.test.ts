import { expect, it } from 'vitest'
import { Underway } from './underway.ts'

let now = 0
const clock = { now: () => now }

it('what has just been begun is worked out once for all who ask, and anew for those who ask later', async () => {
  const underway = new Underway<number>(clock)
  let worked = 0
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const work = async (): Promise<number> => {
    const mine = (worked += 1)
    await released
    return mine
  }
  const asked = [underway.get('a', work), underway.get('a', work), underway.get('b', work)]
  // Something may have changed since it was begun.
  now += 1_000
  asked.push(underway.get('a', work))
  release()
  expect(await Promise.all(asked)).toEqual([1, 1, 2, 3])
  expect(await underway.get('a', work)).toBe(4)
})

it('of what failed nothing stays', async () => {
  const underway = new Underway<number>(clock)
  await expect(underway.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await underway.get('a', () => Promise.resolve(1))).toBe(1)
})
