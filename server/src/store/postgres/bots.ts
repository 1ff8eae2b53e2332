import { COUNTED_ANEW_MS, type BotRow, type BotStore, type ChatChange, type ChatKind, type ChatRow } from '../bots.ts'
import type { Connections, Row, Session, Statement } from './connection.ts'

const BOT: Statement = { name: 'bot', text: 'select * from bots where bot = $1' }
const WANTED: Statement = { name: 'wanted_bots', text: 'select * from bots where wanted_until > $1 order by bot' }
const WANT: Statement = {
  name: 'want_bot',
  text: `insert into bots as b (bot, wanted_until) values ($1, $2)
    on conflict (bot) do update set wanted_until = greatest(b.wanted_until, excluded.wanted_until)`,
}
const PROBLEM: Statement = { name: 'bot_problem', text: 'update bots set reason = $2, detail = $3 where bot = $1' }
const TAKE: Statement = {
  name: 'take_updates',
  text: `update bots set next_update = $2, taken_at = $3
    where bot = $1 and (next_update < $2 or taken_at < $4) returning 1`,
}
const CHATS: Statement = {
  name: 'chats_of',
  text: 'select * from chats where bot = $1 order by seen_at desc, chat',
}
const LEFT: Statement = { name: 'chat_left', text: 'delete from chats where bot = $1 and chat = $2' }
const PUT: Statement = {
  name: 'put_chat',
  text: `insert into chats as c (bot, chat, title, kind, username, member, can_post, seen_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (bot, chat) do update set title = excluded.title, kind = excluded.kind, username = excluded.username,
      member = case when $9 then excluded.member else c.member end,
      can_post = case when $9 then excluded.can_post else c.can_post end,
      seen_at = greatest(c.seen_at, excluded.seen_at)`,
}

/** Bots that are listened to, and their chats. */
export const botTable = (connections: Connections): BotStore => ({
  async bot(bot, now) {
    const [row] = await connections.one('writes', BOT, [bot])
    return row && botRow(row, now)
  },
  async wantedBots(now) {
    return (await connections.one('writes', WANTED, [now])).map((row) => botRow(row, now))
  },
  async wantBot(bot, until) {
    await connections.one('writes', WANT, [bot, until])
  },
  async noteBotProblem(bot, problem) {
    await connections.one('writes', PROBLEM, [bot, problem?.reason ?? null, problem?.detail ?? null])
  },
  takeUpdates: (bot, nextUpdate, changes, now) =>
    connections.transaction(async (session) => {
      if ((await session.query(TAKE, [bot, nextUpdate, now, now - COUNTED_ANEW_MS])).length === 0) return false
      await put(session, bot, changes)
      return true
    }),
  putChats: (bot, changes) => connections.transaction((session) => put(session, bot, changes)),
  async chatsOf(bot) {
    return (await connections.one('writes', CHATS, [bot])).map(chatRow)
  },
})

async function put(session: Session, bot: string, changes: readonly ChatChange[]): Promise<void> {
  for (const change of changes) {
    if ('left' in change) {
      await session.query(LEFT, [bot, change.left])
      continue
    }
    const { chat, title, kind, username, member, canPost, seenAt } = change.seen
    const state = [Number(member), Number(canPost), seenAt, change.sure]
    await session.query(PUT, [bot, chat, title, kind, username, ...state])
  }
}

const botRow = (row: Row, now: number): BotRow => ({
  bot: row['bot'] as string,
  nextUpdate: (row['taken_at'] as number) < now - COUNTED_ANEW_MS ? 0 : (row['next_update'] as number),
  wantedUntil: row['wanted_until'] as number,
  problem: row['reason'] === null ? null : { reason: row['reason'] as string, detail: (row['detail'] ?? '') as string },
})

const chatRow = (row: Row): ChatRow => ({
  chat: row['chat'] as string,
  title: row['title'] as string,
  kind: row['kind'] as ChatKind,
  username: row['username'] as string | null,
  member: row['member'] === 1,
  canPost: row['can_post'] === 1,
  seenAt: row['seen_at'] as number,
})
