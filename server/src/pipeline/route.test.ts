import { describe, expect, it } from 'vitest'
import type { User } from '@nabat/api/configuration.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { catalogued, fieldsWith } from '../../test/support/fields.ts'
import { idOf, viewOf, type ViewParts } from '../../test/support/view.ts'
import type { PlannedDelivery, Priority, Step } from '../store/store.ts'
import type { Fields } from './conditions.ts'
import { route, type Routed } from './route.ts'

/** A Wednesday, 23:30 in Moscow. */
const LATE = Date.parse('2026-03-18T23:30:00+03:00')
const MORNING = Date.parse('2026-03-19T08:00:00+03:00')
const HOUR = 3_600_000

const BOT = { name: 'bot', kind: 'telegram', token: '1:a' }
const MAIL = { name: 'mail', kind: 'smtp', host: 'mx', from: { address: 'n@x.ru', name: 'N' }, replyTo: 'h@x.ru' }
const HOOK = { name: 'hook', kind: 'webhook', url: 'https://h.example' }
const IVAN: User = {
  login: 'ivan',
  contacts: [
    { channel: 'bot', chat: '555' },
    { channel: 'mail', address: 'ivan@x.ru' },
  ],
}
const DUTY = { channel: 'bot', chat: '-100' }

interface Asked {
  readonly fields?: Partial<Fields>
  readonly priority?: Priority
  readonly step?: Step
  readonly type?: string
}

/** Routes a camera that went down through these rules; deliveries as `rule recipient channel address`, and why. */
function routed(parts: ViewParts & { rules: readonly Partial<Rule>[] }, asked: Asked = {}) {
  const rules = parts.rules.map((rule, index) => ({ name: `r${index + 1}`, types: ['camera.*'], to: [DUTY], ...rule }))
  const view = viewOf({ channels: [BOT, MAIL, HOOK], users: [IVAN], ...parts, rules })
  const type = catalogued(asked.type ?? 'camera.unavailable')
  let made = 0
  const result: Routed = route(
    fieldsWith({ type: type.name, ...asked.fields }),
    type,
    asked.priority ?? 1,
    asked.step ?? 1,
    view,
    LATE,
    () => `d${(made += 1)}`,
  )
  const name = (id: number): string => view.rule(id)!.rule.name
  const told = ({ rule, recipient, destination, suppressed, held }: PlannedDelivery): string => {
    const channel = destination === null ? undefined : view.channels.get(destination.channel)
    const to = channel === undefined ? 'nowhere' : `${channel.name} ${channel.kind.show(destination!.address)}`
    return [name(rule), recipient, to, suppressed, held].filter((part) => part !== null).join(' ')
  }
  return {
    ...result,
    view,
    told: result.deliveries.map(told),
    already: (result.trace.a ?? []).map(([rule, winner, label]) => `${name(rule)} by ${name(winner)}: ${label}`),
  }
}

describe('the way to a person', () => {
  const toIvan: Partial<Rule> = { to: [{ user: 'ivan' }] }

  it('is the first contact that is of use', () => {
    expect(routed({ rules: [toIvan] }).told).toEqual(['r1 ivan bot 555'])
  })

  it('goes round a destination that is disabled', () => {
    const disabled = [{ channel: 'bot', address: { chat: '555' }, reason: 'blocked' }]
    expect(routed({ rules: [toIvan], disabled }).told).toEqual(['r1 ivan mail ivan@x.ru'])
  })

  it('goes round a channel that is not ready when another is, and waits for it when none is', () => {
    const off = { ...BOT, enabled: false }
    expect(routed({ rules: [toIvan], channels: [off, MAIL] }).told).toEqual(['r1 ivan mail ivan@x.ru'])
    const { told, deliveries } = routed({ rules: [toIvan], channels: [off, { ...MAIL, replyTo: undefined }] })
    expect(told).toEqual(['r1 ivan bot 555 channel_off'])
    expect(deliveries[0]!.dueAt).toBeGreaterThan(LATE)
  })

  it('waits for a channel that is not ready rather than giving up at one that never will be of use', () => {
    const parts = { rules: [toIvan], channels: [{ ...BOT, enabled: false }, MAIL], workspace: { mailOff: true } }
    expect(routed(parts).told).toEqual(['r1 ivan bot 555 channel_off'])
  })

  it('does not go round their quiet hours', () => {
    const users = [{ ...IVAN, quietHours: { from: '22:00', to: '08:00' } }]
    const { told, deliveries } = routed({ rules: [toIvan], users })
    expect(told).toEqual(['r1 ivan bot 555 quiet_hours'])
    expect(deliveries[0]).toMatchObject({ dueAt: MORNING, expiresAt: MORNING + 6 * HOUR })
  })

  it('leads nowhere for somebody without contacts, and says unreachable', () => {
    const { told, deliveries } = routed({ rules: [toIvan], users: [{ login: 'ivan' }] })
    expect(told).toEqual(['r1 ivan nowhere unreachable'])
    expect(deliveries[0]!.destination).toBeNull()
  })

  it('leads nowhere for somebody who left, with contacts or without', () => {
    expect(routed({ rules: [toIvan], users: [{ ...IVAN, enabled: false }] }).told).toEqual([
      'r1 ivan bot 555 person_left',
    ])
    expect(routed({ rules: [toIvan], users: [{ login: 'ivan', enabled: false }] }).told).toEqual([
      'r1 ivan nowhere person_left',
    ])
  })

  it('keeps to the channel the rule names', () => {
    expect(routed({ rules: [{ to: [{ user: 'ivan', channel: 'mail' }] }] }).told).toEqual(['r1 ivan mail ivan@x.ru'])
    expect(routed({ rules: [{ to: [{ user: 'ivan', channel: 'hook' }] }] }).told).toEqual([
      'r1 ivan nowhere unreachable',
    ])
  })
})

describe('the same destination', () => {
  it('is told once; the rule in front wins and the others say so', () => {
    const { told, already } = routed({ rules: [{}, {}, { to: [{ channel: 'hook' }] }] })
    expect(told).toEqual(['r1 bot -100', 'r3 hook webhook'])
    expect(already).toEqual(['r2 by r1: bot -100'])
  })

  it('is told by the rule that stands in front, not by the one made first', () => {
    const { told, already } = routed({ rules: [{ position: 2 }, { position: 1 }] })
    expect([told, already]).toEqual([['r2 bot -100'], ['r1 by r2: bot -100']])
  })

  it('is told by the rule that sends first, whatever its position', () => {
    const { told, already } = routed({ rules: [{ digest: { every: '15m' } }, {}] })
    expect([told, already]).toEqual([['r2 bot -100'], ['r1 by r2: bot -100']])
  })

  it('every rule that lost names the rule that really sends', () => {
    const { told, already } = routed({ rules: [{ digest: { every: '15m' } }, { digest: { every: '5m' } }, {}] })
    expect(told).toEqual(['r3 bot -100'])
    expect(already.sort()).toEqual(['r1 by r3: bot -100', 'r2 by r3: bot -100'])
  })

  it('is told once of two recipients of one rule, without a word', () => {
    const olga = { login: 'olga', contacts: [{ channel: 'bot', chat: '555' }] }
    const { told, already } = routed({
      users: [IVAN, olga],
      rules: [{ to: [{ user: 'ivan' }, { user: 'olga' }, { user: 'ivan' }] }],
    })
    expect([told, already]).toEqual([['r1 ivan bot 555'], []])
  })

  it('with another topic is another destination', () => {
    expect(routed({ rules: [{ to: [DUTY, { ...DUTY, topic: 7 }, { ...DUTY, topic: 1 }] }] }).told).toEqual([
      'r1 bot -100',
      'r1 bot -100 topic 7',
    ])
  })

  it('nobody is told twice to be unreachable, and everybody who is unreachable is told of', () => {
    const users = [{ login: 'ivan' }, { login: 'olga' }]
    const { told, already } = routed({
      users,
      rules: [{ to: [{ user: 'ivan' }, { user: 'olga' }] }, { to: [{ user: 'ivan' }] }],
    })
    expect(told).toEqual(['r1 ivan nowhere unreachable', 'r1 olga nowhere unreachable'])
    expect(already).toEqual(['r2 by r1: ivan'])
  })
})

describe('a message', () => {
  const only = (rule: Partial<Rule>, asked?: Asked): PlannedDelivery => routed({ rules: [rule] }, asked).deliveries[0]!

  it('lives as long as its severity says, or its rule', () => {
    expect([0, 1, 2].map((priority) => only({}, { priority: priority as Priority }).expiresAt - LATE)).toEqual([
      HOUR,
      6 * HOUR,
      24 * HOUR,
    ])
    expect(only({ lifetime: '90s' }).expiresAt - LATE).toBe(90_000)
  })

  it('gathers in a digest unless it is critical', () => {
    expect(only({ digest: { every: '15m' } })).toMatchObject({ digest: true, held: 'digest', dueAt: LATE + 900_000 })
    expect(only({ digest: { every: '15m' } }, { priority: 0 })).toMatchObject({
      digest: false,
      held: null,
      dueAt: LATE,
    })
  })

  it('gathers on through quiet hours until it may leave', () => {
    const users = [{ ...IVAN, quietHours: { from: '22:00', to: '08:00' } }]
    const [delivery] = routed({ users, rules: [{ to: [{ user: 'ivan' }], digest: { every: '15m' } }] }).deliveries
    expect(delivery).toMatchObject({ held: 'digest', dueAt: MORNING })
  })

  it('of a rule with a throttle carries its key: the subject, or the field the rule names', () => {
    expect(only({ throttle: { per: '10m' } }).throttle).toEqual({ key: '"cam-1"', perMs: 600_000 })
    expect(only({ throttle: { per: '10m', key: 'data.camera' } }).throttle?.key).toBe('"cam-1"')
    expect(only({ throttle: { per: '10m', key: 'data.none' } }).throttle).toBeNull()
    expect(only({}).throttle).toBeNull()
  })

  it('that closes waits for nothing when its rule does not tell of openings', () => {
    const closing = { type: 'camera.available', step: 3 } as const
    expect(only({ types: ['camera.*'] }, closing).step).toBe(3)
    expect(only({ types: ['camera.available'] }, closing).step).toBe(4)
  })

  it('lives on in one message when the rule says so', () => {
    expect(only({ messages: 'living' }).living).toBe(true)
    expect(only({ messages: 'each' }).living).toBe(false)
  })
})

describe('the trace', () => {
  it('keeps the version, who matched, who refused and why, and who is not there', () => {
    const { trace, view } = routed({
      version: 7,
      rules: [
        {},
        { when: { field: 'subject', op: 'eq', value: 'x' } },
        {
          when: {
            all: [
              { field: 'subject', op: 'exists', value: true },
              { field: 'subject', op: 'eq', value: 'x' },
            ],
          },
        },
        { when: { field: 'subject', op: 'eq', value: 'y' } },
        { types: ['task.created'] },
        { to: [{ user: 'ghost' }, { relation: 'driver' }] },
      ],
    })
    const id = (name: string): number => idOf(view, 'rules', name)
    expect(trace).toEqual({
      v: 7,
      m: [id('r1'), id('r6')],
      r: [
        [0, id('r2'), id('r4')],
        [2, id('r3')],
      ],
      a: [],
      n: [
        [id('r6'), 'ghost', 'unknown_person'],
        [id('r6'), 'driver', 'no_such_relation'],
      ],
      s: [],
    })
  })

  it('names the silence that kept a delivery back', () => {
    const silences = [{ name: 'repair', comment: 'x', when: { all: [] }, until: '2027-01-01T00:00:00Z' }]
    const { told, trace } = routed({ rules: [{}], silences })
    expect([told, trace.s]).toEqual([['r1 bot -100 silence'], [['d1', 'repair']]])
  })

  it('of an event nobody wants has no deliveries and says which part failed', () => {
    const { deliveries, trace } = routed({ rules: [{ when: { field: 'subject', op: 'eq', value: 'x' } }] })
    expect(deliveries).toEqual([])
    expect(trace.m).toEqual([])
    expect(trace.r).toHaveLength(1)
  })
})

describe('two installers on one order', () => {
  const rules = ['MOW_15_S_1', 'MOW_15_S_10'].map((login, index): Partial<Rule> => ({
    name: login,
    types: undefined as never,
    actions: { admin: ['workorder.status.changed'], support: ['workorder.status.changed'] },
    when: { field: 'data.assignees', op: 'contains', value: login },
    to: [{ channel: 'bot', chat: `-${index + 1}` }],
  }))
  const told = (assignees: string[], role: string): string[] =>
    routed(
      { rules },
      { type: 'workorder.status.changed', step: 2, fields: { data: { assignees }, actor: { user: 'x', role } } },
    ).told

  it('each hears in his own chat of his own orders, and of nothing the warehouse does', () => {
    expect(told(['MOW_15_S_1', 'MOW_15_S_10'], 'support')).toEqual(['MOW_15_S_1 bot -1', 'MOW_15_S_10 bot -2'])
    expect(told(['MOW_15_S_10'], 'admin')).toEqual(['MOW_15_S_10 bot -2'])
    expect(told(['MOW_15_S_1', 'MOW_15_S_10'], 'warehouse')).toEqual([])
    expect(told(['MOW_15_S_11'], 'admin')).toEqual([])
  })
})
