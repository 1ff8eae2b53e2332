import { throttleKey } from '../throttle-key.ts'
import { columns, type Session, type Statement } from './connection.ts'
import { storable } from './storable.ts'

/** A delivery that a rule lets pass at most once in a time. */
export interface Throttled {
  readonly workspace: number
  readonly rule: number
  readonly destination: number
  readonly key: string
  readonly perMs: number
  readonly at: number
}

const LOCK: Statement = {
  name: 'lock_throttles',
  text: `select t.workspace, t.rule, t.destination, t.key, t.at
    from unnest($1::int[], $2::int[], $3::int[], $4::text[]) as k (workspace, rule, destination, key)
      join throttles t on t.workspace = k.workspace and t.rule = k.rule and t.destination = k.destination and t.key = k.key
    order by t.workspace, t.rule, t.destination, t.key for update of t`,
}
// Not "on conflict": of two nodes that see the first of a key at the same moment the second looks again.
const INSERT: Statement = {
  name: 'insert_throttles',
  text: `insert into throttles (workspace, rule, destination, key, at)
    select * from unnest($1::int[], $2::int[], $3::int[], $4::text[], $5::bigint[]) order by 1, 2, 3, 4`,
}
const UPDATE: Statement = {
  name: 'update_throttles',
  text: `update throttles t set at = n.at
    from unnest($1::int[], $2::int[], $3::int[], $4::text[], $5::bigint[]) as n (workspace, rule, destination, key, at)
    where t.workspace = n.workspace and t.rule = n.rule and t.destination = n.destination and t.key = n.key`,
}

/** Whether each may pass, in their order; those that may are remembered as the last. */
export async function passThrottles(session: Session, all: readonly Throttled[]): Promise<boolean[]> {
  if (all.length === 0) return []
  const keyed = all.map((one) => {
    const key = throttleKey(storable(one.key))
    return { ...one, key, name: `${one.workspace} ${one.rule} ${one.destination} ${key}` }
  })
  const distinct = [...new Map(keyed.map((one) => [one.name, one])).values()]
  const last = new Map<string, number>()
  for (const row of await session.query(LOCK, columns(distinct, 'workspace', 'rule', 'destination', 'key')))
    last.set(
      `${row['workspace'] as number} ${row['rule'] as number} ${row['destination'] as number} ${row['key'] as string}`,
      row['at'] as number,
    )
  const stored = new Set(last.keys())
  const passed = new Set<string>()
  const verdicts = keyed.map(({ name, at, perMs }) => {
    const before = last.get(name)
    if (before !== undefined && before > at - perMs) return false
    last.set(name, at)
    passed.add(name)
    return true
  })
  for (const [statement, old] of [
    [INSERT, false],
    [UPDATE, true],
  ] as const) {
    const some = distinct
      .filter(({ name }) => passed.has(name) && stored.has(name) === old)
      .map((one) => ({ ...one, at: last.get(one.name)! }))
    if (some.length > 0) await session.query(statement, columns(some, 'workspace', 'rule', 'destination', 'key', 'at'))
  }
  return verdicts
}
