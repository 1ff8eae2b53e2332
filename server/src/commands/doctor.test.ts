import { describe, expect, it } from 'vitest'
import type { ChannelKindName } from '@nabat/api/channel.ts'
import { UsageError } from './command.ts'
import { NabatClient } from '@nabat/client'
import { startTestServer } from '../../test/support/server.ts'
import { recipientOf, tellUnreachable } from './doctor.ts'

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
    expect(() => to('webhook', 'https://example.ru')).toThrow('--post')
  })
})

describe('people who can be told nothing', () => {
  const told = async (config: string): Promise<string[]> => {
    await using server = await startTestServer({ config })
    const lines: string[] = []
    const nabat = new NabatClient({ url: server.url, key: server.key })
    await tellUnreachable(nabat, { say, print: (line) => void lines.push(line) })
    return lines
  }

  it('are counted over all pages, and the first ten named with what is wrong; those who left are not among them', async () => {
    const logins = Array.from({ length: 600 }, (_, index) => `p${String(index).padStart(3, '0')}`)
    const lines = await told(`
channels: [{ name: hook, kind: webhook, url: "https://example.ru/", enabled: false }]
users:
  - { login: a-left, enabled: false }
  - { login: a-off, contacts: [{ channel: hook }] }
  - { login: a-reached, contacts: [{ channel: hook }, { channel: inbox }] }
${logins.map((login) => `  - { login: ${login} }`).join('\n')}
`)
    expect(lines).toEqual([
      '! ничего не получат, людей: 601',
      '  a-off — hook webhook: канал выключен',
      ...logins.slice(0, 9).map((login) => `  ${login} — нет ни одного контакта`),
      '  и ещё: 591',
    ])
  })

  it('are not spoken of where there are none', async () => {
    expect(
      await told('users: [{ login: ivan, contacts: [{ channel: inbox }] }, { login: left, enabled: false }]'),
    ).toEqual([])
  })
})
