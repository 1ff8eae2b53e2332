import type { Chat, ChatMember, Update } from 'grammy/types'
import { describe, expect, it } from 'vitest'
import { chatDoor, standing } from './chats.ts'

const NOW = 1_800_000_000_000
const user = { id: 1000, is_bot: true, first_name: 'Набат' }
const member = (more: object): ChatMember => ({ user, ...more }) as ChatMember
const update = (more: object): Update => ({ update_id: 1, ...more })

describe('how a bot stands in a chat', () => {
  it.each<[string, object, Chat['type'], [boolean, boolean]]>([
    ['a member of a group', { status: 'member' }, 'group', [true, true]],
    ['an administrator of a supergroup', { status: 'administrator' }, 'supergroup', [true, true]],
    [
      'an administrator of a channel with the right',
      { status: 'administrator', can_post_messages: true },
      'channel',
      [true, true],
    ],
    ['an administrator of a channel without it', { status: 'administrator' }, 'channel', [true, false]],
    [
      'restricted, silent',
      { status: 'restricted', is_member: true, can_send_messages: false },
      'supergroup',
      [true, false],
    ],
    [
      'restricted, gone',
      { status: 'restricted', is_member: false, can_send_messages: true },
      'supergroup',
      [false, false],
    ],
    ['gone', { status: 'left' }, 'group', [false, false]],
    ['blocked by a person', { status: 'kicked' }, 'private', [false, false]],
  ])('%s', (_name, is, kind, [isMember, canPost]) => {
    expect(standing(member(is), kind)).toEqual({ member: isMember, canPost })
  })
})

describe('the door of chats', () => {
  it('calls a private chat by the name of the person', () => {
    const chat = { id: 555, type: 'private', first_name: 'Иван', last_name: 'Петров', username: 'ivan' }
    const [change] = chatDoor.take(update({ message: { chat } }), NOW)!
    expect(change).toEqual({
      sure: false,
      seen: {
        ...{ chat: '555', title: 'Иван Петров', kind: 'private', username: 'ivan', member: true, canPost: true },
        seenAt: NOW,
      },
    })
  })

  it('claims nothing that is not about chats', () => {
    expect(chatDoor.take(update({ poll: {} }), NOW)).toBeNull()
  })
})
