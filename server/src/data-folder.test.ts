import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from './clock.ts'
import { readConfig, type Config } from './config.ts'
import { lockFolder, readControl, removeControl, secretKeyOf, writeControl } from './data-folder.ts'
import { StartRefused } from './start-refused.ts'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'nabat-folder-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const rights = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const configOf = (env: Record<string, string>): Config => {
  const config = readConfig({ NABAT_DATA: parent, ...env })
  if ('mistakes' in config) throw new Error(config.mistakes.map(({ en }) => en).join('\n'))
  return config
}

describe('the data folder', () => {
  it('is made for its owner alone', () => {
    const folder = join(parent, 'data')
    lockFolder(folder)()
    expect(rights(folder)).toBe('700')
  })

  it('keeps the rights it was given by somebody else', () => {
    chmodSync(parent, 0o750)
    lockFolder(parent)()
    expect(rights(parent)).toBe('750')
  })

  it('belongs to one at a time, and is free when that one is done', () => {
    const unlock = lockFolder(parent)
    expect(() => lockFolder(parent)).toThrow(StartRefused)
    unlock()
    lockFolder(parent)()
  })

  it('holds the control file for its owner while the server runs', () => {
    writeControl(parent, { url: 'http://127.0.0.1:1', key: 'k' })
    expect(rights(join(parent, 'control.json'))).toBe('600')
    expect(readControl(parent)).toEqual({ url: 'http://127.0.0.1:1', key: 'k' })
    removeControl(parent)
    expect(readControl(parent)).toBeUndefined()
  })
})

describe('the secret key', () => {
  it('is made once, for its owner alone, and is the same afterwards', () => {
    const key = secretKeyOf(configOf({}), systemRandom)
    expect(Buffer.from(key, 'base64url')).toHaveLength(32)
    expect(rights(join(parent, 'secret.key'))).toBe('600')
    expect(secretKeyOf(configOf({}), systemRandom)).toBe(key)
  })

  it('is the one that was set, and nothing is written then', () => {
    expect(secretKeyOf(configOf({ NABAT_SECRET_KEY: 'given' }), systemRandom)).toBe('given')
    expect(() => statSync(join(parent, 'secret.key'))).toThrow('ENOENT')
  })

  it('is not made where a file was named that is not there: the data might be sealed with another', () => {
    const config = configOf({ NABAT_SECRET_KEY_FILE: join(parent, 'elsewhere') })
    expect(() => secretKeyOf(config, systemRandom)).toThrow(StartRefused)
  })
})
