import { describe, expect, it } from 'vitest'
import { COUNTED_ANEW_MS, type ChatRow } from '../bots.ts'
import { NOW } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const GROUP: ChatRow = {
  ...{ chat: '-1001', title: 'Смена', kind: 'supergroup', username: null, member: true, canPost: true, seenAt: NOW },
}
const seen = (more: Partial<ChatRow> = {}, sure = true) => ({ seen: { ...GROUP, ...more }, sure })

describe.each(STORES)('bots, $name', (kind) => {
  it('are listened to until the latest time somebody asked for', async () => {
    const { store } = await freshStore(kind)
    expect(await store.bot('7', NOW)).toBeUndefined()
    await store.wantBot('7', NOW + 60_000)
    await store.wantBot('7', NOW + 1)
    expect(await store.bot('7', NOW)).toEqual({ bot: '7', nextUpdate: 0, wantedUntil: NOW + 60_000, problem: null })
    expect((await store.wantedBots(NOW)).map(({ bot }) => bot)).toEqual(['7'])
    expect(await store.wantedBots(NOW + 60_000)).toEqual([])
  })

  it('remember what stands in the way of listening until it does no more', async () => {
    const { store } = await freshStore(kind)
    await store.wantBot('7', NOW)
    const problem = { reason: 'unauthorized', detail: 'Unauthorized' }
    await store.noteBotProblem('7', problem)
    expect((await store.bot('7', NOW))!.problem).toEqual(problem)
    await store.noteBotProblem('7', null)
    expect((await store.bot('7', NOW))!.problem).toBeNull()
  })

  it('take every update once, together with what it says', async () => {
    const fresh = await freshStore(kind)
    await fresh.store.wantBot('7', NOW)
    expect(await fresh.store.takeUpdates('7', 12, [seen()], NOW)).toBe(true)
    expect(await fresh.store.takeUpdates('7', 12, [seen({ title: 'twice' })], NOW)).toBe(false)
    expect(await fresh.store.takeUpdates('7', 11, [seen({ title: 'late' })], NOW)).toBe(false)
    const { store } = await fresh.reopen()
    expect((await store.bot('7', NOW))!.nextUpdate).toBe(12)
    expect(await store.chatsOf('7')).toEqual([GROUP])
    expect(await store.chatsOf('8')).toEqual([])
  })

  it('begin to count anew after a long silence, as Telegram does', async () => {
    const { store } = await freshStore(kind)
    await store.wantBot('7', NOW)
    await store.takeUpdates('7', 900, [], NOW)
    const later = NOW + COUNTED_ANEW_MS + 1
    expect((await store.bot('7', later))!.nextUpdate).toBe(0)
    expect(await store.takeUpdates('7', 12, [seen()], later)).toBe(true)
    expect((await store.bot('7', later))!.nextUpdate).toBe(12)
  })

  it('keep what is known of a chat when an update only lets it be guessed', async () => {
    const { store } = await freshStore(kind)
    await store.putChats('7', [seen({ canPost: false })])
    await store.putChats('7', [seen({ title: 'Новое имя', seenAt: NOW + 5, canPost: true }, false)])
    expect(await store.chatsOf('7')).toEqual([{ ...GROUP, title: 'Новое имя', canPost: false, seenAt: NOW + 5 }])
    await store.putChats('7', [seen({ member: false, canPost: false, seenAt: NOW })])
    expect(await store.chatsOf('7')).toEqual([{ ...GROUP, member: false, canPost: false, seenAt: NOW + 5 }])
  })

  it('list their chats by when they were seen, without groups that became supergroups', async () => {
    const { store } = await freshStore(kind)
    await store.putChats('7', [seen({ chat: '-5', kind: 'group' }), seen({ chat: '-6', seenAt: NOW + 1 })])
    await store.putChats('7', [{ left: '-5' }, seen({ chat: '-1005', seenAt: NOW + 2 })])
    expect((await store.chatsOf('7')).map(({ chat }) => chat)).toEqual(['-1005', '-6'])
  })
})
