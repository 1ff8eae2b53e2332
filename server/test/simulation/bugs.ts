import type { EntityRow, Settlement, Store } from '../../src/store/store.ts'
import type { Sabotage } from './simulation.ts'

const HOUR = 3_600_000

/** A store's methods, bound, so that some of them can be replaced. */
const methodsOf = (store: Store): Store =>
  Object.fromEntries(
    Object.entries(store).map(([name, method]) => [name, (method as (...all: unknown[]) => unknown).bind(store)]),
  ) as unknown as Store

/** Somebody's zone as if the clocks there were an hour ahead. */
const hourAhead = (row: EntityRow): EntityRow => {
  if (row.section !== 'users' || row.removed) return row
  const person = JSON.parse(row.body) as { timeZone?: string }
  const zone = { 'Asia/Yekaterinburg': 'Asia/Omsk', 'Europe/Berlin': 'Europe/Helsinki', 'Asia/Kathmandu': 'Etc/GMT-7' }
  return {
    ...row,
    body: JSON.stringify({
      ...person,
      timeZone: zone[(person.timeZone ?? '') as keyof typeof zone] ?? 'Europe/Samara',
    }),
  }
}

/** Settlements without what some of them say. */
const changed = (store: Store, change: (each: Settlement) => Settlement): Store['settle'] => {
  return (settlements, raised, now) => store.settle(settlements.map(change), raised, now)
}

/** Bugs put in on purpose, by what they do. A simulation that does not find them proves nothing. */
export const BUGS: Readonly<Record<string, Sabotage>> = {
  'lost on a crash: an event is answered before it is stored': ({ store }) => {
    let accepted = 0
    return {
      ...methodsOf(store),
      accept: async (request) => {
        accepted += 1
        if (accepted % 10 !== 0) return store.accept(request)
        return { events: request.events.map(({ id }) => ({ id, duplicate: false, deliveries: 0 })), woken: [] }
      },
    }
  },
  'lost on a crash: what a dead process had claimed is not taken up again': ({ store }) => ({
    ...methodsOf(store),
    recover: async (now) => {
      await store.read({
        sql: 'update queue set claimed_at = null, due_at = 9e15 where claimed_at is not null',
        parameters: [],
      })
      return store.recover(now)
    },
  }),
  'wrong order: a later one does not wait for the earlier': ({ store }) => ({
    ...methodsOf(store),
    claim: async (wants, now) => {
      await store.read({ sql: 'update queue set behind = 0', parameters: [] })
      return store.claim(wants, now)
    },
  }),
  'stuck after a full disk: an outcome that was refused is forgotten': ({ store }) => {
    let refused = new Set<string>()
    return {
      ...methodsOf(store),
      settle: async (settlements, raised, now) => {
        const kept = settlements.filter(({ delivery }) => !refused.has(delivery))
        refused = new Set()
        return store.settle(kept, raised, now).catch((error: unknown) => {
          refused = new Set(kept.map(({ delivery }) => delivery))
          throw error
        })
      },
    }
  },
  'budget exceeded: nothing is remembered of the sends before a crash': ({ store }) => ({
    ...methodsOf(store),
    recover: async (now) => ({ ...(await store.recover(now)), sends: [] }),
  }),
  'released an hour late: what is held back is due an hour after its time': ({ store }) => ({
    ...methodsOf(store),
    accept: (request) =>
      store.accept({
        ...request,
        events: request.events.map((event) => ({
          ...event,
          deliveries: event.deliveries.map((each) =>
            each.held === 'quiet_hours' || each.held === 'working_hours' ? { ...each, dueAt: each.dueAt + HOUR } : each,
          ),
        })),
      }),
  }),
  'released an hour early: the clocks of people are read an hour off': ({ store }) => ({
    ...methodsOf(store),
    configurationSince: async (workspace, version) => {
      const changes = await store.configurationSince(workspace, version)
      return { ...changes, entities: changes.entities.map(hourAhead) }
    },
  }),
  'unmarked repeat: what a dead process had claimed is taken for untried': ({ store }) => ({
    ...methodsOf(store),
    claim: async (wants, now) => {
      const result = await store.claim(wants, now)
      return { ...result, rows: result.rows.map((row) => ({ ...row, suspect: false })) }
    },
  }),
  'sent again: a message that arrived waits once more': ({ store }) => {
    let sent = 0
    return {
      ...methodsOf(store),
      settle: changed(store, (each) => {
        if (each.kind !== 'end' || each.state !== 'sent' || (sent += 1) % 20 !== 0) return each
        const { reason: _reason, ...key } = each
        return { ...key, kind: 'defer', dueAt: 0, expiresAt: 9e15, reason: 'timeout', suspect: true } as Settlement
      }),
    }
  },
  'critical starved: what is critical is taken for the least urgent': ({ store }) => ({
    ...methodsOf(store),
    accept: (request) =>
      store.accept({
        ...request,
        events: request.events.map((event) => ({
          ...event,
          deliveries: event.deliveries.map((each) => (each.priority === 0 ? { ...each, priority: 2 } : each)),
        })),
      }),
  }),
  'routed by the old: a save between routing and storing goes unnoticed': ({ store }) => ({
    ...methodsOf(store),
    accept: async (request) => {
      const result = await store.accept(request)
      if (result !== 'stale') return result
      const [row] = await store.read({ sql: 'select version from workspaces', parameters: [] })
      return store.accept({ ...request, version: row!['version'] as number })
    },
  }),
  'unexplained: a reason is lost on the way to the store': ({ store }) => ({
    ...methodsOf(store),
    settle: changed(store, (each) => (each.kind === 'end' ? { ...each, reason: null } : each)),
  }),
}
