import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { User } from '@nabat/api/configuration.ts'
import { fieldsWith } from '../../test/support/fields.ts'
import { viewOf, type ViewParts } from '../../test/support/view.ts'
import type { IncidentState, Priority, Step, WorkspaceState } from '../store/store.ts'
import type { Fields } from './conditions.ts'
import {
  decideByIncident,
  decideByWorkspace,
  decideHold,
  digestEnd,
  LOOK_AGAIN_MS,
  type HoldDecision,
  type IncidentLook,
} from './hold.ts'

/** A Wednesday, 23:30 in Moscow: 01:30 of Thursday in Yekaterinburg. */
const LATE = Date.parse('2026-03-18T23:30:00+03:00')
const at = (text: string): number => Date.parse(text)

const MAIL = { name: 'mail', kind: 'smtp', host: 'mx', from: { address: 'n@x.ru', name: 'N' }, replyTo: 'h@x.ru' }
const HOOK = { name: 'hook', kind: 'webhook', url: 'http://h.example' }
const IVAN: User = { login: 'ivan' }

interface Asked {
  readonly parts?: ViewParts
  readonly channel?: string
  readonly person?: User | null
  readonly priority?: Priority
  readonly fields?: Fields
  readonly disabled?: string
  readonly now?: number
}

/** The decision about one way, through a mail server that is ready unless said otherwise. */
function hold({
  parts,
  channel = 'mail',
  person = IVAN,
  priority = 1,
  fields = fieldsWith(),
  disabled,
  now = LATE,
}: Asked): HoldDecision {
  const view = viewOf({ channels: [MAIL, HOOK], ...parts })
  return decideHold({ fields, priority, person, channel: view.channelByName(channel)!, disabled }, view, now)
}

const NOW = { kind: 'now' }
const never = (reason: string, by?: string): object => ({ kind: 'never', reason, ...(by === undefined ? {} : { by }) })
const later = (reason: string, dueAt: number): object => ({ kind: 'later', reason, dueAt })

describe('a workspace', () => {
  const blocked = { at: LATE, reason: 'долг' }
  const decided = (state: WorkspaceState, type = 'camera.unavailable'): HoldDecision =>
    decideByWorkspace(type, viewOf({ state }), LATE)

  it('that is open keeps nothing back', () => {
    expect(decided({ blocked: null, removedAt: null })).toEqual(NOW)
  })

  it('that is blocked keeps everything back but the word that it is', () => {
    expect(decided({ blocked, removedAt: null })).toEqual(later('workspace_blocked', LATE + 3_600_000))
    expect(decided({ blocked, removedAt: null }, 'workspace.blocked')).toEqual(NOW)
  })

  it('that was removed keeps back even that', () => {
    for (const type of ['camera.unavailable', 'workspace.blocked'])
      expect(decided({ blocked, removedAt: LATE }, type)).toEqual(later('workspace_removed', LATE + 3_600_000))
  })
})

describe('a way', () => {
  it('that nothing stands in the way of goes now', () => {
    expect(hold({})).toEqual(NOW)
    expect(hold({ person: null })).toEqual(NOW)
  })

  it('to somebody who has left goes never, critical or not', () => {
    expect(hold({ person: { ...IVAN, enabled: false } })).toEqual(never('person_left'))
    expect(hold({ person: { ...IVAN, enabled: false }, priority: 0 })).toEqual(never('person_left'))
    expect(hold({ person: { ...IVAN, enabled: true } })).toEqual(NOW)
  })

  it('by mail goes never while mail is off; other ways go on', () => {
    const parts = { workspace: { mailOff: true } }
    expect(hold({ parts, priority: 0 })).toEqual(never('mail_off'))
    expect(hold({ parts, channel: 'hook' })).toEqual(NOW)
    expect(hold({ parts: { workspace: { mailOff: false } } })).toEqual(NOW)
  })

  it('to a destination that is disabled goes never', () => {
    expect(hold({ disabled: 'blocked' })).toEqual(never('destination_disabled'))
  })

  it('through a channel that is off or not ready waits and is looked at again', () => {
    const through = (channel: object): HoldDecision => hold({ parts: { channels: [channel] }, priority: 0 })
    expect(through({ ...MAIL, enabled: false })).toEqual(later('channel_off', LATE + LOOK_AGAIN_MS))
    expect(through({ ...MAIL, replyTo: undefined })).toEqual(later('channel_incomplete', LATE + LOOK_AGAIN_MS))
    expect(through({ ...MAIL, from: { address: 'n@x.ru' } })).toEqual(later('channel_incomplete', LATE + LOOK_AGAIN_MS))
    expect(through({ ...MAIL, host: '${env:NOWHERE}' })).toEqual(later('channel_unusable', LATE + LOOK_AGAIN_MS))
  })
})

describe('a silence', () => {
  const silence = {
    name: 'repair',
    comment: 'works',
    when: { field: 'data.camera', op: 'eq', value: 'cam-1' },
    until: '2026-03-19T00:00:00+03:00',
  }
  const silenced = (some: object, fields = fieldsWith(), now = LATE): boolean =>
    hold({ parts: { silences: [{ ...silence, ...some }] }, fields, now, priority: 0 }).kind === 'never'

  it('keeps back what it is about, critical events too, and says which it was', () => {
    expect(hold({ parts: { silences: [silence] }, priority: 0 })).toEqual(never('silence', 'repair'))
    expect(silenced({}, fieldsWith({ data: { camera: 'cam-2' } }))).toBe(false)
  })

  it('begins at its beginning and is over at its end', () => {
    expect(silenced({}, fieldsWith(), at(silence.until) - 1)).toBe(true)
    expect(silenced({}, fieldsWith(), at(silence.until))).toBe(false)
    expect(silenced({ from: '2026-03-18T23:30:00+03:00' })).toBe(true)
    expect(silenced({ from: '2026-03-18T23:30:00.001+03:00' })).toBe(false)
  })

  it('holds at the hours of its schedule only, in its zone or that of the workspace', () => {
    expect(silenced({ schedule: { days: ['wed'], from: '23:00', to: '04:00' } })).toBe(true)
    expect(silenced({ schedule: { days: ['wed'], from: '01:00', to: '04:00' } })).toBe(false)
    expect(silenced({ schedule: { days: ['thu'] } })).toBe(false)
    expect(silenced({ schedule: { days: ['thu'], timeZone: 'Asia/Yekaterinburg' } })).toBe(true)
    const parts = {
      silences: [{ ...silence, schedule: { days: ['thu'] } }],
      workspace: { timeZone: 'Asia/Yekaterinburg' },
    }
    expect(hold({ parts })).toEqual(never('silence', 'repair'))
  })

  it('the first that fits is named', () => {
    const parts = {
      silences: [{ ...silence, name: 'over', until: '2026-01-01T00:00:00Z' }, { ...silence, name: 'first' }, silence],
    }
    expect(hold({ parts })).toEqual(never('silence', 'first'))
  })
})

describe('the hours of a person', () => {
  const quiet: User = { ...IVAN, quietHours: { from: '22:00', to: '08:00' } }
  const office: User = {
    ...IVAN,
    workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  }

  test.each<[string, User, object]>([
    ['quiet hours: until they end', quiet, later('quiet_hours', at('2026-03-19T08:00:00+03:00'))],
    [
      'in their own zone',
      { ...quiet, timeZone: 'Asia/Yekaterinburg' },
      later('quiet_hours', at('2026-03-19T08:00:00+05:00')),
    ],
    ['not quiet in another zone', { ...quiet, timeZone: 'America/New_York' }, NOW],
    ['working hours: until they begin', office, later('working_hours', at('2026-03-19T09:00:00+03:00'))],
    ['working hours in a zone where they are on', { ...office, timeZone: 'America/New_York' }, NOW],
    [
      'quiet hours go before working hours',
      { ...office, ...quiet },
      later('quiet_hours', at('2026-03-19T08:00:00+03:00')),
    ],
    [
      'working hours of one day a week',
      { ...IVAN, workingHours: { days: ['mon'], from: '23:59', to: '23:59', timeZone: 'Asia/Kathmandu' } },
      later('working_hours', at('2026-03-23T23:59:00+05:45')),
    ],
  ])('%s', (_what, person, decision) => {
    expect(hold({ person })).toEqual(decision)
  })

  it('do not keep back what is critical', () => {
    expect(hold({ person: { ...office, ...quiet }, priority: 0 })).toEqual(NOW)
    expect(hold({ person: { ...office, ...quiet }, priority: 2 }).kind).toBe('later')
  })

  it('are nothing to a way without a person', () => {
    expect(hold({ person: null, priority: 2 })).toEqual(NOW)
  })

  it('of a channel that is not ready are not waited for first', () => {
    expect(hold({ person: quiet, parts: { channels: [{ ...MAIL, enabled: false }] } })).toEqual(
      later('channel_off', LATE + LOOK_AGAIN_MS),
    )
  })
})

describe('any decision', () => {
  const hour = fc.integer({ min: 0, max: 23 }).map((each) => `${String(each).padStart(2, '0')}:00`)
  const person = fc.option(
    fc.record(
      {
        login: fc.constant('ivan'),
        timeZone: fc.constantFrom('Europe/Moscow', 'Europe/Berlin', 'Asia/Kathmandu'),
        quietHours: fc.record({ from: hour, to: hour }),
        workingHours: fc.record({ from: hour, to: hour }),
      },
      { requiredKeys: ['login'] },
    ) as fc.Arbitrary<User>,
  )
  const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') })

  it('to wait is a wait that ends later, within a day and a bit; what is critical never waits for hours', () => {
    fc.assert(
      fc.property(person, moment, fc.constantFrom<Priority>(0, 1, 2), (who, now, priority) => {
        const decision = hold({ person: who, now, priority })
        expect(decision.kind).not.toBe('never')
        if (decision.kind !== 'later') return
        expect(priority).not.toBe(0)
        expect(decision.dueAt).toBeGreaterThan(now)
        expect(decision.dueAt).toBeLessThanOrEqual(now + 49 * 3_600_000)
      }),
    )
  })
})

describe('what the incident says', () => {
  const look = (some: Partial<IncidentLook>): IncidentLook => ({
    step: 2,
    answered: null,
    waitedFor: null,
    event: { id: '01a20000-0000-7000-8000-000000000000' },
    attempts: 0,
    living: false,
    followed: false,
    incident: { state: 'open', told: ['m1'], toldEvent: null },
    ...some,
  })
  const open = { state: 'open', told: null, toldEvent: null } as const
  const ended = { state: 'ended', told: null, toldEvent: null } as const
  const told = { state: 'open', told: ['m1'], toldEvent: null } as const
  const endedTold = { state: 'ended', told: ['m1'], toldEvent: null } as const

  test.each<[string, Partial<IncidentLook>, string]>([
    ['no incident', { incident: null, waitedFor: 'quiet_hours', living: true, followed: true }, 'now'],
    ['an opening', { step: 1, incident: open }, 'now'],
    ['an opening that is merely late, all over by now', { step: 1, incident: ended }, 'now'],
    [
      'an opening kept through the night, all over by now',
      { step: 1, waitedFor: 'quiet_hours', incident: ended },
      'incident_ended',
    ],
    [
      'an update kept until work begins, all over by now',
      { waitedFor: 'working_hours', incident: endedTold },
      'incident_ended',
    ],
    ['an opening kept through the night, still open', { step: 1, waitedFor: 'quiet_hours', incident: open }, 'now'],
    [
      'one kept through the night that was tried already',
      { step: 1, waitedFor: 'quiet_hours', attempts: 1, incident: ended },
      'now',
    ],
    ['one that waited for its channel', { step: 1, waitedFor: 'channel_incomplete', incident: ended }, 'now'],
    ['the closing itself', { step: 3, waitedFor: 'quiet_hours', incident: endedTold }, 'now'],
    ['a closing of what was never told', { step: 3, incident: ended }, 'never_told'],
    [
      'a closing of what was told without an id',
      { step: 3, incident: { state: 'ended', told: [], toldEvent: null } },
      'now',
    ],
    ['a closing that goes in any case', { step: 4, incident: ended }, 'now'],
    ['a living message that a newer one follows', { living: true, followed: true, incident: told }, 'superseded'],
    ['a living message that is not shown yet', { living: true, followed: true, incident: open }, 'now'],
    [
      'a living message that was tried, and may have arrived',
      { living: true, followed: true, attempts: 1, incident: told },
      'now',
    ],
    ['a living message with nothing behind it', { living: true, incident: told }, 'now'],
    ['one of many messages with others behind it', { followed: true, incident: told }, 'now'],
  ])('%s: %s', (_what, some, reason) => {
    const decision = decideByIncident(look(some))
    expect(decision.kind === 'never' ? decision.reason : decision.kind).toBe(reason)
  })

  it('never asks to wait, and never keeps back what was tried, but for a closing nobody waits for', () => {
    const any = fc.record({
      step: fc.constantFrom<Step>(0, 1, 2, 3, 4),
      waitedFor: fc.constantFrom(null, 'quiet_hours', 'working_hours', 'digest', 'channel_off', 'timeout'),
      attempts: fc.integer({ min: 0, max: 3 }),
      living: fc.boolean(),
      followed: fc.boolean(),
      answered: fc.constant(null),
      incident: fc.option(
        fc.record({
          state: fc.constantFrom<IncidentState>('open', 'acknowledged', 'ended'),
          told: fc.constantFrom(null, [], ['m1']),
          toldEvent: fc.constantFrom(null, 'a', 'c'),
        }),
      ),
      event: fc.constant({ id: 'b' }),
    })
    fc.assert(
      fc.property(any, (each) => {
        const decision = decideByIncident(each)
        expect(decision.kind).not.toBe('later')
        const later = each.incident?.toldEvent === 'c'
        if (decision.kind === 'never' && each.attempts > 0)
          expect(decision.reason).toBe(later ? 'superseded' : 'never_told')
        if (later && each.step !== 0) expect(decision).toEqual({ kind: 'never', reason: 'superseded' })
        if (each.step === 4) expect(decision).not.toEqual({ kind: 'never', reason: 'never_told' })
      }),
    )
  })
})

describe('the end of a digest', () => {
  const view = viewOf({})
  const end = (digest: object | undefined, priority: Priority, person: User | null = null): number | null =>
    digestEnd(
      { name: 'r', to: [], ...(digest === undefined ? {} : { digest: digest as { every: string } }) },
      priority,
      person,
      view,
      LATE,
    )

  it('is so long after its first event, or at an hour in the zone of the recipient', () => {
    expect(end({ every: '15m' }, 1)).toBe(LATE + 900_000)
    expect(end({ daily: '09:00' }, 2)).toBe(at('2026-03-19T09:00:00+03:00'))
    expect(end({ daily: '09:00' }, 2, { ...IVAN, timeZone: 'Asia/Yekaterinburg' })).toBe(
      at('2026-03-19T09:00:00+05:00'),
    )
  })
  it('is none for what is critical and for rules without one', () => {
    expect(end({ every: '15m' }, 0)).toBeNull()
    expect(end(undefined, 2)).toBeNull()
  })
})
