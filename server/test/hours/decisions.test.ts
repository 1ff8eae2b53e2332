import { describe, expect, it, test } from 'vitest'
import { scheduleOf, hoursOf } from './hours.ts'
import { BACK, DIGESTS, FORWARD, NIGHTS, SCHEDULES, WORK, type Row } from './rows.ts'
import { fieldsWith } from '../support/fields.ts'
import { viewOf } from '../support/view.ts'
import { decideHold, digestEnd } from '../../src/pipeline/hold.ts'
import { compileRule, matchRules } from '../../src/pipeline/rules.ts'
import type { Priority } from '../../src/store/store.ts'

const VIEW = viewOf({ silences: [] })
const INBOX = VIEW.channelByName('inbox')!

/** When a message leaves: each time its turn comes it is looked at again, as the pipeline does. */
function leavesAt([zone, hours]: Row, now: number, priority: Priority = 1): number {
  const { person: personal, daily } = hoursOf(hours)
  const person = { login: 'ivan', timeZone: zone, ...personal }
  const rule = { name: 'r', to: [], ...(daily === null ? {} : { digest: { daily } }) }
  let at = digestEnd(rule, priority, person, VIEW, now) ?? now
  for (let looks = 0; looks < 5; looks += 1) {
    const input = { fields: fieldsWith(), priority, person, channel: INBOX, disabled: undefined }
    const decision = decideHold(input, VIEW, at)
    if (decision.kind !== 'later') return at
    expect(decision.dueAt).toBeGreaterThan(at)
    at = decision.dueAt
  }
  throw new Error('put off again and again')
}

describe.each([
  ['nights', NIGHTS],
  ['nights on which the clock is put forward', FORWARD],
  ['nights on which the clock is put back', BACK],
  ['working hours', WORK],
  ['daily digests', DIGESTS],
])('%s, as decided', (_what, rows) => {
  test.each(rows.map((row) => [...row]))('%s, %s: of %s leaves %s (%s)', (...row) => {
    const [, , event, release] = row as unknown as Row
    const now = Date.parse(event)
    expect(new Date(leavesAt(row as unknown as Row, now)).toISOString()).toBe(
      new Date(release === '—' ? now : Date.parse(release)).toISOString(),
    )
  })

  it('what is critical leaves at once', () => {
    for (const row of rows) expect(leavesAt(row, Date.parse(row[2]), 0)).toBe(Date.parse(row[2]))
  })
})

describe('a schedule', () => {
  const rows = SCHEDULES.map((row) => [...row] as [string, string, boolean, string])

  test.each(rows)('%s at %s: a rule is in force %s (%s)', (schedule, event, holds) => {
    const rule = compileRule(1, { name: 'r', types: ['*'], to: [], schedule: scheduleOf(schedule) })
    expect(matchRules(fieldsWith(), [rule], Date.parse(event), 'Europe/Moscow').matched.length).toBe(holds ? 1 : 0)
  })

  test.each(rows)('%s at %s: a silence holds %s (%s)', (schedule, event, holds) => {
    const silence = { name: 's', comment: 'c', when: { all: [] }, until: '2100-01-01T00:00:00Z' }
    const view = viewOf({ silences: [{ ...silence, schedule: scheduleOf(schedule) }] })
    const input = { fields: fieldsWith(), priority: 1, person: null, channel: INBOX, disabled: undefined } as const
    const decision = decideHold(input, view, Date.parse(event))
    expect(decision).toEqual(holds ? { kind: 'never', reason: 'silence', by: 's' } : { kind: 'now' })
  })
})
