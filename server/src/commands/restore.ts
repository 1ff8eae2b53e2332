/*
 * Putting a backup in the place of the store. The copy is made and checked beside the old database first; only then are
 * files renamed, so that whatever happens one whole database is there. The old one is kept aside, its write-ahead log
 * with it: SQLite finds a log by the name of its database, and one that stayed would be played into the new one.
 */
import { copyFile, open, rename, rm, stat } from 'node:fs/promises'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock, systemRandom } from '../clock.ts'
import { secretBox } from '../configuration/secret-box.ts'
import { lockFolder } from '../data-folder.ts'
import { StartRefused } from '../start-refused.ts'
import { UsageError, type Command, type Environment } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { dataFolderOf } from './connect.ts'
import { openTerminal, type Terminal } from './terminal.ts'

export const command: Command = {
  summary: {
    ru: 'вернуть данные из резервной копии (сервер остановлен)',
    en: 'put a backup back (the server stopped)',
  },
  usage: ['FILE'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { say, complain } = terminal
    const { positionals } = readCommandLine(argv, {}, 1, terminal)
    const [file] = positionals
    if (file === undefined) throw new UsageError(say('Укажите файл копии', 'Name the file of the backup'))
    const folder = dataFolderOf(env)
    // Before the lock, which makes the folder: a mistyped name must not leave one behind.
    if (!(await stat(file).catch(() => undefined))?.isFile()) {
      complain(say(`Файла ${file} нет.`, `There is no file ${file}.`))
      return 1
    }
    const unlock = lock(folder, terminal)
    if (unlock === undefined) return 1
    try {
      return await restore(resolve(file), folder, env, terminal)
    } finally {
      unlock()
    }
  },
}

function lock(folder: string, { say, complain }: Terminal): (() => void) | undefined {
  try {
    return lockFolder(folder)
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    complain(
      say(
        `На ${folder} работает Набат: остановите его и повторите.`,
        `A Nabat runs on ${folder}: stop it, then try again.`,
      ),
    )
    return undefined
  }
}

async function restore(file: string, folder: string, env: Environment, terminal: Terminal): Promise<number> {
  const { say, print, complain } = terminal
  const current = join(folder, 'nabat.db')
  if (file === current) {
    complain(say(`${file} и есть нынешние данные.`, `${file} is what is in use now.`))
    return 1
  }
  const part = `${current}.restoring`
  await removeDatabase(part)
  try {
    await copyDatabase(file, part)
    const found = inspect(part, terminal)
    if ('wrong' in found) {
      complain(say(`${file} не годится: ${found.wrong}.`, `${file} cannot be used: ${found.wrong}.`))
      return 1
    }
    const kept = await swap(current, part)
    print(say(`Данные восстановлены из ${file}.`, `The data was restored from ${file}.`))
    if (kept !== undefined) print(say(`Прежние отложены в ${kept}.`, `What was there is kept as ${kept}.`))
    if (found.waiting > 0)
      print(
        say(
          `В копии ждут отправки сообщения: ${found.waiting}. Те, чей срок не вышел, уйдут при запуске, даже если уже были отправлены.`,
          `Messages that wait in it: ${found.waiting}. Those whose time has not run out leave at the start, even if they were sent since.`,
        ),
      )
    if (!opens(found.proof, folder, env))
      complain(
        say(
          'Внимание: секретный ключ здесь не тот, с которым сделана копия. Верните прежний secret.key (или NABAT_SECRET_KEY), иначе сервер не запустится.',
          'Note: the secret key here is not the one of the backup. Put back its secret.key (or NABAT_SECRET_KEY), or the server will not start.',
        ),
      )
    return 0
  } finally {
    await removeDatabase(part)
  }
}

const WITH = ['', '-wal', '-shm'] as const

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of WITH) await rm(`${path}${suffix}`, { force: true })
}

/** A copy made by hand beside a running server may have a log of its own. */
async function copyDatabase(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  if (existsSync(`${from}-wal`)) await copyFile(`${from}-wal`, `${to}-wal`)
}

/** What `user_version` may be at most: it counts the migrations a database has seen. */
const knownMigrations = (): number =>
  readdirSync(new URL('../../migrations/sqlite/', import.meta.url)).filter((name) => name.endsWith('.sql')).length

interface Found {
  /** Deliveries in its queue. */
  readonly waiting: number
  /** What the secret key must open. */
  readonly proof: Uint8Array | undefined
}

/** Whether the copy is a whole database of Nabat, of this version or an earlier one; afterwards it is one file. */
function inspect(path: string, { say }: Terminal): Found | { readonly wrong: string } {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    const value = (sql: string): unknown => Object.values(database!.prepare(sql).get() ?? {})[0]
    const damage = value('pragma integrity_check')
    if (damage !== 'ok') return { wrong: say(`файл повреждён (${damage})`, `the file is damaged (${damage})`) }
    const tables = value(
      `select count(*) from sqlite_schema where name in ('workspaces', 'entities', 'events', 'queue')`,
    )
    const version = Number(value('pragma user_version'))
    if (tables !== 4 || version < 1) return { wrong: say('это не база Набата', 'it is not a database of Nabat') }
    if (version > knownMigrations())
      return { wrong: say('её сделал более новый Набат', 'it was made by a newer Nabat') }
    const proof = value(`select value from marks where name = 'secret_key'`) as Uint8Array | undefined
    const waiting = Number(value('select count(*) from queue'))
    database.exec('pragma journal_mode = delete')
    return { waiting, proof }
  } catch (error) {
    const { message } = error as Error
    return { wrong: say(`это не база Набата (${message})`, `it is not a database of Nabat (${message})`) }
  } finally {
    database?.close()
  }
}

/** Puts the copy in place; answers where the old database is kept, undefined when there was none. */
async function swap(current: string, part: string): Promise<string | undefined> {
  await sync(part)
  const stamp = new Date(systemClock.now()).toISOString().slice(0, 19).replace(/[:-]/g, '')
  const kept = `${current}.before-restore-${stamp}`
  const had = existsSync(current)
  if (existsSync(`${current}-wal`)) await rename(`${current}-wal`, `${kept}-wal`)
  await rm(`${current}-shm`, { force: true })
  if (had) await rename(current, kept)
  await rename(part, current)
  await sync(join(current, '..'))
  return had ? kept : undefined
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  // Windows neither lets a folder be synced nor a file that is open for reading only.
  if (process.platform !== 'win32') await handle.sync()
  await handle.close()
}

/** Whether the key this folder would start with opens what the backup sealed. */
function opens(proof: Uint8Array | undefined, folder: string, env: Environment): boolean {
  if (proof === undefined) return true
  const path = env['NABAT_SECRET_KEY_FILE'] || join(folder, 'secret.key')
  const key = env['NABAT_SECRET_KEY'] || (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined)
  if (key === undefined) return false
  try {
    secretBox(key, systemRandom).open(proof)
    return true
  } catch {
    return false
  }
}
