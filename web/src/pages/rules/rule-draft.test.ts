import { expect, it } from 'vitest'
import type { Rule } from '@nabat/api/rule.ts'
import { draftOf, ruleOf } from './rule-draft.ts'
import { STARTS } from './rule-starts.ts'

const FULL: Rule = {
  name: 'камеры дежурным',
  enabled: false,
  position: 7,
  types: ['camera.*', 'server.unavailable'],
  when: { all: [{ field: 'data.object', op: 'in', value: ['obj-1', 17] }] },
  to: [
    { channel: 'duty-bot', chat: '-1001234567890', topic: 7 },
    { channel: 'duty-bot', chat: 555, private: true },
    { relation: 'head of assignee', channel: 'mail' },
  ],
  fallback: [{ channel: 'mail', address: 'boss@example.ru' }],
  unreadAfter: '10m',
  digest: { every: '15m' },
  throttle: { key: 'data.object', per: '10m' },
  schedule: { days: ['mon', 'fri'], from: '09:00', to: '18:00', timeZone: 'Asia/Omsk' },
  messages: 'living',
  silent: true,
  lifetime: '6h',
}

it('a rule goes through the fields of its editor without a change', () => {
  expect(ruleOf(draftOf(FULL))).toEqual(FULL)
  const { types: _, ...rest } = FULL
  const byRole: Rule = { ...rest, actions: { admin: ['workorder.assigned'], 'свой мастер': ['workorder.done'] } }
  expect(ruleOf(draftOf(byRole))).toEqual(byRole)
  for (const [name, start] of Object.entries(STARTS))
    expect(ruleOf(draftOf({ name, ...start }))).toEqual({ name, ...start })
})

it('what is chosen in the other way of choosing events is kept, and not saved', () => {
  const draft = { ...draftOf(FULL), mode: 'actions' as const, actions: { admin: ['workorder.done'], support: [] } }
  expect(draft.types).toEqual(FULL.types)
  expect(ruleOf(draft)).toMatchObject({ actions: { admin: ['workorder.done'] } })
  expect(ruleOf(draft)).not.toHaveProperty('types')
  expect(ruleOf({ ...draft, mode: 'types' })).toEqual(FULL)
})
