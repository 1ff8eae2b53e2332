import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KnownSession } from '../store/access.ts'
import type { Store } from '../store/store.ts'
import { systemRandom } from '../clock.ts'
import { addressOf } from './invitations.ts'
import { sessionEnd, Sessions } from './sessions.ts'

const DAY = 86_400_000
const SEAT = { address: '10.0.0.1', agent: 'Firefox' }

/** A store of one session that counts how often it is asked, and a clock that is set by hand. */
function oneSession() {
  const clock = { at: 1_000_000, now: () => clock.at, after: () => () => {} }
  const asked = { session: 0, touched: [] as unknown[] }
  const world = { known: undefined as KnownSession | undefined }
  const store = {
    session: async (_hash: Uint8Array, now: number) => {
      asked.session += 1
      return world.known !== undefined && now < world.known.session.expiresAt ? world.known : undefined
    },
    touchSession: async (_hash: Uint8Array, seen: { seenAt: number; expiresAt: number }) => {
      asked.touched.push(seen)
      world.known = { ...world.known!, session: { ...world.known!.session, ...seen } }
    },
    endSessions: async () => {
      world.known = undefined
      return 1
    },
  } as unknown as Store
  const sessions = new Sessions(store, clock, systemRandom)
  const { token, session } = sessions.fresh(1, SEAT)
  const account = { id: 7, disabledAt: null } as KnownSession['account']
  world.known = { session: { ...session, account: 7, seenAt: clock.at }, account, memberships: [] }
  return { clock, asked, world, sessions, token }
}

describe('a session', () => {
  it('costs a look into the store now and then, not at every request', async () => {
    const { clock, asked, sessions, token } = oneSession()
    for (let n = 0; n < 100; n += 1) expect(await sessions.find(token, SEAT)).toBeDefined()
    expect(asked.session).toBe(1)
    clock.at += 5_000
    await sessions.find(token, SEAT)
    expect(asked.session).toBe(2)
  })

  it('that was ended is over at once, as is one of an account that was disabled', async () => {
    const { sessions, token, world } = oneSession()
    await sessions.find(token, SEAT)
    await sessions.end(7, { except: null })
    expect(await sessions.find(token, SEAT)).toBeUndefined()
    const other = oneSession()
    other.world.known = { ...other.world.known!, account: { ...other.world.known!.account, disabledAt: 1 } }
    expect(await other.sessions.find(other.token, SEAT)).toBeUndefined()
    expect(world.known).toBeUndefined()
  })

  it('lives while it is used, which is written every five minutes, and ninety days at most', async () => {
    const { clock, asked, sessions, token } = oneSession()
    const begun = clock.at
    while (clock.at < begun + 10 * 60_000) {
      await sessions.find(token, { address: '10.0.0.2', agent: 'x'.repeat(1_000) })
      clock.at += 6_000
    }
    expect(asked.touched).toMatchObject([{ address: '10.0.0.2', agent: 'x'.repeat(300) }])
    for (let day = 1; day < 90; day += 29) {
      clock.at = begun + day * DAY
      expect(await sessions.find(token, SEAT)).toBeDefined()
    }
    clock.at = begun + 90 * DAY
    expect(await sessions.find(token, SEAT)).toBeUndefined()
  })

  it('ends after thirty days in which it was not used', async () => {
    const { clock, sessions, token } = oneSession()
    clock.at += 30 * DAY
    expect(await sessions.find(token, SEAT)).toBeUndefined()
  })

  it('never ends before it was seen last, nor later than ninety days after it began', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(89 * DAY), (begun, later) => {
        const end = sessionEnd(begun, begun + later)
        expect(end).toBeGreaterThan(begun + later)
        expect(end).toBeLessThanOrEqual(begun + 90 * DAY)
      }),
    )
  })
})

describe('the address a link to set a password goes to', () => {
  const one = [{ workspace: 1, card: 2 }]
  const two = [...one, { workspace: 2, card: 9 }]
  const card = { email: 'card@example.ru' }

  it('is that of the account; that of the card only where one workspace has the say', () => {
    const email = 'own@example.ru'
    expect(addressOf({ email, operator: false }, two, card)).toBe(email)
    expect(addressOf({ email: null, operator: false }, one, card)).toBe(card.email)
    expect(addressOf({ email: null, operator: false }, two, card)).toBeUndefined()
    expect(addressOf({ email: null, operator: true }, one, card)).toBeUndefined()
    expect(addressOf({ email: null, operator: false }, one, undefined)).toBeUndefined()
  })
})
