import { createECDH } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../clock.ts'
import { secretBox } from '../configuration/secret-box.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import { pushKeys } from './push-keys.ts'

const box = secretBox('the key of the installation', systemRandom)

describe.each(STORES)('the keys of push, $name', (kind) => {
  it('are made once, also by nodes that start together, and stay', async () => {
    const { store } = await freshStore(kind)
    const pairs = await Promise.all([1, 2, 3].map(() => pushKeys(store, box, systemRandom)))
    const again = await pushKeys(store, box, systemRandom)
    for (const pair of pairs) expect(pair).toEqual(again)
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(again.privateKey, 'base64url')
    expect(ecdh.getPublicKey('base64url')).toBe(again.publicKey)
  })

  it('stand in the store sealed', async () => {
    const { store } = await freshStore(kind)
    const { privateKey, publicKey } = await pushKeys(store, box, systemRandom)
    const kept = Buffer.from((await store.mark('vapid'))!).toString('latin1')
    expect(kept).not.toContain(privateKey)
    expect(kept).not.toContain(publicKey)
    await expect(pushKeys(store, secretBox('another', systemRandom), systemRandom)).rejects.toThrow()
  })
})
