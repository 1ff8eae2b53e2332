import { describe, expect, it } from 'vitest'
import type { Rule } from '@nabat/api/rule.ts'
import { systemRandom } from '../clock.ts'
import { idMaker, idText } from '../ids.ts'
import { claimedRow } from '../../test/support/claimed.ts'
import { idOf, viewOf, type ViewParts } from '../../test/support/view.ts'
import { DryRun } from './dry-run.ts'
import type { SeenEvent } from './event.ts'
import { inWords } from './words.ts'

/* Each event is given by when it was accepted; all times are of one Monday in Moscow. */

const at = (clock: string, day = 6): number => Date.parse(`2026-07-0${day}T${clock}:00+03:00`)
const RULE: Rule = { name: 'tried', types: ['camera.*'], to: [{ user: 'ivan' }] }
const IVAN = { login: 'ivan', contacts: [{ channel: 'inbox' }] }
const BOT = { name: 'bot', kind: 'telegram', token: '1000:AAH' }

const time = { ms: 0, now: () => time.ms, after: () => () => {} }
let makeId = idMaker(time, systemRandom)

function event(ms: number, some: Partial<SeenEvent> = {}): SeenEvent {
  // A maker of ids never goes back; the next test does.
  if (ms < time.ms) makeId = idMaker(time, systemRandom)
  time.ms = ms
  const { attachments: _attachments, ...row } = claimedRow().event
  return { ...row, id: makeId().replaceAll('-', ''), eventId: null, time: ms, at: ms, ...some }
}

const down = (ms: number, camera = 'cam-1', some: Partial<SeenEvent> = {}): SeenEvent =>
  event(ms, { incident: `camera:${camera}`, subject: camera, data: { camera }, ...some })
const up = (ms: number, camera = 'cam-1'): SeenEvent => down(ms, camera, { type: 'camera.available', severity: 2 })

function run(events: readonly SeenEvent[], rule: Partial<Rule> = {}, parts: ViewParts = {}) {
  const rules = [...(parts.rules ?? []), { ...RULE, ...rule }]
  const view = viewOf({ users: [IVAN], channels: [BOT], ...parts, rules })
  const dry = new DryRun(view, idOf(view, 'rules', RULE.name))
  for (const each of events) dry.see(each)
  const overBudget = dry.end()
  const { tally, matched, first } = dry
  const counts = { matched, messages: tally.messages, held: dry.held.counts, suppressed: dry.suppressed.counts }
  return { ...counts, tally, overBudget, first: first.map((each) => inWords(each, view)) }
}

/** What is counted, without hours and words. */
function counts(...parameters: Parameters<typeof run>): object {
  const { matched, messages, held, suppressed } = run(...parameters)
  return { matched, messages, held, suppressed }
}

describe('a dry run counts', () => {
  it('what matches the rule, and nothing else', () => {
    const events = [
      down(at('10:00')),
      down(at('10:01'), 'cam-2'),
      event(at('10:02'), { type: 'server.unavailable', data: { server: 's' } }),
      event(at('10:03'), { type: 'type.removed.since' }),
    ]
    const when = { field: 'data.camera', op: 'eq', value: 'cam-2' } as const
    expect(counts(events)).toEqual({ matched: 2, messages: 2, held: {}, suppressed: {} })
    expect(counts(events, { when })).toEqual({ matched: 1, messages: 1, held: {}, suppressed: {} })
  })

  it('by the schedule of the rule at the time of the event', () => {
    const events = [down(at('08:59')), down(at('09:00')), down(at('17:59')), down(at('18:00'))]
    expect(counts(events, { schedule: { from: '09:00', to: '18:00' } })).toMatchObject({ matched: 2, messages: 2 })
  })

  it('one message in the span of a throttle, for each key', () => {
    const events = [down(at('10:00')), down(at('10:04')), down(at('10:04'), 'cam-2'), down(at('10:05'))]
    expect(counts(events, { throttle: { per: '5m' } })).toMatchObject({ messages: 3, suppressed: { throttled: 1 } })
  })

  it('a digest as one message, told when it ends', () => {
    const events = [down(at('10:00')), down(at('10:10'), 'cam-2'), down(at('10:29'), 'cam-3'), down(at('10:31'))]
    const { messages, held, tally, first } = run(events, { digest: { every: '30m' } })
    expect({ messages, held }).toEqual({ messages: 2, held: { digest: 4 } })
    expect(tally.perHour[10]! + tally.perHour[11]!).toBe(2)
    expect(tally.perHour[11]).toBe(1)
    expect(first[0]!.title).toContain('3')
    expect(first[0]!.at).toBe('2026-07-06T07:30:00.000Z')
  })

  it('what quiet hours hold at the hour it would leave, and not what ended meanwhile', () => {
    const users = [{ ...IVAN, quietHours: { from: '22:00', to: '08:00' } }]
    const events = [
      down(at('23:00')),
      down(at('23:10'), 'cam-2'),
      up(at('23:50'), 'cam-2'),
      down(at('23:55'), 'cam-3', { severity: 0 }),
    ]
    const { messages, held, suppressed, tally } = run(events, {}, { users })
    expect({ messages, held, suppressed }).toEqual({
      messages: 2,
      held: { quiet_hours: 3 },
      suppressed: { incident_ended: 1, never_told: 1 },
    })
    expect(tally.perHour[8]).toBe(1)
    expect(tally.perHour[23]).toBe(1)
    expect(tally.night).toBe(1)
  })

  it('no message for somebody whose hours never leave a moment', () => {
    const users = [
      { ...IVAN, quietHours: { from: '09:00', to: '18:00' }, workingHours: { from: '09:00', to: '18:00' } },
    ]
    expect(counts([down(at('10:00'))], {}, { users })).toMatchObject({ messages: 0, held: { quiet_hours: 1 } })
  })

  it('a closing to those who were told of the opening, and to all when there was none', () => {
    const users = [{ ...IVAN, workingHours: { days: ['tue'], from: '09:00', to: '18:00' } }]
    expect(counts([down(at('10:00')), up(at('10:01'))])).toMatchObject({ messages: 2, suppressed: {} })
    expect(counts([up(at('10:01'))])).toMatchObject({ messages: 1, suppressed: {} })
    expect(counts([down(at('10:00')), up(at('10:01'))], {}, { users })).toMatchObject({
      messages: 0,
      held: { working_hours: 2 },
      suppressed: { incident_ended: 1, never_told: 1 },
    })
    // The rule names only the closing: nobody waits for an opening through it.
    expect(counts([down(at('10:00')), up(at('10:01'))], { types: ['camera.available'] })).toMatchObject({ messages: 1 })
  })

  it('what is never sent, by reason', () => {
    const silences = [
      {
        ...{ name: 'works', comment: 'Работы', from: '2026-07-06T10:30:00+03:00', until: '2026-07-06T11:00:00+03:00' },
        when: { field: 'data.camera', op: 'eq', value: 'cam-1' },
      },
    ]
    const events = [down(at('10:00')), down(at('10:45')), down(at('11:00'))]
    expect(counts(events, {}, { silences })).toMatchObject({ messages: 2, suppressed: { silence: 1 } })
    const users = [{ login: 'ivan' }]
    expect(counts(events, {}, { users })).toMatchObject({ matched: 3, messages: 0, suppressed: { unreachable: 3 } })
  })
})

describe('a dry run tells', () => {
  it('for whom messages are, most first, and at which hours and days of the workspace', () => {
    const users = [IVAN, { login: 'anna', timeZone: 'Asia/Yekaterinburg', contacts: [{ channel: 'inbox' }] }]
    const to = [{ user: 'anna' }, { channel: 'bot', chat: -100 }]
    const events = [down(at('20:30')), down(at('09:00', 7), 'cam-2')]
    const { tally } = run(events, { to: [...to, { user: 'ivan' }] }, { users })
    expect(tally.perRecipient).toEqual([
      { destination: 'inbox anna', recipient: 'anna', messages: 2 },
      { destination: 'bot -100', recipient: null, messages: 2 },
      { destination: 'inbox ivan', recipient: 'ivan', messages: 2 },
    ])
    expect(tally.perHour.flatMap((count, hour) => (count > 0 ? [[hour, count]] : []))).toEqual([
      [9, 3],
      [20, 3],
    ])
    expect(tally.perWeekday).toEqual([3, 3, 0, 0, 0, 0, 0])
    // 20:30 in Moscow is 22:30 for Anna alone.
    expect(tally.night).toBe(1)
  })

  it('the first twenty in words, in the order in which they would have left', () => {
    const events = Array.from({ length: 30 }, (_, n) => down(at('10:00') + n * 1000, `cam-${n}`))
    const { first } = run(events)
    expect(first).toHaveLength(20)
    expect(first[0]).toMatchObject({
      event: idText(Buffer.from(events[0]!.id, 'hex')),
      destination: 'inbox ivan',
      at: '2026-07-06T07:00:00.000Z',
    })
    expect(first[19]!.title + first[19]!.text).toContain('cam-19')
  })
})

describe('messages that do not fit the limits of Telegram', () => {
  const to = [{ channel: 'bot', chat: -100 }]
  const storm = (count: number, everyMs: number): SeenEvent[] =>
    Array.from({ length: count }, (_, n) => down(at('10:00') + n * everyMs, `cam-${n}`))

  it('are those a group takes more than a minute later than they came', () => {
    // 20 at once in a second each, and 20 a minute: of 60 the last twenty wait for the third minute.
    expect(run(storm(20, 1000), { to }).overBudget).toBe(0)
    expect(run(storm(40, 0), { to }).overBudget).toBe(20)
    expect(run(storm(60, 0), { to }).overBudget).toBe(40)
    expect(run(storm(60, 3100), { to }).overBudget).toBe(0)
  })

  it('are not those of another chat: a busy group takes nothing from it', () => {
    const calm = { to: [...to, { channel: 'bot', chat: 555, private: true }] }
    const { overBudget, messages } = run(storm(50, 1500), calm)
    expect(messages).toBe(100)
    const alone = run(storm(50, 1500), { to }).overBudget
    expect(overBudget).toBe(alone)
  })

  it('are counted for the bot as a whole', () => {
    const chats = Array.from({ length: 100 }, (_, n) => ({ channel: 'bot', chat: 1000 + n, private: true }))
    // 2,000 in the first moment at 30 a second: those behind the first 1,800 come later than a minute.
    const { overBudget } = run(storm(20, 0), { to: chats })
    expect(overBudget).toBeGreaterThan(180)
    expect(overBudget).toBeLessThan(240)
  })
})
