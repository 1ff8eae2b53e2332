import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Random } from './clock.ts'
import type { Config } from './config.ts'
import { StartRefused } from './start-refused.ts'

/**
 * Takes the data folder for this process. The lock is one of the operating system (SQLite's own file lock on nabat.lock),
 * so it is gone with the process, however that ends.
 */
export function lockFolder(folder: string): () => void {
  // Events and people stand in it unencrypted. A folder that is there already keeps the rights it was given.
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(folder, 'nabat.lock'), { timeout: 0 })
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch {
    lock.close()
    throw new StartRefused(
      `На ${folder} уже работает другой Набат: остановите его или задайте в NABAT_DATA другую папку.`,
      `Another Nabat runs on ${folder}: stop it first, or set NABAT_DATA to another folder.`,
    )
  }
  return () => lock.close()
}

/** The secret key of the installation: as set, or made in the data folder at the first start. */
export function secretKeyOf(config: Config, random: Random): string {
  const there = presentSecretKey(config)
  if (there !== undefined) return there
  const { secretKeyFile } = config
  if (secretKeyFile !== null)
    throw new StartRefused(
      `NABAT_SECRET_KEY_FILE указывает на ${secretKeyFile}, а такого файла нет.`,
      `NABAT_SECRET_KEY_FILE names ${secretKeyFile}, which is not there.`,
    )
  const key = random.bytes(32).toString('base64url')
  writeOwnerOnly(secretKeyPath(config), `${key}\n`)
  return key
}

type KeySettings = Pick<Config, 'secretKey' | 'secretKeyFile' | 'dataFolder'>

const secretKeyPath = ({ secretKeyFile, dataFolder }: KeySettings): string =>
  secretKeyFile ?? join(dataFolder, 'secret.key')

/** The secret key as set, or as an earlier start left it in the data folder; undefined when there is none. */
export function presentSecretKey(config: KeySettings): string | undefined {
  if (config.secretKey !== null) return config.secretKey
  const path = secretKeyPath(config)
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

/** Where commands find the running server and the key they speak with; readable by the owner only. */
export interface Control {
  readonly url: string
  readonly key: string
}

const controlPath = (folder: string): string => join(folder, 'control.json')

export const writeControl = (folder: string, control: Control): void =>
  writeOwnerOnly(controlPath(folder), JSON.stringify(control))
export const removeControl = (folder: string): void => rmSync(controlPath(folder), { force: true })
export function readControl(folder: string): Control | undefined {
  try {
    return JSON.parse(readFileSync(controlPath(folder), 'utf8')) as Control
  } catch {
    return undefined
  }
}

function writeOwnerOnly(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 })
  chmodSync(path, 0o600)
}
