import type { Priority, Woken } from '../store.ts'
import { columns, type Row, type Session, type Statement } from './connection.ts'
import { headOf, type InLine } from './line.ts'

/** Which line: of an incident at a destination. */
export interface LineKey {
  readonly workspace: number
  readonly destination: number
  readonly incident: string
}

/** A stored row of a line. */
export interface LineRow extends InLine, LineKey {
  readonly priority: Priority
  readonly dueAt: number
  readonly behind: boolean
}

export const lineKey = ({ workspace, destination, incident }: LineKey): string =>
  `${workspace} ${destination} ${incident}`

/*
 * Rows of the queue are found from what is asked for, one by one ("lateral"), and changed where they lie (ctid). Joined
 * freely, a planner for whom the queue is empty, as it is whenever vacuum comes by in a quiet moment, walks all of it and
 * compares each row with each that is asked for, and keeps to that until vacuum comes again
 * [2,000 waiting, 200 asked for: 105 ms, 1 like this]. "is true" takes the comparison of workspaces out of its reach.
 *
 * Locked in the order of their keys, as everybody does who touches several rows of the queue, so that nobody waits in a
 * circle. The lock makes what is decided here hold: a settlement that would end the head waits, and sees then who came
 * behind it; a claim passes the rows over.
 */
/** Locks lines, in the order of the keys of their rows. */
export const LOCK_LINES: Statement = {
  name: 'lock_lines',
  text: `select q.workspace, q.destination, q.incident, q.delivery, q.event, q.priority, q.due_at, q.behind, q.held, q.claimed_at
    from (
      select f.workspace, f.delivery
      from unnest($1::int[], $2::int[], $3::text[]) as l (workspace, destination, incident)
        cross join lateral (select q.workspace, q.delivery from queue q where q.workspace = l.workspace
          and q.destination = l.destination and q.incident = l.incident offset 0) f
      order by f.workspace, f.delivery offset 0
    ) f cross join lateral (
      select q.* from queue q where q.workspace = f.workspace and q.delivery = f.delivery for update) q`,
}

/** Changes who stands behind. */
export const MOVE: Statement = {
  name: 'move_in_line',
  text: `update queue q set behind = f.behind from (
      select m.workspace, m.behind, f.place
      from unnest($1::int[], $2::uuid[], $3::smallint[]) as m (workspace, delivery, behind) cross join lateral (
        select q.ctid as place from queue q where q.workspace = m.workspace and q.delivery = m.delivery offset 0) f
    ) f where q.workspace = f.workspace is true and q.ctid = f.place`,
}

/** The lines that rows of the queue stand in; one that is of no incident stands in none. */
export const linesOf = (rows: readonly Row[]): LineKey[] =>
  rows.flatMap((row) =>
    row['incident'] === null
      ? []
      : [
          {
            workspace: row['workspace'] as number,
            destination: row['destination'] as number,
            incident: row['incident'] as string,
          },
        ],
  )

/** Locks lines and gives their rows, by line; one that is empty is not among them. */
export async function lockLines(session: Session, keys: readonly LineKey[]): Promise<Map<string, LineRow[]>> {
  const lines = new Map<string, LineRow[]>()
  const distinct = [...new Map(keys.map((key) => [lineKey(key), key])).values()]
  if (distinct.length === 0) return lines
  for (const row of await session.query(LOCK_LINES, columns(distinct, 'workspace', 'destination', 'incident'))) {
    const one = lineRow(row)
    const line = lines.get(lineKey(one))
    if (line === undefined) lines.set(lineKey(one), [one])
    else line.push(one)
  }
  return lines
}

const lineRow = (row: Row): LineRow => ({
  workspace: row['workspace'] as number,
  destination: row['destination'] as number,
  incident: row['incident'] as string,
  delivery: row['delivery'] as string,
  event: row['event'] as string,
  priority: row['priority'] as Priority,
  dueAt: row['due_at'] as number,
  behind: row['behind'] === 1,
  critical: row['priority'] === 0,
  held: row['held'] === 1,
  inFlight: row['claimed_at'] !== null,
})

/** Stored rows that have to change their place when `head` is the head of their line; what is in flight keeps its own. */
export const moves = (line: readonly LineRow[], head: string | null): LineRow[] =>
  line.filter((row) => !row.inFlight && row.behind === (row.delivery === head))

/** Writes changed places: those who step back first, or a line would have two heads for a moment, which its index refuses. */
export async function move(session: Session, rows: readonly LineRow[]): Promise<void> {
  for (const back of [true, false]) {
    const some = rows.filter(({ behind }) => behind !== back)
    if (some.length === 0) continue
    await session.query(MOVE, [...columns(some, 'workspace', 'delivery'), some.map(() => (back ? 1 : 0))])
  }
}

/**
 * Brings lines into order after something in them has ended or waits again. Gives their new heads, and those of `waiting`
 * (deliveries that wait again) that have stayed the head.
 */
export async function realign(
  session: Session,
  keys: readonly LineKey[],
  waiting: ReadonlySet<string> = new Set(),
): Promise<Woken[]> {
  const woken: Woken[] = []
  const moving: LineRow[] = []
  for (const line of (await lockLines(session, keys)).values()) {
    const head = headOf(line)
    const changed = moves(line, head)
    moving.push(...changed)
    for (const row of line)
      if (row.delivery === head && (row.behind || waiting.has(row.delivery)))
        woken.push({
          workspace: row.workspace,
          destination: row.destination,
          priority: row.priority,
          dueAt: row.dueAt,
        })
  }
  await move(session, moving)
  return woken
}
