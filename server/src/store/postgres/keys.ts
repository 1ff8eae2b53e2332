import type { KeyRow, Store } from '../store.ts'
import { columns, type Connections, type Statement } from './connection.ts'

const ADD: Statement = {
  name: 'add_key',
  text: `insert into api_keys (hash, workspace, id, name, rights, per_minute, created_at, made_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`,
}
const REMOVE: Statement = {
  name: 'remove_key',
  text: 'delete from api_keys where workspace = $1 and id = $2 returning id',
}
const ALL: Statement = { name: 'keys', text: 'select * from api_keys order by created_at, id' }
const USED: Statement = {
  name: 'note_key_uses',
  text: `update api_keys k set last_used_at = greatest(k.last_used_at, n.at)
    from unnest($1::int[], $2::text[], $3::bigint[]) as n (workspace, id, at)
    where k.workspace = n.workspace and k.id = n.id`,
}

/** Keys of the API, known by their hash. */
export const keyTable = (connections: Connections): Pick<Store, 'addKey' | 'removeKey' | 'keys' | 'noteKeyUses'> => ({
  async addKey({ hash, workspace, id, name, rights, perMinute, createdAt, by }) {
    await connections.one('writes', ADD, [hash, workspace, id, name, rights, perMinute, createdAt, by])
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
      by: row['made_by'] as string | null,
      lastUsedAt: row['last_used_at'] as number | null,
    }))
  },
  async noteKeyUses(uses) {
    await connections.one('writes', USED, columns(uses, 'workspace', 'id', 'at'))
  },
})
