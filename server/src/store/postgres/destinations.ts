import type { Address } from '../../pipeline/outcome.ts'
import { addressKey } from '../address-key.ts'
import { columns, type Connections, type Row, type Session, type Statement } from './connection.ts'

/** Where something goes, before its number is known. */
export interface Place {
  readonly workspace: number
  readonly channel: number
  readonly address: Address
}

/** Enough for the usual addresses; beyond it they are looked up again. */
const REMEMBERED = 50_000

const FIND: Statement = {
  name: 'find_destinations',
  text: `select d.workspace, d.channel, d.address, d.id
    from unnest($1::int[], $2::int[], $3::text[]) as p (workspace, channel, address)
      join destinations d on d.workspace = p.workspace and d.channel = p.channel and d.address = p.address`,
}
// Numbered as they were met, and inserted in one order, so that two who meet the same new addresses do not wait for each
// other in a circle.
const INSERT: Statement = {
  name: 'insert_destinations',
  text: `insert into destinations (workspace, id, channel, address)
    select n.workspace, n.id, n.channel, n.address from (
      select p.*, nextval('numbers') as id from unnest($1::int[], $2::int[], $3::text[]) as p (workspace, channel, address)
    ) n
    order by n.workspace, n.channel, n.address
    on conflict (workspace, channel, address) do nothing
    returning workspace, channel, address, id`,
}
const OF_CHANNEL: Statement = {
  name: 'destinations_of_channel',
  text: 'select id, address from destinations where workspace = $1 and channel = $2 order by id for update',
}
const MOVE: Statement = {
  name: 'move_destination',
  text: `update destinations set address = $3 where workspace = $1 and id = $2 and not exists (
    select 1 from destinations o where o.workspace = $1 and o.channel = $4 and o.address = $3)`,
}
const ONE: Statement = {
  name: 'destination',
  text: 'select channel, address from destinations where workspace = $1 and id = $2',
}

/** Finds the numbers of destinations, or gives them one. Remembers what was committed. */
export class Destinations {
  readonly #ids = new Map<string, number>()

  /** The number of each place, in their order. */
  async ids(session: Session, places: readonly Place[]): Promise<number[]> {
    const keyed = places.map(({ workspace, channel, address }) => {
      const json = addressKey(address)
      return { workspace, channel, address: json, key: `${workspace} ${channel} ${json}` }
    })
    const known = keyed.map(({ key }) => this.#ids.get(key))
    const unknown = keyed.filter((_, index) => known[index] === undefined)
    const found = await this.#find(session, [...new Map(unknown.map((each) => [each.key, each])).values()])
    if (found.size > 0) session.onCommit(() => this.#remember(found))
    return keyed.map(({ key }, index) => known[index] ?? found.get(key)!)
  }

  async #find(
    session: Session,
    places: readonly { workspace: number; channel: number; address: string; key: string }[],
  ): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    const learn = (rows: readonly Row[]): void => {
      for (const row of rows)
        found.set(
          `${row['workspace'] as number} ${row['channel'] as number} ${row['address'] as string}`,
          row['id'] as number,
        )
    }
    const rest = (): unknown[][] =>
      columns(
        places.filter(({ key }) => !found.has(key)),
        'workspace',
        'channel',
        'address',
      )
    // The last look is for those whom somebody else gave a number since the first.
    for (const statement of [FIND, INSERT, FIND]) {
      if (found.size === places.length) break
      learn(await session.query(statement, rest()))
    }
    return found
  }

  #remember(found: ReadonlyMap<string, number>): void {
    if (this.#ids.size + found.size > REMEMBERED) this.#ids.clear()
    for (const [key, id] of found) this.#ids.set(key, id)
  }

  /** Gives destinations of a chat the new id; where the new one is known already, the old row stays as it is. */
  async move(session: Session, workspace: number, channel: number, from: string, to: string): Promise<void> {
    for (const row of await session.query(OF_CHANNEL, [workspace, channel])) {
      const address = JSON.parse(row['address'] as string) as Address
      if (address['chat'] === from)
        await session.query(MOVE, [workspace, row['id'], addressKey({ ...address, chat: to }), channel])
    }
    session.onCommit(() => this.#ids.clear())
  }

  /** What a number stands for. */
  async get(
    connections: Connections,
    workspace: number,
    id: number,
  ): Promise<{ channel: number; address: Address } | undefined> {
    const [row] = await connections.one('writes', ONE, [workspace, id])
    return row && { channel: row['channel'] as number, address: JSON.parse(row['address'] as string) as Address }
  }
}
