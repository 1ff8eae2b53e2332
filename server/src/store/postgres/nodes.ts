import type { Beat, Standing } from '../store.ts'
import { columns, type Connections, type Session, type Statement } from './connection.ts'
import { linesOf, realign } from './lines.ts'

/*
 * Processes that share a database. Each says now and then that it is alive; time is the database's, so that clocks of
 * machines do not matter. Who is late is buried by whoever notices: his leases are free, what he had claimed waits again,
 * marked, since it may have left. A claim holds the row of its node, so that nobody is buried in the middle of one; a
 * settlement acts on what its own node has claimed, so that one that was buried changes nothing when it wakes.
 */

const ALIVE: Statement = {
  name: 'node_alive',
  text: `update nodes set alive_until = greatest(alive_until, now() + $2::int * interval '1 ms'), serves = $3
    where id = $1 and alive_until > now() returning id`,
}
const BORN: Statement = {
  name: 'node_born',
  text: `insert into nodes (alive_until, serves) values (now() + $1::int * interval '1 ms', $2) returning id`,
}
// One at a time buries the dead; another who comes meanwhile has nothing left to do.
const BURY: Statement = {
  name: 'bury_nodes',
  text: `delete from nodes where id in (
      select id from nodes where alive_until <= now() order by id for update skip locked)
    returning id`,
}
const LEAVE: Statement = { name: 'leave', text: 'delete from nodes where id = $1 returning id' }
const TAKE_BACK: Statement = {
  name: 'take_back',
  text: `with claimed as (
      select workspace, delivery from queue where claimed_by = any($1::int[]) and claimed_at is not null
      order by workspace, delivery for update
    )
    update queue q set claimed_at = null, claimed_by = null, suspect = 1 from claimed c
    where q.workspace = c.workspace and q.delivery = c.delivery
    returning q.workspace, q.destination, q.incident`,
}
const GIVE: Statement = {
  name: 'give_leases',
  text: 'delete from leases where node = $1 and name = any($2::text[])',
}
const TAKE: Statement = {
  name: 'take_leases',
  text: `insert into leases (name, node) select name, $1 from unnest($2::text[]) as name order by name on conflict do nothing`,
}
const STANDING: Statement = {
  name: 'standing',
  text: `select (select array_agg(id::text order by id) from nodes where alive_until > now() and serves) as nodes,
    (select array_agg(name order by name) from leases where node = $1) as held`,
}

/** This process as a node. */
export class Node {
  readonly #connections: Connections
  #id: number | null = null

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Its number; null before the first beat, and for a process that is no node. */
  get id(): number | null {
    return this.#id
  }

  /** Says that it is alive, buries those who are not, gives leases up and takes what is free of those it wants. */
  async beat({ serves, wanted, given, lastsMs, anew }: Beat): Promise<Standing> {
    const { id, standing } = await this.#connections.transaction(async (session) => {
      if (anew) await takeBack(session, await session.query(LEAVE, [this.#id]))
      const known = await session.query(ALIVE, [this.#id, lastsMs, serves])
      const [mine] = known.length > 0 ? known : await session.query(BORN, [lastsMs, serves])
      const own = mine!['id'] as number
      await takeBack(session, await session.query(BURY))
      if (given.length > 0) await session.query(GIVE, [own, given])
      if (wanted.length > 0) await session.query(TAKE, [own, wanted])
      const [row] = await session.query(STANDING, [own])
      const nodes = (row!['nodes'] as string[] | null) ?? []
      const held = (row!['held'] as string[] | null) ?? []
      return { id: own, standing: { node: String(own), nodes, held } }
    })
    this.#id = id
    return standing
  }

  /** Gives everything up. */
  async leave(): Promise<void> {
    const id = this.#id
    if (id === null) return
    await this.#connections.transaction(async (session) => takeBack(session, await session.query(LEAVE, [id])))
    this.#id = null
  }
}

// It may have left at any moment until now, and draws on its budget: who takes over must know.
const MAY_HAVE_LEFT: Statement = {
  name: 'may_have_left',
  text: `insert into recent_sends (at, workspace, destination)
    select (extract(epoch from clock_timestamp()) * 1000)::bigint, * from unnest($1::int[], $2::int[])`,
}

/** What the dead had claimed waits again. */
async function takeBack(session: Session, dead: readonly Record<string, unknown>[]): Promise<void> {
  if (dead.length === 0) return
  const rows = await session.query(TAKE_BACK, [dead.map(({ id }) => id)])
  if (rows.length > 0) await session.query(MAY_HAVE_LEFT, columns(rows, 'workspace', 'destination'))
  await realign(session, linesOf(rows))
}
