import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { claimedRow } from '../../test/support/claimed.ts'
import type { ClaimedRow, PlannedDelivery, Settlement } from '../store/store.ts'
import { deferred, rejected, sent, type Health, type Outcome } from './outcome.ts'
import { decideSettlement, endsUnsent, settleExpired, settleHeld, type Attempted } from './settle.ts'

const NOW = 1_800_000_000_000
const AT = NOW - 40

const INSTEAD: PlannedDelivery = {
  id: 'instead',
  rule: 1,
  recipient: 'ivan',
  destination: { channel: 2, address: { address: 'ivan@x.ru' } },
  suppressed: null,
  held: null,
  dueAt: NOW,
  expiresAt: NOW + 1,
  priority: 1,
  step: 0,
  living: false,
  throttle: null,
  digest: false,
  follows: false,
}

const DESTINATION: Health = { of: 'destination', state: 'fine' }
const INVALID: Health = { of: 'destination', state: 'invalid' }

const attempted = (outcome: Outcome, row: Partial<ClaimedRow> = {}, more: Partial<Attempted> = {}): Attempted => ({
  row: claimedRow(row),
  outcome,
  at: AT,
  tookMs: 40,
  budgeted: false,
  note: null,
  foldedInto: null,
  ...more,
})

const settle = (outcome: Outcome, row: Partial<ClaimedRow> = {}, more: Partial<Attempted> = {}): Settlement =>
  decideSettlement(attempted(outcome, row, more), NOW, 0.5, INSTEAD)

/** The same where there is no other way. */
const waiting = (outcome: Outcome, row: Partial<ClaimedRow> = {}): Settlement =>
  decideSettlement(attempted(outcome, row), NOW, 0.5, null)

/** An incident as a claimed delivery sees it. */
const incident = (told: readonly string[] | null): ClaimedRow['incident'] => ({
  key: 'camera:1',
  state: 'open',
  told,
  toldEvent: null,
})

describe('what was sent', () => {
  it('ends as sent, with one line of its attempt, and what was planned to follow it', () => {
    expect(settle(sent(['m1']))).toMatchObject({
      kind: 'end',
      state: 'sent',
      reason: null,
      note: null,
      attempt: [AT, 40, 'sent', null, null],
      told: null,
      instead: INSTEAD,
      disable: null,
      budgeted: false,
    })
  })

  test.each<[string, Partial<ClaimedRow>, readonly string[], readonly string[] | null]>([
    ['the first of an incident is the root', { incident: incident(null) }, ['m1'], ['m1']],
    ['without ids of the provider it was told all the same', { incident: incident(null) }, [], []],
    ['a later one leaves the root', { incident: incident(['m1']) }, ['m2'], null],
    ['a living one that was edited leaves it too', { incident: incident(['m1']), living: true }, [], null],
    [
      'a living one that had to be sent anew replaces it',
      { incident: incident(['m1']), living: true },
      ['m2', 'm3'],
      ['m2', 'm3'],
    ],
    ['without an incident there is nothing to tell of', {}, ['m1'], null],
  ])('%s', (_what, row, ids, told) => {
    expect(settle(sent(ids), row)).toMatchObject({ told })
  })

  it('says when it may be a repeat, and what channel and rendering had to say', () => {
    expect(settle(sent([], 'plain_text'), { suspect: true }, { note: 'template_failed' })).toMatchObject({
      note: 'repeat plain_text template_failed',
    })
    expect(settle(sent([]), { suspect: true })).toMatchObject({ note: 'repeat' })
  })

  it('remembers that it drew on a budget', () => {
    expect(settle(sent([]), {}, { budgeted: true })).toMatchObject({ budgeted: true })
  })
})

describe('what was deferred', () => {
  it('waits again, with its reason and the line of its attempt', () => {
    expect(waiting(deferred('timeout', 'no answer', DESTINATION))).toEqual(
      expect.objectContaining({
        kind: 'defer',
        dueAt: NOW + 5_000,
        reason: 'timeout',
        suspect: false,
        attempt: [AT, 40, 'deferred', 'timeout', 'no answer'],
      }),
    )
  })

  it('is suspect from then on when its body had left', () => {
    expect(waiting(deferred('timeout', '', DESTINATION, { ambiguous: true }))).toMatchObject({
      suspect: true,
      attempt: [AT, 40, 'ambiguous', 'timeout', null],
    })
  })

  it('waits longer after more attempts, and as long as it is told to', () => {
    expect(waiting(deferred('timeout', '', DESTINATION), { attempts: 3 })).toMatchObject({ dueAt: NOW + 40_000 })
    expect(waiting(deferred('throttled', '', DESTINATION, { retryAfterMs: 90_000 }))).toMatchObject({
      dueAt: NOW + 90_000,
    })
  })

  it('fails when its life would be over, with what takes its place', () => {
    expect(settle(deferred('timeout', '', DESTINATION), { expiresAt: NOW + 5_000 })).toMatchObject({
      kind: 'end',
      state: 'failed',
      reason: 'expired',
      note: 'timeout',
      instead: INSTEAD,
      disable: null,
      told: null,
    })
  })

  it('by the stop of the process is due at once and lives on', () => {
    expect(waiting(deferred('cancelled', '', DESTINATION), { expiresAt: NOW + 1 })).toMatchObject({
      kind: 'defer',
      dueAt: NOW,
    })
  })
})

describe('what was rejected', () => {
  it('fails with its reason, and something takes its place', () => {
    expect(settle(rejected('refused_content', 'too long'))).toMatchObject({
      kind: 'end',
      state: 'failed',
      reason: 'refused_content',
      instead: INSTEAD,
      disable: null,
      told: null,
      attempt: [AT, 40, 'rejected', 'refused_content', 'too long'],
    })
  })

  it('disables a destination that is of no use any more, once', () => {
    const blocked = rejected('blocked', 'bot was blocked by the user', INVALID)
    expect(settle(blocked)).toMatchObject({ disable: { reason: 'blocked', detail: 'bot was blocked by the user' } })
    expect(settle(blocked, { disabled: 'blocked' })).toMatchObject({ disable: null })
  })

  it('does not disable a destination for what is wrong with the channel', () => {
    expect(settle(rejected('unauthorized', '', { of: 'channel', state: 'invalid' }))).toMatchObject({ disable: null })
  })
})

describe('the line of an attempt', () => {
  it('keeps what the other side said, not all of a page of it', () => {
    const [, , , , detail] = settle(rejected('refused_content', 'x'.repeat(10_000))).attempt!
    expect(detail).toBe('x'.repeat(500))
  })
})

/** Every outcome there is, with every row it may come to. */
const health = fc.record({
  of: fc.constantFrom<Health['of']>('destination', 'channel'),
  state: fc.constantFrom<Health['state']>('fine', 'throttled', 'down', 'invalid'),
})
const reason = fc.constantFrom('timeout', 'throttled', 'cancelled', 'internal', 'blocked', 'misconfigured' as const)
const outcome = fc.oneof(
  fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }).map((ids) => sent(ids)),
  fc
    .tuple(reason, health, fc.boolean(), fc.option(fc.integer({ min: 0, max: 1e8 }), { nil: undefined }))
    .map(([why, of, ambiguous, retryAfterMs]) =>
      deferred(why, 'd', of, { ambiguous, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
    ),
  fc.tuple(reason, health).map(([why, of]) => rejected(why, 'd', of)),
)
const row = fc.record({
  attempts: fc.integer({ min: 0, max: 50 }),
  suspect: fc.boolean(),
  living: fc.boolean(),
  priority: fc.constantFrom(0, 1, 2 as const),
  expiresAt: fc.integer({ min: NOW - 1_000, max: NOW + 1e8 }),
  disabled: fc.constantFrom(null, 'blocked'),
  incident: fc.constantFrom(null, incident(null), incident([]), incident(['m1'])),
})
const chance = fc.double({ min: 0, max: 0.999, noNaN: true })

describe('every outcome of every message', () => {
  it('settles that very delivery, once, with the line of its attempt', () => {
    fc.assert(
      fc.property(outcome, row, chance, (came, of, random) => {
        const each = attempted(came, of as Partial<ClaimedRow>)
        const settlement = decideSettlement(each, NOW, random, INSTEAD)
        const { workspace, delivery, destination, digest } = each.row
        expect(settlement).toMatchObject({
          workspace,
          delivery,
          destination,
          digest,
          incidentKey: each.row.incident?.key ?? null,
        })
        expect(settlement.attempt?.slice(0, 2)).toEqual([AT, 40])
        expect(settlement.kind === 'end' && settlement.state === 'sent').toBe(came.verdict === 'sent')
      }),
    )
  })

  it('ends unsent when it was refused or its time is up, and what was planned takes its place', () => {
    fc.assert(
      fc.property(outcome, row, chance, (came, of, random) => {
        const each = attempted(came, of as Partial<ClaimedRow>)
        const settlement = decideSettlement(each, NOW, random, null)
        const unsent = settlement.kind === 'end' && settlement.state !== 'sent'
        expect(endsUnsent(each, NOW, random)).toBe(unsent)
        // Nothing that was not sent counts as told, nothing that was sent disables where it went.
        if (settlement.kind === 'end' && unsent) expect(settlement.told).toBeNull()
        if (settlement.kind === 'end' && !unsent) expect(settlement.disable).toBeNull()
        const planned = decideSettlement(each, NOW, random, INSTEAD)
        expect(planned.instead).toBe(INSTEAD)
        // What has to wait, and can go another way, waits for both; a digest goes there whole.
        if (settlement.kind === 'defer')
          expect(planned).toMatchObject({ kind: each.row.digest ? 'end' : 'defer', reason: 'channel_down' })
      }),
    )
  })

  it('never waits beyond its life', () => {
    fc.assert(
      fc.property(outcome, row, chance, (came, of, random) => {
        const settlement = decideSettlement(attempted(came, of as Partial<ClaimedRow>), NOW, random, null)
        if (settlement.kind === 'defer') expect(settlement.dueAt).toBeLessThan(of.expiresAt)
      }),
    )
  })
})

describe('what hold kept back', () => {
  it('ends as suppressed with the reason and, for a silence, its name', () => {
    expect(settleHeld(claimedRow(), { kind: 'never', reason: 'silence', by: 'repair' }, null, NOW)).toMatchObject({
      kind: 'end',
      state: 'suppressed',
      reason: 'silence',
      note: 'repair',
      attempt: null,
      instead: null,
    })
    expect(settleHeld(claimedRow(), { kind: 'never', reason: 'mail_off' }, INSTEAD, NOW)).toMatchObject({
      reason: 'mail_off',
      note: null,
      instead: INSTEAD,
    })
  })

  it('waits again without having been tried', () => {
    const row = claimedRow()
    expect(settleHeld(row, { kind: 'later', reason: 'quiet_hours', dueAt: NOW + 5 }, null, NOW)).toMatchObject({
      kind: 'defer',
      dueAt: NOW + 5,
      // The hours of the recipient do not count against its life, a channel that is not ready does.
      expiresAt: row.expiresAt + 5,
      reason: 'quiet_hours',
      attempt: null,
      suspect: false,
    })
  })

  it('because of its workspace lives on for an hour at least once that is opened', () => {
    const wait = { kind: 'later', reason: 'workspace_blocked', dueAt: NOW + 5 } as const
    const fresh = claimedRow({ expiresAt: NOW + 7_200_000 })
    expect(settleHeld(fresh, wait, null, NOW)).toMatchObject({ kind: 'defer', expiresAt: NOW + 7_200_005 })
    const over = claimedRow({ expiresAt: NOW - 1 })
    expect(settleHeld(over, wait, null, NOW)).toMatchObject({ kind: 'defer', expiresAt: NOW + 3_600_005 })
  })

  it('whose life is over fails, and says what it waited for', () => {
    expect(settleExpired(claimedRow({ waitedFor: 'timeout' }), INSTEAD)).toMatchObject({
      kind: 'end',
      state: 'failed',
      reason: 'expired',
      note: 'timeout',
      attempt: null,
      instead: INSTEAD,
    })
  })
})
