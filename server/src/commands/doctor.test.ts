import { describe, expect, it } from 'vitest'
import type { ChannelKindName } from '@nabat/api/channel.ts'
import { UsageError } from './command.ts'
import { recipientOf } from './doctor.ts'

const say = (ru: string): string => ru
const to = (kind: ChannelKindName, where: string, topic?: string) =>
  recipientOf({ kind, name: 'x' }, where, topic, { say })

describe('where a test message goes', () => {
  it('is read as the kind of the channel reads it', () => {
    expect(to('smtp', 'ivan@example.ru')).toEqual({ address: 'ivan@example.ru' })
    expect(to('telegram', '-1001234567890')).toEqual({ chat: '-1001234567890' })
    expect(to('telegram', '-1001234567890', '7')).toEqual({ chat: '-1001234567890', topic: 7 })
    expect(to('telegram', '555')).toEqual({ chat: '555', private: true })
    expect(to('telegram', '@duty')).toEqual({ chat: '@duty' })
    expect(to('mattermost', '@ivan')).toEqual({ chat: '@ivan' })
    expect(to('mattermost', 'ivan@example.ru')).toEqual({ address: 'ivan@example.ru' })
    expect(to('mattermost', 'town-square')).toEqual({ chat: 'town-square' })
    expect(to('inbox', 'ivan')).toEqual({ user: 'ivan' })
  })

  it('is not asked for where there is one receiver', () => {
    expect(() => to('webhook', 'https://example.ru')).toThrow(UsageError)
  })
})
