import { describe, expect, it } from 'vitest'
import { TOPICS, topicsFor } from '@nabat/api/live.ts'
import { KEY_PERMISSIONS, ROLE_PERMISSIONS } from '@nabat/api/permissions.ts'
import { VirtualClock } from '../../test/simulation/virtual-clock.ts'
import type { Note } from '../store/store.ts'
import { Live, type Tell } from './live.ts'

const START = 1_800_000_000_000

function watched(tell: Tell | null = null) {
  const clock = new VirtualClock(START)
  const live = new Live(clock, tell)
  const seen: [number, readonly Note[]][] = []
  const end = live.watch(1, (topics) => seen.push([clock.now() - START, [...topics]]))
  const pass = (until: number): void => {
    while (clock.step(START + until));
  }
  return { live, clock, seen, end, pass }
}

describe('whoever watches a workspace', () => {
  it('hears of the first change at once, and of what follows together, at most four times a second', () => {
    const { live, seen, pass } = watched()
    for (let at = 0; at < 1_000; at += 10) {
      pass(at)
      live.changed(1, at % 20 === 0 ? ['events'] : ['deliveries'])
    }
    pass(2_000)
    expect(seen.map(([at]) => at)).toEqual([0, 250, 500, 750, 1_000])
    expect(seen[0]![1]).toEqual(['events'])
    expect(new Set(seen[1]![1])).toEqual(new Set(['events', 'deliveries']))
  })

  it('hears nothing of another workspace, and nothing once he has gone', () => {
    const { live, seen, end, pass } = watched()
    live.changed(2, ['events'])
    end()
    live.changed(1, ['events'])
    pass(1_000)
    expect(seen).toEqual([])
    expect(live.watchers).toBe(0)
  })

  it('hears what other nodes wrote, and of everything when that may have been missed', () => {
    const told: unknown[] = []
    const { live, seen, pass } = watched((...all) => told.push(all))
    live.heard(1, ['inbox'])
    pass(300)
    live.missed()
    expect(seen).toEqual([
      [0, ['inbox']],
      [300, [...TOPICS]],
    ])
    expect(told, 'what was heard is not told again').toEqual([])
  })
})

describe('other nodes', () => {
  it('are told at most twice a second of a workspace, whether or not anybody watches here', () => {
    const told: [number, number, readonly Note[]][] = []
    const clock = new VirtualClock(START)
    const live = new Live(clock, (workspace, topics) => told.push([clock.now() - START, workspace, topics]))
    for (let at = 0; at < 1_000; at += 1) {
      while (clock.step(START + at));
      live.changed(1, ['events'])
    }
    while (clock.step(START + 5_000));
    expect(told).toEqual([0, 500, 1_000].map((at) => [at, 1, ['events']]))
  })
})

describe('whose inboxes have changed', () => {
  it('is told to other nodes by name, and by nobody’s where there are too many for a notice', () => {
    const told: (readonly string[])[] = []
    const clock = new VirtualClock(START)
    const live = new Live(clock, (_workspace, notes) => told.push(notes))
    live.changed(1, ['inbox:ivan'])
    live.changed(1, ['events', ...Array.from({ length: 1_000 }, (_, n) => `inbox:человек ${n}` as const)])
    while (clock.step(START + 5_000));
    expect(told).toEqual([['inbox:ivan'], ['events', 'inbox']])
  })
})

describe('the topics somebody hears of', () => {
  const heard = (permissions: Parameters<typeof topicsFor>[0], signedIn: boolean) => [
    ...topicsFor(new Set(permissions), signedIn),
  ]

  it('are those he may look at', () => {
    expect(heard(new Set(ROLE_PERMISSIONS.admin), true)).toEqual([...TOPICS])
    expect(heard(new Set(ROLE_PERMISSIONS.installer), true)).toEqual(['configuration', 'inbox', 'sessions', 'profile'])
    expect(heard(new Set(ROLE_PERMISSIONS.client), true)).toEqual(['inbox', 'sessions', 'profile'])
    expect(heard(new Set(KEY_PERMISSIONS.send), false)).toEqual([])
    expect(heard(new Set(KEY_PERMISSIONS.read), false)).not.toContain('sessions')
  })
})
