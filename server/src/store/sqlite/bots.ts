import type { DatabaseSync } from 'node:sqlite'
import { COUNTED_ANEW_MS, type BotRow, type BotStore, type ChatChange, type ChatKind, type ChatRow } from '../bots.ts'
import type { Writer } from './database.ts'

type Row = Record<string, unknown>

/** Bots that are listened to, and their chats. */
export function botTables(database: DatabaseSync, writer: Writer): BotStore {
  const one = (sql: string) => database.prepare(sql)
  const put = (bot: string, changes: readonly ChatChange[]): void => {
    for (const change of changes) {
      if ('left' in change) {
        one('delete from chats where bot = ? and chat = ?').run(bot, change.left)
        continue
      }
      const { chat, title, kind, username, member, canPost, seenAt } = change.seen
      one(
        `insert into chats (bot, chat, title, kind, username, member, can_post, seen_at) values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict do update set title = excluded.title, kind = excluded.kind, username = excluded.username,
           member = iif(?, excluded.member, member), can_post = iif(?, excluded.can_post, can_post),
           seen_at = max(seen_at, excluded.seen_at)`,
      ).run(
        ...([bot, chat, title, kind, username, Number(member), Number(canPost), seenAt] as const),
        ...([Number(change.sure), Number(change.sure)] as const),
      )
    }
  }
  return {
    bot: async (bot, now) => botRow(one('select * from bots where bot = ?').get(bot), now),
    wantedBots: async (now) =>
      one('select * from bots where wanted_until > ? order by bot')
        .all(now)
        .map((row) => botRow(row, now)!),
    wantBot: (bot, until) =>
      writer.run(
        () =>
          void one(
            `insert into bots (bot, wanted_until) values (?, ?)
             on conflict do update set wanted_until = max(wanted_until, excluded.wanted_until)`,
          ).run(bot, until),
      ),
    noteBotProblem: (bot, problem) =>
      writer.run(
        () =>
          void one('update bots set reason = ?, detail = ? where bot = ?').run(
            problem?.reason ?? null,
            problem?.detail ?? null,
            bot,
          ),
      ),
    takeUpdates: (bot, nextUpdate, changes, now) =>
      writer.run(() => {
        const taken = one(
          'update bots set next_update = ?, taken_at = ? where bot = ? and (next_update < ? or taken_at < ?)',
        ).run(nextUpdate, now, bot, nextUpdate, now - COUNTED_ANEW_MS)
        if (taken.changes === 0) return false
        put(bot, changes)
        return true
      }),
    putChats: (bot, changes) => writer.run(() => put(bot, changes)),
    chatsOf: async (bot) => one('select * from chats where bot = ? order by seen_at desc, chat').all(bot).map(chatRow),
  }
}

const botRow = (row: Row | undefined, now: number): BotRow | undefined =>
  row && {
    bot: row['bot'] as string,
    nextUpdate: Number(row['taken_at']) < now - COUNTED_ANEW_MS ? 0 : Number(row['next_update']),
    wantedUntil: Number(row['wanted_until']),
    problem:
      row['reason'] === null ? null : { reason: row['reason'] as string, detail: (row['detail'] ?? '') as string },
  }

const chatRow = (row: Row): ChatRow => ({
  chat: row['chat'] as string,
  title: row['title'] as string,
  kind: row['kind'] as ChatKind,
  username: row['username'] as string | null,
  member: row['member'] === 1,
  canPost: row['can_post'] === 1,
  seenAt: Number(row['seen_at']),
})
