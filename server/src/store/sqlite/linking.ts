import type { DatabaseSync } from 'node:sqlite'
import { FORGOTTEN_AFTER_MS, type LinkingCode, type LinkingStore } from '../linking.ts'
import type { Writer } from './database.ts'

/** Codes by which chats are linked with people. */
export function linkingTable(database: DatabaseSync, writer: Writer): LinkingStore {
  const one = (sql: string) => database.prepare(sql)
  return {
    addLinkingCode: ({ hash, workspace, card, channel, madeAt, expiresAt }) =>
      writer.run(() => {
        one('delete from linking_codes where workspace = ? and card = ? and channel = ?').run(workspace, card, channel)
        one('delete from linking_codes where expires_at < ?').run(madeAt - FORGOTTEN_AFTER_MS)
        one(
          'insert into linking_codes (hash, workspace, card, channel, made_at, expires_at) values (?, ?, ?, ?, ?, ?)',
        ).run(hash, workspace, card, channel, madeAt, expiresAt)
      }),
    async linkingCode(hash) {
      const row = one('select * from linking_codes where hash = ?').get(hash)
      return row && codeRow(row)
    },
    linkingCodesOf: async (workspace, card) =>
      one('select * from linking_codes where workspace = ? and card = ? order by channel')
        .all(workspace, card)
        .map((row) => {
          const { channel, expiresAt, usedAt, chat } = codeRow(row)
          return { channel, expiresAt, usedAt, chat }
        }),
    endLinkingCode: (workspace, hash, chat, now) =>
      writer.run(
        () =>
          one(
            'update linking_codes set used_at = ?, chat = ? where hash = ? and workspace = ? and used_at is null',
          ).run(now, chat, hash, workspace).changes > 0,
      ),
  }
}

const codeRow = (row: Record<string, unknown>): LinkingCode => ({
  hash: row['hash'] as Uint8Array,
  workspace: Number(row['workspace']),
  card: Number(row['card']),
  channel: Number(row['channel']),
  madeAt: Number(row['made_at']),
  expiresAt: Number(row['expires_at']),
  usedAt: row['used_at'] === null ? null : Number(row['used_at']),
  chat: row['chat'] as string | null,
})
