import { describe, expect, it } from 'vitest'
import { FORGOTTEN_AFTER_MS, type LinkingCode } from '../linking.ts'
import { NOW } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const hash = (n: number): Uint8Array => Uint8Array.from({ length: 32 }, () => n)
const code = (n: number, more: Partial<LinkingCode> = {}) => ({
  ...{ hash: hash(n), workspace: 1, card: 7, channel: 3, madeAt: NOW, expiresAt: NOW + 900_000 },
  ...more,
})
const plain = (row: LinkingCode | undefined) => row && { ...row, hash: Uint8Array.from(row.hash) }

describe.each(STORES)('codes by which chats are linked, $name', (kind) => {
  it('are known by their hash, after they have expired too', async () => {
    const fresh = await freshStore(kind)
    await fresh.store.addLinkingCode(code(1))
    const { store } = await fresh.reopen()
    expect(plain(await store.linkingCode(hash(1)))).toEqual({ ...code(1), usedAt: null, chat: null })
    expect(await store.linkingCode(hash(2))).toBeUndefined()
  })

  it('are one a person and channel: a new one takes the place of the last', async () => {
    const { store } = await freshStore(kind)
    await store.addLinkingCode(code(1))
    await store.addLinkingCode(code(2, { channel: 4 }))
    await store.addLinkingCode(code(3, { card: 8 }))
    await store.addLinkingCode(code(4, { workspace: 2 }))
    await store.addLinkingCode(code(5, { expiresAt: NOW + 1 }))
    expect(await store.linkingCode(hash(1))).toBeUndefined()
    const none = { usedAt: null, chat: null }
    expect(await store.linkingCodesOf(1, 7)).toEqual([
      { channel: 3, expiresAt: NOW + 1, ...none },
      { channel: 4, expiresAt: NOW + 900_000, ...none },
    ])
    for (const n of [3, 4]) expect(await store.linkingCode(hash(n))).toBeDefined()
  })

  it('end once, with the chat they have linked or without', async () => {
    const { store } = await freshStore(kind)
    await store.addLinkingCode(code(1))
    expect(await store.endLinkingCode(2, hash(1), '555', NOW + 1)).toBe(false)
    const both = await Promise.all([
      store.endLinkingCode(1, hash(1), '555', NOW + 1),
      store.endLinkingCode(1, hash(1), '555', NOW + 1),
    ])
    expect(both.toSorted()).toEqual([false, true])
    expect(await store.endLinkingCode(1, hash(1), '777', NOW + 2)).toBe(false)
    expect(await store.linkingCode(hash(1))).toMatchObject({ usedAt: NOW + 1, chat: '555' })
    await store.addLinkingCode(code(2))
    expect(await store.endLinkingCode(1, hash(2), null, NOW + 3)).toBe(true)
    expect(await store.linkingCodesOf(1, 7)).toMatchObject([{ usedAt: NOW + 3, chat: null }])
  })

  it('are forgotten a day after their end', async () => {
    const { store } = await freshStore(kind)
    await store.addLinkingCode(code(1))
    const later = NOW + 900_000 + FORGOTTEN_AFTER_MS
    await store.addLinkingCode(code(2, { card: 8, madeAt: later, expiresAt: later + 1 }))
    expect(await store.linkingCode(hash(1))).toBeDefined()
    await store.addLinkingCode(code(3, { card: 9, madeAt: later + 1, expiresAt: later + 2 }))
    expect(await store.linkingCode(hash(1))).toBeUndefined()
  })
})
