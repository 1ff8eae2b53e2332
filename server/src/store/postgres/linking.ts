import { FORGOTTEN_AFTER_MS, type LinkingCode, type LinkingStore } from '../linking.ts'
import type { Connections, Row, Statement } from './connection.ts'

const REPLACED: Statement = {
  name: 'replaced_linking_code',
  text: 'delete from linking_codes where workspace = $1 and card = $2 and channel = $3',
}
const FORGET: Statement = {
  name: 'forget_linking_codes',
  text: 'delete from linking_codes where expires_at < $1',
}
const ADD: Statement = {
  name: 'add_linking_code',
  text: `insert into linking_codes (hash, workspace, card, channel, made_at, expires_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (workspace, card, channel) do update set hash = excluded.hash, made_at = excluded.made_at,
      expires_at = excluded.expires_at, used_at = null, chat = null`,
}
const CODE: Statement = { name: 'linking_code', text: 'select * from linking_codes where hash = $1' }
const CODES_OF: Statement = {
  name: 'linking_codes_of',
  text: 'select * from linking_codes where workspace = $1 and card = $2 order by channel',
}
const END: Statement = {
  name: 'end_linking_code',
  text: `update linking_codes set used_at = $4, chat = $3 where hash = $2 and workspace = $1 and used_at is null
    returning 1`,
}

/** Codes by which chats are linked with people. */
export const linkingTable = (connections: Connections): LinkingStore => ({
  addLinkingCode: ({ hash, workspace, card, channel, madeAt, expiresAt }) =>
    connections.transaction(async (session) => {
      await session.query(REPLACED, [workspace, card, channel])
      await session.query(FORGET, [madeAt - FORGOTTEN_AFTER_MS])
      await session.query(ADD, [hash, workspace, card, channel, madeAt, expiresAt])
    }),
  async linkingCode(hash) {
    const [row] = await connections.one('writes', CODE, [hash])
    return row && codeRow(row)
  },
  async linkingCodesOf(workspace, card) {
    return (await connections.one('writes', CODES_OF, [workspace, card])).map((row) => {
      const { channel, expiresAt, usedAt, chat } = codeRow(row)
      return { channel, expiresAt, usedAt, chat }
    })
  },
  async endLinkingCode(workspace, hash, chat, now) {
    return (await connections.one('writes', END, [workspace, hash, chat, now])).length > 0
  },
})

const codeRow = (row: Row): LinkingCode => ({
  hash: row['hash'] as Uint8Array,
  workspace: row['workspace'] as number,
  card: row['card'] as number,
  channel: row['channel'] as number,
  madeAt: row['made_at'] as number,
  expiresAt: row['expires_at'] as number,
  usedAt: row['used_at'] as number | null,
  chat: row['chat'] as string | null,
})
