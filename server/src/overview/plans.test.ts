import { describe, expect, it } from 'vitest'
import { query } from '../../test/support/postgres.ts'
import { WorkspaceView } from '../configuration/view.ts'
import { idMaker } from '../ids.ts'
import { systemRandom } from '../clock.ts'
import { HOUR_MS, hourOf } from '../store/hours.ts'
import { openPostgresStore } from '../store/postgres/postgres-store.ts'
import { accept, claim, delivery, ended, event, NOW } from '../store/specification/rows.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import type { Store } from '../store/store.ts'
import { giveBack, takeDatabase } from '../../test/support/postgres.ts'
import { lookAtHours } from './hours.ts'
import { overviewOf } from './overview.ts'

const view = new WorkspaceView(1)

/** The same store; `seen` hears how each read is carried out. */
function explained(store: Store, how: string, seen: (sql: string, plan: string) => void): Store {
  return Object.assign(Object.create(store) as Store, {
    read: async (asked: Parameters<Store['read']>[0]) => {
      const steps = await store.read({ ...asked, sql: `${how} ${asked.sql}` })
      for (const step of steps) seen(asked.sql, String(step['detail'] ?? step['QUERY PLAN']).trim())
      return store.read(asked)
    },
  })
}

/** One event with a delivery that was sent, at a time. */
async function sentAt(store: Store, ms: number): Promise<void> {
  const makeId = idMaker({ now: () => ms, after: () => () => {} }, systemRandom)
  const one = delivery({ id: makeId(), dueAt: ms })
  await accept(store, [event({ id: makeId(), time: ms, deliveries: [one] })], { at: ms })
  await store.settle(
    (await claim(store, { now: ms })).map((row) => ended(row)),
    [],
    ms,
  )
}

describe('an overview', () => {
  it('walks no whole table of SQLite', async () => {
    const { store } = await freshStore(STORES[0]!)
    await sentAt(store, NOW - 5 * HOUR_MS)
    const plans: string[] = []
    const watched = explained(store, 'explain query plan', (_sql, plan) => plans.push(plan))
    await overviewOf({ store: watched, clock: { now: () => NOW, after: () => () => {} } }, view, 720, null, 'ru')
    expect(plans.filter((plan) => plan.startsWith('SEARCH')).length).toBeGreaterThan(20)
    // What is left to walk are the few rows a search has found.
    expect(plans.filter((plan) => /^SCAN (?!made|q$|d$|i$|e$|CONSTANT)/.test(plan))).toEqual([])
  })

  it('reads an hour of PostgreSQL by its ids, however much there is beside it', async () => {
    const url = await takeDatabase()
    const store = await openPostgresStore(url)
    await store.createWorkspace('default', '{}')
    const now = Date.now()
    await sentAt(store, now)
    const idAt = (salt: string): string =>
      `(lpad(to_hex(${now} - n::bigint * 5000), 12, '0') || '7' || substr(md5(n::text || '${salt}'), 1, 3) || '8' || substr(md5(n::text || '${salt}'), 4, 15))::uuid`
    const columns = async (table: string, except: readonly string[]): Promise<string> => {
      const found = await query(
        url,
        `select attname as name from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped`,
      )
      return found
        .map(({ name }) => name as string)
        .filter((name) => !except.includes(name))
        .join(', ')
    }
    const [events, deliveries] = [await columns('events', ['id']), await columns('deliveries', ['id', 'event'])]
    await query(
      url,
      `insert into events (id, ${events}) select ${idAt('e')}, ${events} from (select * from events limit 1) e, generate_series(1, 10000) n`,
    )
    await query(
      url,
      `insert into deliveries (id, event, ${deliveries}) select ${idAt('d')}, ${idAt('e')}, ${deliveries} from (select * from deliveries limit 1) d, generate_series(1, 10000) n`,
    )
    await query(url, 'analyze')
    const walked: string[] = []
    let reads = 0
    const watched = explained(store, 'explain', (sql, plan) => {
      reads += 1
      // An empty month is read as quickly in one way as in another.
      const rows = Number(/Seq Scan on (?:events|deliveries)_.* rows=(\d+)/.exec(plan)?.[1] ?? 0)
      if (rows > 100) walked.push(`${plan}: ${sql}`)
    })
    await lookAtHours(watched, 1, hourOf(now) - 3 * HOUR_MS, now)
    expect(reads).toBeGreaterThan(10)
    expect(walked).toEqual([])
    await store.close()
    await giveBack(url)
  })
})
