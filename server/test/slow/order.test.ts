import { constantFrom, integer, record, sample } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusals, type TelegramFault } from '../standins/telegram-methods.ts'
import { startHouse } from '../support/house.ts'

/*
 * The end of a fault never arrives before its beginning, whatever keeps the beginning back and whenever the end comes.
 * Every case has a chat and a bot of its own, so that all of them run at once and none waits for the budget of another.
 */

const FAULTS = {
  throttled: refusals.throttled(1),
  broken: refusals.broken,
  dropped: { drop: 'before' },
  'dropped after it was taken': { drop: 'after' },
  slow: { delayMs: 300 },
} as const satisfies Record<string, TelegramFault>

const CASES = sample(
  record({
    fault: constantFrom(...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])),
    times: integer({ min: 1, max: 2 }),
    gapMs: integer({ min: 0, max: 1500 }),
    severity: constantFrom('critical', 'warning'),
  }),
  { numRuns: 30, seed: 20260314 },
)

const bot = (index: number): string =>
  `  - { name: bot ${index}, kind: telegram, token: "${2000 + index}:AAH", apiRoot: "TELEGRAM" }`
const rule = (index: number): string => `
  - { name: rule ${index}, types: [camera.*], when: { field: data.camera, op: eq, value: "camera ${index}" }, messages: each,
      to: [{ channel: bot ${index}, chat: "-${700 + index}" }] }`

describe('the beginning and the end of a fault', () => {
  it('arrive in that order', { timeout: 120_000 }, async () => {
    await using house = await startHouse(
      `rules:${CASES.map((_, index) => rule(index)).join('')}`,
      CASES.map((_, index) => bot(index)).join('\n'),
    )
    await Promise.all(
      CASES.map(async ({ fault, times, gapMs, severity }, index) => {
        const chat = `-${700 + index}`
        house.telegram.fail({ ...FAULTS[fault], chat, times })
        const data = { camera: `camera ${index}` }
        const first = await house.post('camera.unavailable', data, { severity })
        await new Promise((resolve) => setTimeout(resolve, gapMs))
        const second = await house.post('camera.available', data, { severity })
        for (const event of [first, second]) await house.deliveriesWhen(event, ([one]) => one?.state === 'sent', 60_000)
      }),
    )
    for (const [index, { fault, times }] of CASES.entries()) {
      const texts = house.telegram.messages.filter((one) => one.chat === `-${700 + index}`).map((one) => one.text)
      const kinds = texts.map((text) => (text.includes('недоступна') ? 'beginning' : 'end'))
      const repeats = fault === 'dropped after it was taken' ? times : 0
      expect({ index, kinds }).toEqual({
        index,
        kinds: [...Array.from({ length: 1 + repeats }, () => 'beginning'), 'end'],
      })
    }
  })
})
