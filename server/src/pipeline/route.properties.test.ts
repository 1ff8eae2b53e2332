import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogued, fieldsWith } from '../../test/support/fields.ts'
import { viewOf } from '../../test/support/view.ts'
import { route, type Routed } from './route.ts'
import type { WorkspaceView } from '../configuration/view.ts'

/** A Wednesday, 23:30 in Moscow. */
const LATE = Date.parse('2026-03-18T23:30:00+03:00')

const CHANNELS = [
  { name: 'bot', kind: 'telegram', token: '1:a' },
  { name: 'hook', kind: 'webhook', url: 'https://h.example' },
]
const USERS = [
  { login: 'ivan', contacts: [{ channel: 'bot', chat: '555' }] },
  { login: 'anna', quietHours: { from: '22:00', to: '08:00' }, contacts: [{ channel: 'bot', chat: '556' }] },
  { login: 'gone', enabled: false, contacts: [{ channel: 'bot', chat: '557' }] },
]
const RECIPIENTS = [
  { channel: 'bot', chat: '-100' },
  { channel: 'bot', chat: '-200' },
  { channel: 'hook' },
  { user: 'ivan' },
  { user: 'anna' },
  { user: 'gone' },
  { relation: 'actor' },
]

const rules = fc
  .array(
    fc.record(
      {
        to: fc.subarray(RECIPIENTS, { minLength: 1 }),
        throttle: fc.constant({ per: '1h' }),
        digest: fc.constant({ every: '15m' }),
        enabled: fc.boolean(),
      },
      { requiredKeys: ['to'] },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((some) => some.map((rule, index) => ({ name: `r${index}`, types: ['camera.*'], ...rule })))
/** Rules, and their names in the order of the file. */
const ordered = rules.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.shuffledSubarray(
      all.map(({ name }) => name),
      { minLength: all.length },
    ),
  }),
)

function routed({
  all,
  order,
}: {
  all: readonly object[]
  order: readonly string[]
}): Routed & { view: WorkspaceView } {
  const view = viewOf({ channels: CHANNELS, users: USERS, rules: all, file: { rules: order } })
  let made = 0
  const type = catalogued('camera.unavailable')
  return { ...route(fieldsWith(), type, 1, 1, view, LATE, () => `d${(made += 1)}`), view }
}

describe('whatever the rules', () => {
  it('a destination is told once, and a person who cannot be reached is named once', () => {
    fc.assert(
      fc.property(ordered, (parts) => {
        const keys = routed(parts).deliveries.map(({ destination, recipient }) =>
          JSON.stringify(destination ?? recipient),
        )
        expect(new Set(keys).size).toBe(keys.length)
      }),
    )
  })

  it('every rule that matched tells somebody, says who told instead, or says who is missing', () => {
    fc.assert(
      fc.property(ordered, (parts) => {
        const { deliveries, trace, view } = routed(parts)
        const on = parts.all.filter(({ enabled }) => enabled !== false).length
        expect(trace.m).toHaveLength(on)
        const explained = new Set([
          ...deliveries.map(({ rule }) => rule),
          ...(trace.a ?? []).map(([rule]) => rule),
          ...(trace.n ?? []).map(([rule]) => rule),
        ])
        const nobody = (trace.m ?? []).filter((rule) => !explained.has(rule))
        // The relation of an event without an actor leads to nobody.
        for (const rule of nobody) expect(view.rule(rule)!.rule.to).toEqual([{ relation: 'actor' }])
      }),
    )
  })

  it('among those that would tell a destination at the same time, the first of the file does, a throttled one last', () => {
    fc.assert(
      fc.property(ordered, (parts) => {
        const { deliveries, view } = routed(parts)
        const place = (name: string): number => parts.order.indexOf(name)
        for (const { destination, rule, dueAt } of deliveries) {
          if (destination?.address === undefined || dueAt !== LATE) continue
          const chat = JSON.stringify(destination.address)
          const rivals = parts.all
            .filter(({ enabled, digest, to }) => enabled !== false && digest === undefined && names(to, chat))
            .toSorted(
              (a, b) =>
                Number(a.throttle !== undefined) - Number(b.throttle !== undefined) || place(a.name) - place(b.name),
            )
          if (rivals.length > 0) expect(view.rule(rule)!.rule.name).toBe(rivals[0]!.name)
        }
      }),
    )
  })

  it('what waits begins to wait no sooner than now, and lives longer than it waits', () => {
    fc.assert(
      fc.property(ordered, (parts) => {
        for (const { dueAt, expiresAt, held } of routed(parts).deliveries) {
          expect(dueAt).toBeGreaterThanOrEqual(LATE)
          expect(dueAt > LATE).toBe(held !== null)
          expect(expiresAt).toBeGreaterThan(dueAt)
        }
      }),
    )
  })
})

/** Whether recipients name the group chat that an address is. */
const names = (to: readonly object[], address: string): boolean =>
  to.some((each) => 'chat' in each && address.includes(`"${String(each.chat)}"`))
