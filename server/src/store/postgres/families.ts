import { familyOf, type Member } from '../family.ts'
import { STATES } from '../store.ts'
import type { ClaimedRow, Settlement } from '../store.ts'
import { claimedRow, incidentAnswers } from './claim-rows.ts'
import { columns, type Connections, type Row, type Session, type Statement } from './connection.ts'
import { linesOf, type LineKey } from './lines.ts'
import { takeOutWaiting } from './waiting.ts'

/** A delivery of the same event. */
interface Relative extends Member {
  readonly workspace: number
  readonly state: number
  readonly wasRead: boolean
}

const SENT = STATES.indexOf('sent')
const SUPPRESSED = STATES.indexOf('suppressed')
const CLOSES = 3

const OF_EVENTS: Statement = {
  name: 'deliveries_of_events',
  text: `select d.workspace, d.event, d.id, d.instead_of, d.follows, d.state, d.read_at
    from (select distinct * from unnest($1::int[], $2::uuid[])) as n (workspace, event)
      join deliveries d on d.workspace = n.workspace and d.event = n.event`,
}
const END: Statement = {
  name: 'end_told_otherwise',
  text: `update deliveries d set state = ${SUPPRESSED}, reason = 'told_otherwise', ended_at = $4,
      note = case when n.suspect = 1 then 'may_have_arrived' end
    from unnest($1::int[], $2::uuid[], $3::int[]) as n (workspace, id, suspect) where d.workspace = n.workspace and d.id = n.id`,
}

const relative = (row: Row): Relative => ({
  workspace: row['workspace'] as number,
  id: row['id'] as string,
  insteadOf: row['instead_of'] as string | null,
  follows: row['follows'] === 1,
  state: row['state'] as number,
  wasRead: row['read_at'] !== null,
})

const eventKey = (workspace: number, event: string): string => `${workspace} ${event}`

async function relativesOf(
  query: (statement: Statement, values: readonly unknown[]) => Promise<Row[]>,
  of: readonly { workspace: number; event: string }[],
): Promise<Map<string, Relative[]>> {
  if (of.length === 0) return new Map()
  const rows = await query(OF_EVENTS, columns(of, 'workspace', 'event'))
  const events = Map.groupBy(rows, (row) => eventKey(row['workspace'] as number, row['event'] as string))
  return new Map([...events].map(([key, some]) => [key, some.map(relative)]))
}

/** Claimed rows with what other deliveries of their events, and their incidents, mean for them. */
export async function withAnswers(connections: Connections, rows: readonly Row[]): Promise<ClaimedRow[]> {
  const claimed = rows.map(claimedRow)
  const asking = claimed.filter(
    ({ follows, insteadOf, waitedFor }) => follows || insteadOf !== null || waitedFor === 'channel_down',
  )
  const relatives = await relativesOf(
    (statement, values) => connections.one('claims', statement, values),
    asking.map(({ workspace, event }) => ({ workspace, event: event.id })),
  )
  return claimed.map((one, index) => {
    const others = relatives.get(eventKey(one.workspace, one.event.id))
    return { ...one, answered: others === undefined ? null : answered(one, others, rows[index]!) }
  })
}

/** Why a message is not needed any more, null when it is. */
function answered(
  { delivery, insteadOf, follows, step, waitedFor }: Omit<ClaimedRow, 'answered'>,
  others: readonly Relative[],
  row: Row,
): ClaimedRow['answered'] {
  if (!follows) {
    if (insteadOf === null && waitedFor !== 'channel_down') return null
    return familyOf(others, delivery).some(({ state }) => state === SENT) ? 'told_otherwise' : null
  }
  if (step >= CLOSES) return null
  return wasRead(others, insteadOf) ? 'read' : incidentAnswers(row)
}

/** Whether any of the deliveries that went before one was read. */
function wasRead(others: readonly Relative[], insteadOf: string | null): boolean {
  const byId = new Map(others.map((one) => [one.id, one]))
  for (let before = byId.get(insteadOf ?? ''); before !== undefined; before = byId.get(before.insteadOf ?? ''))
    if (before.wasRead) return true
  return false
}

/** One way got through: the others wait no more. Gives the lines in which they have given up their places. */
export async function endFamilies(
  session: Session,
  settlements: readonly Settlement[],
  now: number,
): Promise<LineKey[]> {
  const through = settlements.filter((one) => one.kind === 'end' && one.state === 'sent' && one.family)
  const relatives = await relativesOf((statement, values) => session.query(statement, values), through)
  const others = through.flatMap(({ workspace, event, delivery }) =>
    familyOf(relatives.get(eventKey(workspace, event)) ?? [], delivery),
  )
  if (others.length === 0) return []
  const gone = await takeOutWaiting(
    session,
    others.map(({ workspace, id }) => ({ workspace, delivery: id })),
  )
  const column = (name: string): unknown[] => gone.map((row) => row[name])
  await session.query(END, [column('workspace'), column('delivery'), column('suspect'), now])
  return linesOf(gone)
}
