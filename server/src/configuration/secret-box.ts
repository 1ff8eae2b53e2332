import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import type { Random } from '../clock.ts'

/** Seals secrets at rest: AES-256-GCM under the key of the installation (NABAT_SECRET_KEY). */
export interface SecretBox {
  seal(text: string): Uint8Array
  /** Throws when it was sealed under another key or has been changed. */
  open(sealed: Uint8Array): string
}

const IV = 12
const TAG = 16

export function secretBox(key: string, random: Random): SecretBox {
  const secret = createHash('sha256').update(`nabat secret key\n${key}`).digest()
  return {
    seal(text) {
      const iv = random.bytes(IV)
      const cipher = createCipheriv('aes-256-gcm', secret, iv)
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, IV), { authTagLength: TAG })
      decipher.setAuthTag(sealed.subarray(-TAG))
      return decipher.update(sealed.subarray(IV, -TAG), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}
