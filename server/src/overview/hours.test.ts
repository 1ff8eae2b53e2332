import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../clock.ts'
import { idMaker, idText, idTime } from '../ids.ts'
import { HOUR_MS, hourOf } from '../store/hours.ts'
import { accept, claim, delivery, ended, event, NOW } from '../store/specification/rows.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import { STATES, type ClaimedRow, type Priority, type Store } from '../store/store.ts'
import { addTo, channelOf, hourText, nothingCounted, type Counts } from './hour.ts'
import { lookAtHours, readHours } from './hours.ts'
import { BOUNDS } from './latency.ts'

/*
 * What is kept of hours against counting all of history anew, whatever happens to deliveries in whatever order: with
 * looks in between, digests that gather over hours, messages that are tried again days later.
 */

const CHATS = ['a', 'b'] as const
const MINUTE = 60_000
const FIRST = hourOf(NOW) - HOUR_MS

class Life {
  readonly store: Store
  now = NOW
  readonly makeId = idMaker({ now: () => this.now, after: () => () => {} }, systemRandom)
  readonly made: string[] = []
  readonly claimed: ClaimedRow[] = []
  readonly chats = new Set<string>()

  constructor(store: Store) {
    this.store = store
  }

  async happens(chat: string, severity: Priority, how: 'leaves' | 'digest' | 'suppressed', subject: string | null) {
    const id = this.makeId()
    const one = delivery(
      {
        ...{ id: this.makeId(), priority: severity, dueAt: this.now, expiresAt: this.now + 1_000 * HOUR_MS },
        ...(how === 'digest' && { digest: true, dueAt: this.now + 90 * MINUTE, rule: 2 }),
        ...(how === 'suppressed' && { suppressed: 'silence', destination: null }),
      },
      chat,
    )
    await accept(this.store, [event({ id, severity, subject, time: this.now, deliveries: [one] })], { at: this.now })
    this.made.push(one.id)
    if (how !== 'suppressed') this.chats.add(chat)
  }

  async claims(chat: string) {
    if (this.chats.has(chat)) this.claimed.push(...(await claim(this.store, { chat, now: this.now })))
  }

  async settles(state: 'sent' | 'failed', together: boolean) {
    const rows = this.claimed.splice(0, together ? 3 : 1)
    const foldedInto = together && rows.length > 1 && rows.every((row) => !row.digest) ? rows[0]!.delivery : null
    const reason = state === 'failed' ? 'blocked' : foldedInto === null ? null : 'folded'
    await this.store.settle(
      rows.map((row) => ended(row, { state, reason, foldedInto: state === 'sent' ? foldedInto : null })),
      [],
      this.now,
    )
  }

  one(pick: number): string[] {
    return this.made.length === 0 ? [] : [this.made[pick % this.made.length]!]
  }
}

/** Every hour as it is kept, by its beginning; hours of nothing are left out. */
async function kept(life: Life): Promise<Map<number, string>> {
  const { fresh, left } = await lookAtHours(life.store, 1, FIRST, life.now)
  expect(left).toBe(0)
  const hours = new Map<number, Counts>()
  const take = (hour: number): Counts => {
    if (!hours.has(hour)) hours.set(hour, nothingCounted())
    return hours.get(hour)!
  }
  await readHours(life.store, 1, FIRST, hourOf(life.now) + HOUR_MS, fresh, take)
  return texts(hours)
}

function texts(hours: ReadonlyMap<number, Counts>): Map<number, string> {
  const sorted = [...hours].map(([hour, counts]) => {
    const channels = new Map([...counts.channels].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    return [hour, hourText({ ...counts, channels })] as const
  })
  return new Map(sorted.filter(([, text]) => text !== hourText(nothingCounted())).toSorted(([a], [b]) => a - b))
}

/** All of history, counted as anybody would. */
async function counted(store: Store): Promise<Map<number, string>> {
  const hours = new Map<number, Counts>()
  const of = (id: string): Counts => {
    const hour = hourOf(idTime(id))
    if (!hours.has(hour)) hours.set(hour, nothingCounted())
    return hours.get(hour)!
  }
  const events = await store.read({ sql: 'select * from events where workspace = ?', parameters: [1] })
  for (const row of events)
    if (row['subject'] !== null) addTo(of(idText(row['id'] as Uint8Array)).subjects, row['subject'] as string, 1)
  const severity = new Map(events.map((row) => [idText(row['id'] as Uint8Array), Number(row['severity'])]))
  const places = await store.read({ sql: 'select * from destinations where workspace = ?', parameters: [1] })
  const channelOfPlace = new Map(places.map((row) => [Number(row['id']), Number(row['channel'])]))
  const rows = await store.read({ sql: 'select * from deliveries where workspace = ?', parameters: [1] })
  const text = (id: unknown): string | null => (id === null ? null : idText(id as Uint8Array))
  const leads = new Set(rows.filter((row) => row['note'] === 'joined').map((row) => text(row['digest'])))
  for (const row of rows) {
    const id = text(row['id'])!
    const eventId = text(row['event'])!
    const state = Number(row['state'])
    const channel = row['destination'] === null ? 0 : channelOfPlace.get(Number(row['destination']))!
    const sum = channelOf(of(id), channel, severity.get(eventId) === 0)
    sum.ends[state]! += 1
    if (row['reason'] === 'folded') sum.folded += 1
    if (row['reason'] === 'folded' && text(row['digest']) === id) sum.summaries += 1
    addTo(of(id).rules, Number(row['rule']), 1)
    if (STATES[state] !== 'sent' || row['note'] === 'joined' || leads.has(id)) continue
    const took = Number(row['ended_at']) - idTime(eventId)
    const bucket = BOUNDS.findIndex((bound) => took <= bound)
    sum.took[bucket < 0 ? BOUNDS.length : bucket]! += 1
  }
  return texts(hours)
}

type Step = (life: Life) => Promise<unknown>
const chat = fc.constantFrom(...CHATS)
const pick = fc.nat({ max: 50 })
const STEPS: fc.Arbitrary<{ name: string; run: Step }>[] = [
  fc
    .tuple(
      chat,
      fc.constantFrom<Priority>(0, 1, 2),
      fc.constantFrom('leaves', 'leaves', 'digest', 'suppressed'),
      fc.constantFrom(null, 'cam-1', 'cam-2'),
    )
    .map((some) => ({ name: `happens ${some.join()}`, run: (life) => life.happens(...some) })),
  chat.map((one) => ({ name: `claims ${one}`, run: (life) => life.claims(one) })),
  fc.tuple(fc.constantFrom('sent', 'sent', 'failed'), fc.boolean()).map(([state, together]) => ({
    name: `settles ${state} ${together}`,
    run: (life) => life.settles(state, together),
  })),
  pick.map((n) => ({
    name: `cancels ${n}`,
    run: (life) => life.store.cancelDeliveries(1, life.one(n), 'cancelled', life.now),
  })),
  pick.map((n) => ({
    name: `retries ${n}`,
    run: (life) => life.store.retryDeliveries(1, life.one(n), life.now, life.now + 1_000 * HOUR_MS),
  })),
  fc.constantFrom(3, 40, 200_000, 25 * MINUTE, 95 * MINUTE, 6 * HOUR_MS).map((ms) => ({
    name: `passes ${ms}`,
    run: async (life) => void (life.now += ms),
  })),
  fc.constant({ name: 'looks', run: kept }),
]

describe.each(STORES)('the hours that are kept, $name', (kind) => {
  it('are what all of history comes to, whatever happened to it', { timeout: 120_000 }, async () => {
    const lives = fc.array(fc.oneof(...STEPS), { minLength: 5, maxLength: 50, size: 'max' })
    await fc.assert(
      fc.asyncProperty(lives, async (steps) => {
        const { store, close } = await freshStore(kind)
        const life = new Life(store)
        for (const { run } of steps) await run(life)
        expect(await kept(life)).toEqual(await counted(store))
        life.now += 3 * HOUR_MS
        expect(await kept(life)).toEqual(await counted(store))
        for (const one of CHATS) await life.claims(one)
        while (life.claimed.length > 0) await life.settles('sent', false)
        expect(await kept(life)).toEqual(await counted(store))
        await close()
      }),
      { numRuns: kind.name === 'sqlite' ? 15 : 6 },
    )
  })

  it('follow a digest that began in an hour before, and one that goes another way', async () => {
    const { store } = await freshStore(kind)
    const life = new Life(store)
    life.now = FIRST
    await life.happens('a', 1, 'digest', null)
    life.now += 80 * MINUTE
    await life.happens('a', 1, 'digest', null)
    life.now += 3 * HOUR_MS
    expect(await kept(life)).toEqual(await counted(store))
    await life.claims('a')
    const [row] = life.claimed.splice(0)
    const instead = delivery({ id: life.makeId(), digest: true, rule: 2, dueAt: life.now }, 'b')
    await store.settle([ended(row!, { state: 'failed', reason: 'blocked', instead })], [], life.now)
    life.chats.add('b')
    expect(await kept(life)).toEqual(await counted(store))
    await life.claims('b')
    await life.settles('sent', false)
    expect(await kept(life)).toEqual(await counted(store))
  })

  it('are counted once: what is over and waits for nothing is never read again', async () => {
    const { store } = await freshStore(kind)
    const life = new Life(store)
    for (let hour = 0; hour < 6; hour += 1) {
      for (let n = 0; n < 5; n += 1) await life.happens('a', 1, 'leaves', 'cam-1')
      await life.claims('a')
      while (life.claimed.length > 0) await life.settles('sent', false)
      life.now += HOUR_MS
    }
    const asked: string[] = []
    const watched = Object.assign(Object.create(store) as Store, {
      read: (query: Parameters<Store['read']>[0]) => {
        asked.push(query.sql)
        return store.read(query)
      },
    })
    await lookAtHours(watched, 1, FIRST, life.now)
    const first = asked.splice(0).length
    await lookAtHours(watched, 1, FIRST, life.now)
    // What is known, the first hour, and the two hours that are not over: four statements each, and what waits of them.
    expect(asked.length).toBeLessThanOrEqual(2 + 2 * 5)
    expect(first).toBeGreaterThan(asked.length + 4 * 4)
    const [known, ...rest] = asked
    expect(known).toContain('from hourly')
    expect(rest.filter((sql) => sql.includes('from hourly'))).toEqual([])
  })

  it('end with retention, and with what nobody looks back to any more', async () => {
    const { store } = await freshStore(kind)
    const life = new Life(store)
    await life.happens('a', 1, 'suppressed', null)
    life.now += 5 * HOUR_MS
    await kept(life)
    const hours = async () =>
      (await store.read({ sql: 'select hour from hourly where workspace = ?', parameters: [1] })).length
    expect(await hours()).toBeGreaterThan(1)
    await store.forget(1, life.now - 3 * HOUR_MS, 100)
    expect(await hours()).toBe(1)
    expect(await kept(life)).toEqual(await counted(store))
    await store.writeHours(1, [], life.now)
    expect(await hours()).toBe(0)
  })

  it('are deleted with their workspace, and belong to no other', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    const row = {
      hour: FIRST,
      countedAt: NOW,
      queued: 0,
      lead: null,
      leads: 0,
      revived: 0,
      body: hourText(nothingCounted()),
    }
    for (const workspace of [1, other]) await store.writeHours(workspace, [row], 0)
    await store.setWorkspaceState({
      ...{ workspace: 1, expect: 0, state: { blocked: null, removedAt: NOW }, by: 'olga', at: NOW },
    })
    for (let rows: unknown = 1; rows !== 'gone';) rows = await store.deleteWorkspace(1, NOW + 1, 100)
    const left = await store.read({ sql: 'select workspace from hourly', parameters: [] })
    expect(left.map((each) => Number(each['workspace']))).toEqual([other])
  })
})
