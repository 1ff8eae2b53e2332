import type { DatabaseSync } from 'node:sqlite'
import type { Address } from '../../pipeline/outcome.ts'
import { addressKey } from '../address-key.ts'

/** The next number of a workspace: ids of entities and destinations, never given twice. */
export function numberMaker(database: DatabaseSync): (workspace: number) => number {
  const next = database.prepare(
    'update workspaces set last_number = last_number + 1 where id = ? returning last_number',
  )
  return (workspace) => Number(next.get(workspace)!['last_number'])
}

/** Finds the id of a destination, or makes it. Remembers what it has seen; `forget` after a rollback. */
export class Destinations {
  readonly #ids = new Map<string, number>()
  readonly #find
  readonly #insert
  readonly #number
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#find = database.prepare('select id from destinations where workspace = ? and channel = ? and address = ?')
    this.#insert = database.prepare('insert into destinations (workspace, id, channel, address) values (?, ?, ?, ?)')
    this.#number = numberMaker(database)
  }

  id(workspace: number, channel: number, address: Address): number {
    const json = addressKey(address)
    const key = `${workspace} ${channel} ${json}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const found = this.#find.get(workspace, channel, json)
    const id = found === undefined ? this.#number(workspace) : Number(found['id'])
    if (found === undefined) this.#insert.run(workspace, id, channel, json)
    if (this.#ids.size >= REMEMBERED) this.#ids.clear()
    this.#ids.set(key, id)
    return id
  }

  /** Gives destinations of a chat the new id; where the new one is known already, the old row stays as it is. */
  move(workspace: number, channel: number, from: string, to: string): void {
    const rows = this.#database
      .prepare('select id, address from destinations where workspace = ? and channel = ?')
      .all(workspace, channel)
    const update = this.#database.prepare(
      'update or ignore destinations set address = ? where workspace = ? and id = ?',
    )
    for (const row of rows) {
      const address = JSON.parse(row['address'] as string) as Address
      if (address['chat'] === from) update.run(addressKey({ ...address, chat: to }), workspace, row['id'] as number)
    }
    this.forget()
  }

  forget(): void {
    this.#ids.clear()
  }
}

/** Enough for a workspace's usual addresses; beyond it they are looked up again. */
const REMEMBERED = 50_000
