import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { User } from '@nabat/api/configuration.ts'
import type { Recipient, Rule } from '@nabat/api/rule.ts'
import { claimedRow } from '../../test/support/claimed.ts'
import { catalogued, fieldsWith } from '../../test/support/fields.ts'
import { idOf, viewOf, type ViewParts } from '../../test/support/view.ts'
import type { ClaimedRow, PlannedDelivery } from '../store/store.ts'
import { planFallback, wayKey } from './fallback.ts'

const NOW = Date.parse('2026-03-18T23:30:00+03:00')
const HOUR = 3_600_000
const TYPE = catalogued('camera.unavailable')

const BOT = { name: 'bot', kind: 'telegram', token: '1:a' }
const MAIL = { name: 'mail', kind: 'smtp', host: 'mx', from: { address: 'n@x.ru', name: 'N' }, replyTo: 'h@x.ru' }
const HOOK = { name: 'hook', kind: 'webhook', url: 'https://h.example' }
const IVAN: User = {
  login: 'ivan',
  contacts: [{ channel: 'bot', chat: '555' }, { channel: 'mail', address: 'ivan@x.ru' }, { channel: 'inbox' }],
}

interface Asked {
  readonly parts?: ViewParts
  readonly fallback?: Recipient[]
  readonly rule?: Partial<Rule>
  readonly row?: Partial<ClaimedRow>
  /** Channels and addresses tried already. */
  readonly tried?: readonly string[]
}

const keyOf = ({ destination }: PlannedDelivery): string =>
  `${destination!.channel} ${JSON.stringify(destination!.address)}`

function setUp({ parts, fallback, rule, row }: Asked) {
  const rules = [
    {
      name: 'r',
      types: ['camera.*'],
      to: [{ user: 'ivan' }],
      ...(fallback === undefined ? {} : { fallback }),
      ...rule,
    },
  ]
  const view = viewOf({ channels: [BOT, MAIL, HOOK], users: [IVAN], ...parts, rules })
  const claimed = claimedRow({ rule: idOf(view, 'rules', 'r'), recipient: 'ivan', ...row })
  const plan = (tried: ReadonlySet<string>): PlannedDelivery | null =>
    planFallback(claimed, fieldsWith(), TYPE, view, { tried, isDown: () => false, now: NOW, id: 'next' })
  const told = (planned: PlannedDelivery): string => {
    const channel = view.channels.get(planned.destination!.channel)!
    return [channel.name, channel.kind.show(planned.destination!.address), planned.held]
      .filter((each) => each !== null)
      .join(' ')
  }
  return { view, plan, told }
}

/** Everything that is tried in turn, each failing. */
function chain(asked: Asked, first: readonly string[] = []): string[] {
  const { plan, told, view } = setUp(asked)
  const tried = new Set(first.map((each) => each.replace(/^\w+/, (name) => String(view.channelByName(name)!.id))))
  const seen: string[] = []
  for (let next = plan(tried); next !== null; next = plan(tried)) {
    seen.push(told(next))
    tried.add(keyOf(next))
    if (seen.length > 50) throw new Error('the chain does not end')
  }
  return seen
}

describe('what is tried next', () => {
  const boss = { channel: 'mail', address: 'boss@x.ru' }
  const first = ['bot {"chat":"555"}']

  it('is the next contact of the person', () => {
    expect(chain({}, first)).toEqual(['mail ivan@x.ru', 'inbox ivan'])
  })

  it('is the fallback of the rule before that', () => {
    expect(chain({ fallback: [boss, { channel: 'hook' }] }, first)).toEqual([
      'mail boss@x.ru',
      'hook webhook',
      'mail ivan@x.ru',
      'inbox ivan',
    ])
  })

  it('is the fallback alone for a bare destination', () => {
    expect(chain({ fallback: [boss], row: { recipient: null } }, first)).toEqual(['mail boss@x.ru'])
    expect(chain({ row: { recipient: null } }, first)).toEqual([])
  })

  it('leaves out what is of no use: disabled, mail that is off, channels that are gone', () => {
    const mailOff = { parts: { workspace: { mailOff: true } } }
    expect(chain({ ...mailOff, fallback: [boss] }, first)).toEqual(['inbox ivan'])
    const disabled = [{ channel: 'mail', address: { address: 'ivan@x.ru' }, reason: 'mailbox_full' }]
    expect(chain({ parts: { disabled } }, first)).toEqual(['inbox ivan'])
    expect(chain({ parts: { channels: [BOT] }, fallback: [boss] }, first)).toEqual(['inbox ivan'])
  })

  it('goes round a channel that is not ready, and waits for it when there is nothing else', () => {
    const channels = [BOT, { ...MAIL, replyTo: undefined }]
    expect(chain({ parts: { channels } }, first)[0]).toBe('inbox ivan')
    expect(chain({ parts: { channels } }, [...first, 'inbox {"user":"ivan"}'])).toEqual([
      'mail ivan@x.ru channel_incomplete',
    ])
  })

  it('is nothing for somebody who has left meanwhile, and nothing when the rule is gone and nobody was named', () => {
    expect(chain({ parts: { users: [{ ...IVAN, enabled: false }] } }, first)).toEqual([])
    expect(chain({ row: { rule: 999, recipient: null } }, first)).toEqual([])
    expect(chain({ row: { rule: 999 } }, first)).toEqual(['mail ivan@x.ru', 'inbox ivan'])
  })

  it('waits until quiet hours are over, and lives from then on', () => {
    const parts = { users: [{ ...IVAN, quietHours: { from: '22:00', to: '08:00' } }] }
    const planned = setUp({ parts }).plan(new Set())!
    const morning = Date.parse('2026-03-19T08:00:00+03:00')
    expect(planned).toMatchObject({ held: 'quiet_hours', dueAt: morning, expiresAt: morning + 6 * HOUR })
  })

  it('has a life of its own, and what the message was is what it stays', () => {
    const row = { priority: 0, living: true, step: 1 } as const
    expect(setUp({ row }).plan(new Set())).toMatchObject({
      dueAt: NOW,
      expiresAt: NOW + HOUR,
      priority: 0,
      living: true,
      step: 1,
      throttle: null,
      digest: false,
      suppressed: null,
    })
    expect(setUp({ rule: { lifetime: '10m' } }).plan(new Set())).toMatchObject({ expiresAt: NOW + 600_000 })
  })

  it('tells of the end although the new way was never told of the beginning', () => {
    expect(setUp({ row: { step: 3 } }).plan(new Set())!.step).toBe(4)
    expect(setUp({ row: { step: 2 } }).plan(new Set())!.step).toBe(2)
  })
})

describe('any chain', () => {
  const contact = fc.oneof(
    fc.integer({ min: 1, max: 4 }).map((chat) => ({ channel: 'bot', chat: String(chat), private: true })),
    fc.constantFrom('a@x.ru', 'b@x.ru', 'A@x.ru').map((address) => ({ channel: 'mail', address })),
    fc.constantFrom(
      { channel: 'hook' },
      { channel: 'gone' },
      { user: 'ivan' },
      { role: 'staff' },
      { relation: 'assignee' },
    ),
  )
  const contacts = fc.array(
    contact.filter((each) => 'channel' in each),
    { maxLength: 6 },
  )

  it('ends, and goes nowhere twice', () => {
    fc.assert(
      fc.property(contacts, fc.array(contact, { maxLength: 6 }), fc.boolean(), (own, fallback, quiet) => {
        const person = {
          login: 'ivan',
          roles: ['staff'],
          contacts: own,
          ...(quiet ? { quietHours: { from: '22:00', to: '08:00' } } : {}),
        }
        const seen = chain({ parts: { users: [person] }, fallback: fallback as Recipient[] })
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.length).toBeLessThanOrEqual(own.length * 3 + fallback.length)
      }),
    )
  })
})

describe('a destination', () => {
  it('is known by channel and address, whatever the order of its fields', () => {
    const channel = viewOf({ channels: [BOT] }).channelByName('bot')!
    expect(wayKey({ channel, address: { topic: 7, chat: '-1' } })).toBe(
      wayKey({ channel, address: { chat: '-1', topic: 7 } }),
    )
    expect(wayKey({ channel, address: { chat: '-1' } })).not.toBe(wayKey({ channel, address: { chat: '1' } }))
  })
})
