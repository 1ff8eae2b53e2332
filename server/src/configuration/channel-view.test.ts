import { describe, expect, it } from 'vitest'
import { channelView, type ChannelView } from './channel-view.ts'
import { WorkspaceView } from './view.ts'

const NOTHING = { env: {}, secret: () => undefined }
const channel = (workspace: number, id: number, settings: object): ChannelView =>
  channelView(workspace, { id, body: JSON.stringify({ name: 'x', ...settings }), version: 1 }, NOTHING)
const hook = { kind: 'webhook', url: 'https://example.ru/hook' }

describe('what a channel shares its connections and breaker with', () => {
  it('is nothing of another workspace, which may have given the same number', () => {
    expect(channel(1, 3, hook).owner).not.toBe(channel(2, 3, hook).owner)
    expect(channel(1, 3, hook).owner).not.toBe(channel(1, 4, hook).owner)
    for (const name of ['inbox', 'push'])
      expect(new WorkspaceView(1).channelByName(name)!.owner).not.toBe(new WorkspaceView(2).channelByName(name)!.owner)
  })

  it('is the bot, whoever it is lent to', () => {
    const bot = { kind: 'telegram', token: '1000:AAH' }
    expect([channel(1, 3, bot).owner, channel(2, 7, bot).owner]).toEqual(['bot:1000', 'bot:1000'])
  })
})
