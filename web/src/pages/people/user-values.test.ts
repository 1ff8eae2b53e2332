import { describe, expect, it } from 'vitest'
import type { StoredUser } from '../../data/people.ts'
import { moved, readUser, writeUser } from './user-values.ts'

const CARD = {
  login: 'b.petrov',
  name: 'Пётр Борисов',
  roles: ['installer'],
  head: 'chief',
  language: 'ru',
  timeZone: 'Asia/Yekaterinburg',
  phone: '+7 916 123-45-67',
  email: 'petrov@example.ru',
  extension: '101',
  mattermost: 'petrov',
  enabled: false,
  quietHours: { from: '22:00', to: '08:00' },
  workingHours: { days: ['mon'], from: '09:00', to: '18:00' },
  preferences: { cameras: { Почта: false } },
  contacts: [
    { channel: 'Бот', chat: '-100', topic: 7 },
    { channel: 'Почта', address: 'p@example.ru' },
  ],
} as const

describe('the employee card as a form', () => {
  it('writes what it has read', () => {
    const stored = { ...CARD, id: '1', origin: 'api', version: 3, account: 'none', reachable: true }
    expect(writeUser(readUser(stored as unknown as StoredUser))).toEqual(CARD)
  })

  it('leaves out what is empty, and preferences that refuse nothing', () => {
    const values = { ...readUser(undefined), login: ' new ', preferences: { cameras: { Почта: true } } }
    expect(writeUser(values)).toEqual({ login: 'new', roles: ['staff'] })
  })

  it('moves contacts, but none beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
  })
})
