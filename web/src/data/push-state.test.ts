import { describe, expect, it } from 'vitest'
import { deviceStateOf, isOffered, tellingOf, type Memory, type Surroundings } from './push-state.ts'

const CHROME: Surroundings = {
  secure: true,
  able: true,
  ios: false,
  standalone: false,
  worker: true,
  permission: 'default',
  subscribed: false,
}
const NOBODY: Memory = { told: {}, off: [], refused: {} }
const DAY_MS = 24 * 60 * 60_000

describe('a device', () => {
  it.each<[Partial<Surroundings>, string]>([
    [{}, 'off'],
    [{ permission: 'granted', subscribed: true }, 'on'],
    [{ permission: 'granted' }, 'off'],
    [{ permission: 'denied', subscribed: true }, 'blocked'],
    [{ secure: false, able: false }, 'insecure'],
    [{ able: false }, 'tooOld'],
    [{ able: false, ios: true }, 'homeScreen'],
    [{ able: false, ios: true, standalone: true }, 'tooOld'],
    [{ worker: false }, 'private'],
  ])('with %o is %s', (around, state) => {
    expect(deviceStateOf({ ...CHROME, ...around })).toBe(state)
  })
})

describe('notifications', () => {
  const now = 100 * DAY_MS

  it('are offered before the browser asks, and not again for thirty days after “not now”', () => {
    expect(isOffered('off', 'default', NOBODY, 'anna', now)).toBe(true)
    const refused = { ...NOBODY, refused: { anna: now } }
    expect(isOffered('off', 'default', refused, 'anna', now + 29 * DAY_MS)).toBe(false)
    expect(isOffered('off', 'default', refused, 'anna', now + 30 * DAY_MS)).toBe(true)
    expect(isOffered('off', 'default', refused, 'oleg', now)).toBe(true)
  })

  it('are not offered to whoever has answered the browser, or switched this device off', () => {
    expect(isOffered('off', 'granted', NOBODY, 'anna', now)).toBe(false)
    expect(isOffered('blocked', 'denied', NOBODY, 'anna', now)).toBe(false)
    expect(isOffered('off', 'default', { ...NOBODY, off: ['anna'] }, 'anna', now)).toBe(false)
  })
})

describe('the server', () => {
  const last = { device: '1', endpoint: 'https://push.example/1', signedInAt: '2026-03-18T10:00:00Z', at: 0 }
  const now = { endpoint: last.endpoint, signedInAt: last.signedInAt, at: 1 }

  it('is told what has changed, twice a day that the device is in use, and else nothing', () => {
    expect(tellingOf(undefined, now)).toBe('new')
    expect(tellingOf(last, { ...now, endpoint: 'https://push.example/2' })).toBe('new')
    expect(tellingOf(last, { ...now, signedInAt: '2026-03-19T10:00:00Z' })).toBe('new')
    expect(tellingOf(last, { ...now, at: DAY_MS })).toBe('used')
    expect(tellingOf(last, now)).toBe('nothing')
  })
})
