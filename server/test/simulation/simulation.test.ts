import { describe, expect, it } from 'vitest'
import { BUGS } from './bugs.ts'
import { NODE_BUGS } from './node-bugs.ts'
import { liveMany } from './crowd.ts'
import { lifeOf } from './life.ts'
import { shrink, tell } from './shrink.ts'
import { live, simulate } from './simulation.ts'

/** Lives in one test run; `npm run simulate -- --seeds 100000` lives more. */
const SEEDS = 1_000
/** Seeds within which a bug that was put in on purpose is found. */
const WITHIN = 60

describe('whatever fails', () => {
  it('nothing is lost, doubled without a mark, out of order, stuck, late, unexplained or over a limit', async () => {
    const { failed, lives, events, crashes } = await liveMany(1, SEEDS)
    const smallest = failed.length === 0 ? null : await shrink(failed[0]!.seed)
    expect(smallest === null ? '' : tell(smallest)).toBe('')
    expect(failed).toEqual([])
    // What would not happen could not fail.
    expect(lives).toBe(SEEDS)
    expect(events).toBeGreaterThan(10 * SEEDS)
    expect(crashes).toBeGreaterThan(SEEDS / 5)
  }, 400_000)

  it('a seed lives the same life again', async () => {
    const [one, again] = [await simulate(7), await simulate(7)]
    expect(again).toEqual(one)
    expect(one.story.length).toBeGreaterThan(20)
  })

  it('a seed of several nodes lives the same life again', async () => {
    const life = lifeOf(10)
    expect(life.nodes).not.toBeNull()
    const [one, again] = [await live(life), await live(life)]
    expect(again).toEqual(one)
  })

  it('a life goes on as it was where a misfortune is left out of it', async () => {
    const life = { ...lifeOf(5), trouble: 0.3 }
    const { struck } = await live(life)
    const without = await live({ ...life, spared: new Set(struck) })
    expect(struck.length).toBeGreaterThan(5)
    expect(without.struck).not.toEqual(expect.arrayContaining(struck.slice(0, 1)))
  })
})

describe('a bug put in on purpose is found', () => {
  it.each(Object.entries(BUGS))('%s', { timeout: 120_000 }, async (_name, sabotage) => {
    const found: string[] = []
    for (let seed = 1; seed <= WITHIN && found.length === 0; seed += 1)
      found.push(...(await simulate(seed, sabotage)).wrong)
    expect(found).not.toEqual([])
  })

  it.each(Object.entries(NODE_BUGS))('on several nodes: %s', { timeout: 240_000 }, async (_name, sabotage) => {
    const found: string[] = []
    for (let seed = 5; seed <= 5 * WITHIN && found.length === 0; seed += 5)
      found.push(...(await live(lifeOf(seed), undefined, sabotage)).wrong)
    expect(found).not.toEqual([])
  })

  it('and told as a life of a few steps', async () => {
    const sabotage = BUGS['wrong order: a later one does not wait for the earlier']!
    const whole = lifeOf(1)
    const smallest = (await shrink(1, sabotage))!
    expect(smallest.life.steps.length).toBeLessThan(whole.steps.length / 2)
    expect(smallest.report.events).toBeLessThan(10)
    expect(tell(smallest)).toContain('arrived after a later one')
  }, 120_000)
})
