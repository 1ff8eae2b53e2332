import type { KeyRow, Store } from '../store.ts'
import type { Connections, Statement } from './connection.ts'

const ADD: Statement = {
  name: 'add_key',
  text: `insert into api_keys (hash, workspace, id, name, rights, per_minute, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)`,
}
const REMOVE: Statement = {
  name: 'remove_key',
  text: 'delete from api_keys where workspace = $1 and id = $2 returning id',
}
const ALL: Statement = { name: 'keys', text: 'select * from api_keys order by created_at, id' }

/** Keys of the API, known by their hash. */
export const keyTable = (connections: Connections): Pick<Store, 'addKey' | 'removeKey' | 'keys'> => ({
  async addKey({ hash, workspace, id, name, rights, perMinute, createdAt }) {
    await connections.one('writes', ADD, [hash, workspace, id, name, rights, perMinute, createdAt])
  },
  async removeKey(workspace, id) {
    return (await connections.one('writes', REMOVE, [workspace, id])).length > 0
  },
  async keys() {
    return (await connections.one('writes', ALL)).map((row) => ({
      hash: row['hash'] as Uint8Array,
      id: row['id'] as string,
      workspace: row['workspace'] as number,
      name: row['name'] as string,
      rights: row['rights'] as KeyRow['rights'],
      perMinute: row['per_minute'] as number | null,
      createdAt: row['created_at'] as number,
    }))
  },
})
