import { describe, expect, it } from 'vitest'
import { CHANNEL_KINDS } from '@nabat/api/channel.ts'
import { claimedRow } from './support/claimed.ts'
import { catalogued, fieldsWith } from './support/fields.ts'
import { CHECK_WORLD, idOf, viewOf } from './support/view.ts'
import { fileEdits, planEdits } from '../src/configuration/plan.ts'
import { fillIn, takeSecrets } from '../src/configuration/references.ts'
import { planFallback } from '../src/pipeline/fallback.ts'
import { CALM } from '../src/pipeline/fold.ts'
import { Lanes, type Lane } from '../src/pipeline/lanes.ts'
import { route } from '../src/pipeline/route.ts'

const NOW = Date.parse('2026-03-18T23:30:00+03:00')
const TYPE = catalogued('camera.unavailable')
const BOT = { name: 'bot', kind: 'telegram', token: '1:a' }
const MAIL = { name: 'mail', kind: 'smtp', host: 'mx', from: { address: 'n@x.ru', name: 'N' }, replyTo: 'h@x.ru' }
const BOSS = { channel: 'mail', address: 'boss@x.ru' }

describe('what was found once stays mended', () => {
  it('route: a destination that is disabled already goes to the fallback of its rule', () => {
    const rules = [{ name: 'r', types: ['camera.*'], to: [{ channel: 'bot', chat: '-100' }], fallback: [BOSS] }]
    const view = viewOf({
      channels: [BOT, MAIL],
      rules,
      disabled: [{ channel: 'bot', address: { chat: '-100' }, reason: 'forbidden' }],
    })
    const { deliveries } = route(fieldsWith(), TYPE, 1, 1, view, NOW, () => 'd')
    expect(deliveries.filter((each) => each.suppressed === null).map((each) => each.destination?.address)).toEqual([
      { address: 'boss@x.ru' },
    ])
  })
  it('route: somebody unreachable goes to the fallback of the rule', () => {
    const rules = [{ name: 'r', types: ['camera.*'], to: [{ user: 'ivan' }], fallback: [BOSS] }]
    const view = viewOf({ channels: [MAIL], users: [{ login: 'ivan' }], rules })
    const { deliveries } = route(fieldsWith(), TYPE, 1, 1, view, NOW, () => 'd')
    expect(deliveries.filter((each) => each.suppressed === null)).toHaveLength(1)
  })
  it('fallback: a person in it is held by their own hours and named as recipient', () => {
    const users = [
      { login: 'ivan', quietHours: { from: '22:00', to: '08:00' } },
      { login: 'boss', contacts: [BOSS] },
    ]
    const rules = [{ name: 'r', types: ['camera.*'], to: [{ user: 'ivan' }], fallback: [{ user: 'boss' }] }]
    const view = viewOf({ channels: [BOT, MAIL], users, rules })
    const row = claimedRow({ rule: idOf(view, 'rules', 'r'), recipient: 'ivan' })
    const plan = planFallback(row, fieldsWith(), TYPE, view, {
      tried: new Set(),
      isDown: () => false,
      now: NOW,
      id: 'n',
    })
    expect([plan?.recipient, plan?.held]).toEqual(['boss', null])
  })
  it('lanes: a critical message whose wait is over goes before the ordinary ones of other lanes', () => {
    const lanes = new Lanes()
    const make = (destination: number): Lane =>
      lanes.add({
        key: String(destination),
        workspace: 1,
        destination,
        channel: 1,
        address: {},
        owner: lanes.owner('bot', { connections: 10, perDestination: 1, deadlineMs: 1 }),
        budgets: [{ key: 'b', limit: 1, perMs: 1 }],
        perDestination: 1,
        inFlight: 0,
        buffer: [],
        claiming: false,
        missed: false,
        dueAt: null,
        priority: 2,
        criticalAt: null,
        pausedUntil: 0,
        storm: CALM,
        reservedAt: 0,
        startsAt: 0,
        place: 'idle',
      })
    const [first, second] = [make(1), make(2)]
    lanes.wake(first, { priority: 2, dueAt: 100 }, 100)
    lanes.wake(second, { priority: 2, dueAt: 100 }, 100)
    lanes.wake(second, { priority: 0, dueAt: 2_100 }, 100) // a critical one, deferred by two seconds
    lanes.tick(2_100)
    expect(lanes.take(2_100)?.lane.destination).toBe(2)
  })
  it('plan: a channel with a mistake is not called missing where it is named', () => {
    const rules = [{ name: 'r', types: ['camera.*'], to: [{ channel: 'mail', address: 'a@x.ru' }] }]
    const { edits } = fileEdits({ channels: [{ name: 'mail', kind: 'smtp', hots: 'mx' }], rules }, viewOf({}))
    const { problems } = planEdits(edits, viewOf({}), CHECK_WORLD)
    expect(problems.map(({ path }) => path)).toEqual(['/channels/0/host', '/channels/0/hots'])
  })
  it('references: a secret made of a text and a reference is filled in', () => {
    const found = new Map<string, string>()
    const bot = { name: 'bot', kind: 'telegram', token: '${env:ID}:${env:KEY}' }
    const entity = takeSecrets(bot, CHANNEL_KINDS.telegram, 'bot', found)
    expect(fillIn(entity, { env: { ID: '1', KEY: 'a' }, secret: (name) => found.get(name) }).token).toBe('1:a')
  })
})
