import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO_ACTIONS } from '@nabat/api/demo.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CALM, deed, possible, type Case } from '../../demo/actions.ts'
import { companyEdits } from '../../demo/company.ts'
import { fortnight } from '../../demo/fortnight.ts'
import { makePast } from '../../demo/past.ts'
import { CAMERAS, HOUSES, SERVERS } from '../../demo/places.ts'
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'
import { dice } from './simulation/random.ts'
import { startTelegram, type TelegramStandIn } from './standins/telegram.ts'
import { virtualNode } from './support/virtual-node.ts'

/* The company of `npm run demo`: what it has lived through, and that every button of it can be pressed. */

const NOW = Date.parse('2026-11-20T11:00:00Z')
const nowhere = { mail: { port: 25 }, mattermost: { url: 'http://127.0.0.1:9/hooks/demo' } }

describe('the past of the demonstration', () => {
  let folder: string
  let telegram: TelegramStandIn
  let store: Store
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nabat-demo-'))
    telegram = await startTelegram()
    await makePast({ folder, secretKey: 'demo', now: NOW, outlets: { telegram, ...nowhere }, telegram })
    store = openSqliteStore(folder)
  })
  afterAll(async () => {
    await store.close()
    await telegram.close()
    await rm(folder, { recursive: true, force: true })
  })
  const count = async (sql: string): Promise<number> =>
    Number((await store.read({ sql: `select count(*) as n from ${sql}`, parameters: [] }))[0]!['n'])

  it('is of three servers, twelve houses and sixty cameras, and full of events', async () => {
    expect([SERVERS.length, HOUSES.length, new Set(CAMERAS).size]).toEqual([3, 12, 60])
    expect(await count('events')).toBeGreaterThan(300)
  })

  it('leaves two incidents of cameras: one that nobody has taken on, one that somebody has', async () => {
    const open = "incidents where key like 'camera:%' and state ="
    expect([await count(`${open} 'open'`), await count(`${open} 'acknowledged'`)]).toEqual([1, 1])
  })

  it('has a storm that was folded, an outage that was got round, silence, and somebody who has shut the bot out', async () => {
    expect(await count("deliveries where reason = 'folded'")).toBeGreaterThanOrEqual(15)
    expect(
      await count("deliveries where reason = 'told_otherwise' or attempts like '%unreachable_host%'"),
    ).toBeGreaterThan(0)
    expect(await count("deliveries where reason = 'silence'")).toBeGreaterThan(0)
    expect(await count('destinations where disabled_at is not null')).toBe(1)
  })

  it('is the same for the same dice', () => {
    expect(fortnight(NOW, dice(7))).toEqual(fortnight(NOW, dice(7)))
  })
})

describe('the buttons of the demonstration', () => {
  it('all come to events that Nabat takes, however often they are pressed', async () => {
    const telegram = { url: 'http://127.0.0.1:9' }
    await using node = await virtualNode(NOW, companyEdits({ telegram, ...nowhere }, NOW))
    let now: Case = CALM
    const pressed = new Set<string>()
    for (let round = 0; round < 3; round += 1)
      for (const down of [false, true])
        for (const action of DEMO_ACTIONS) {
          if (!possible(now, down).includes(action)) continue
          const { says, events, after } = deed(action, now, NOW + round)
          expect(says.ru.length * says.en.length).toBeGreaterThan(0)
          if (events.length > 0) await node.post(events)
          now = after
          pressed.add(action)
        }
    expect([...pressed].sort()).toEqual([...DEMO_ACTIONS].sort())
  })

  it('are none where there is nothing to act on', () => {
    expect(possible(CALM, false)).not.toContain('camera-back')
    expect(possible(CALM, false)).not.toContain('telegram-back')
    expect(possible(CALM, true)).toContain('telegram-back')
  })
})
