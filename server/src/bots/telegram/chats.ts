/*
 * The door of the chat picker: from what is told of it being added, moved and written to, a bot learns in which chats it
 * is. Pure.
 */
import type { Chat, ChatMember } from 'grammy/types'
import type { ChatChange, ChatRow } from '../../store/bots.ts'
import type { Door } from './door.ts'

/** How the bot stands in a chat. */
type Standing = Pick<ChatRow, 'member' | 'canPost'>

/** Claims what tells of chats. */
export const chatDoor: Door = {
  kinds: ['my_chat_member', 'message', 'channel_post'],
  take(update, now) {
    if (update.my_chat_member !== undefined) {
      const { chat, new_chat_member: member } = update.my_chat_member
      return [{ seen: chatRow(chat, standing(member, chat.type), now), sure: true }]
    }
    const message = update.message ?? update.channel_post
    if (message === undefined) return null
    // Both groups tell of the move: the one that was left, and the one it has become.
    if (message.migrate_to_chat_id !== undefined) return [{ left: String(message.chat.id) }]
    const left = message.migrate_from_chat_id === undefined ? [] : [{ left: String(message.migrate_from_chat_id) }]
    return [...left, { seen: chatRow(message.chat, { member: true, canPost: true }, now), sure: false }]
  },
}

/** How a bot with this membership stands in a chat of a kind. */
export function standing(member: ChatMember, kind: Chat['type']): Standing {
  switch (member.status) {
    case 'left':
    case 'kicked':
      return { member: false, canPost: false }
    case 'restricted':
      return { member: member.is_member, canPost: member.is_member && member.can_send_messages }
    case 'administrator':
      return { member: true, canPost: kind !== 'channel' || member.can_post_messages === true }
    case 'creator':
      return { member: true, canPost: true }
    case 'member':
      return { member: true, canPost: kind !== 'channel' }
  }
}

/** A chat as Telegram describes it. */
export function chatRow(chat: Chat, { member, canPost }: Standing, now: number): ChatRow {
  const name = [chat.first_name, chat.last_name].filter((part) => part !== undefined).join(' ')
  return {
    chat: String(chat.id),
    title: chat.title ?? (name === '' ? (chat.username ?? String(chat.id)) : name),
    kind: chat.type,
    username: chat.username ?? null,
    member,
    canPost,
    seenAt: now,
  }
}

/** A change that only says what a chat looks like. */
export const sureOf = (seen: ChatRow): ChatChange => ({ seen, sure: true })
