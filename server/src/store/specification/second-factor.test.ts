import { describe, expect, it } from 'vitest'
import { NOW } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const secret = Buffer.from('sealed')

describe.each(STORES)('the second factor of an account, $name', (kind) => {
  it('is begun anew until a code has confirmed it', async () => {
    const fresh = await freshStore(kind)
    expect(await fresh.store.secondFactor(1)).toBeUndefined()
    expect(await fresh.store.confirmSecondFactor(1, 5, [], NOW)).toBe(false)
    expect(await fresh.store.beginSecondFactor(1, Buffer.from('first'))).toBe(true)
    expect(await fresh.store.beginSecondFactor(1, secret)).toBe(true)
    expect(await fresh.store.confirmSecondFactor(1, 5, ['a', 'b'], NOW)).toBe(true)
    expect(await fresh.store.confirmSecondFactor(1, 6, ['c'], NOW)).toBe(false)
    expect(await fresh.store.beginSecondFactor(1, Buffer.from('another'))).toBe(false)
    const { store } = await fresh.reopen()
    const row = (await store.secondFactor(1))!
    expect({ ...row, secret: Buffer.from(row.secret).toString() }).toEqual({
      ...{ secret: 'sealed', since: NOW, recovery: ['a', 'b'] },
    })
    expect(await store.secondFactor(2)).toBeUndefined()
  })

  it('takes each code once, and none that is older than one it took', async () => {
    const { store } = await freshStore(kind)
    await store.beginSecondFactor(1, secret)
    await store.confirmSecondFactor(1, 5, [], NOW)
    expect(await store.useStep(1, 5)).toBe(false)
    const at = await Promise.all([store.useStep(1, 7), store.useStep(1, 7)])
    expect(at.toSorted()).toEqual([false, true])
    expect(await store.useStep(1, 6)).toBe(false)
    expect(await store.useStep(2, 9)).toBe(false)
  })

  it('takes each recovery code once', async () => {
    const { store } = await freshStore(kind)
    await store.beginSecondFactor(1, secret)
    await store.confirmSecondFactor(1, 5, ['a', 'b'], NOW)
    const used = await Promise.all([store.useRecoveryCode(1, 'a'), store.useRecoveryCode(1, 'a')])
    expect(used.toSorted()).toEqual([false, true])
    expect((await store.secondFactor(1))!.recovery).toEqual(['b'])
    expect(await store.useRecoveryCode(1, 'b')).toBe(true)
    expect((await store.secondFactor(1))!.recovery).toEqual([])
    await store.setRecoveryCodes(1, ['d'])
    expect((await store.secondFactor(1))!.recovery).toEqual(['d'])
  })

  it('is gone once it was removed', async () => {
    const { store } = await freshStore(kind)
    await store.beginSecondFactor(1, secret)
    expect(await store.removeSecondFactor(1)).toBe(true)
    expect(await store.removeSecondFactor(1)).toBe(false)
    expect(await store.secondFactor(1)).toBeUndefined()
  })
})
