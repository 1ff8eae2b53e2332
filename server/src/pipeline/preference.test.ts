import { describe, expect, it } from 'vitest'
import { catalogued, fieldsWith } from '../../test/support/fields.ts'
import { viewOf } from '../../test/support/view.ts'
import type { Priority } from '../store/store.ts'
import { route } from './route.ts'

const NOW = Date.parse('2026-03-18T12:00:00+03:00')
const BOT = { name: 'bot', kind: 'telegram', token: '1:a' }
const MAIL = { name: 'mail', kind: 'smtp', host: 'mx', from: { address: 'n@x.ru', name: 'N' }, replyTo: 'h@x.ru' }
const CONTACTS = [
  { channel: 'bot', chat: '555' },
  { channel: 'mail', address: 'ivan@x.ru' },
]

/** Where an event goes for somebody with these preferences. */
function waysOf(preferences: object, type = 'camera.unavailable', priority: Priority = 1): (string | null)[] {
  const view = viewOf({
    channels: [BOT, MAIL],
    users: [{ login: 'ivan', contacts: CONTACTS, preferences }],
    rules: [{ name: 'r', types: [type], to: [{ user: 'ivan' }] }],
  })
  const { deliveries } = route(fieldsWith({ type }), catalogued(type), priority, 0, view, NOW, () => 'd')
  return deliveries.map((each) => each.suppressed ?? JSON.stringify(each.destination!.address))
}

const CHAT = '{"chat":"555"}'
const LETTER = '{"address":"ivan@x.ru"}'

describe('a person who does not want a category by a channel', () => {
  it('gets it by the next contact, and everything else as before', () => {
    expect(waysOf({})).toEqual([CHAT])
    expect(waysOf({ cameras: { bot: false } })).toEqual([LETTER])
    expect(waysOf({ cameras: { bot: true, mail: false } })).toEqual([CHAT])
    expect(waysOf({ servers: { bot: false } })).toEqual([CHAT])
  })

  it('gets nothing when no contact is left, and the reason says so', () => {
    expect(waysOf({ cameras: { bot: false, mail: false } })).toEqual(['preference'])
  })

  it('cannot switch off what is critical, nor what is about Nabat itself', () => {
    expect(waysOf({ cameras: { bot: false } }, 'camera.unavailable', 0)).toEqual([CHAT])
    expect(waysOf({ system: { bot: false } }, 'system.token.expiring')).toEqual([CHAT])
  })
})
