import { chmod, copyFile, open, rename, rm, stat } from 'node:fs/promises'
import { NabatError } from '@nabat/client'
import type { Command } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { onServer } from './connect.ts'
import { openTerminal } from './terminal.ts'

/** A copy of many gigabytes takes its time. */
const DEADLINE_MS = 60 * 60_000

export const command: Command = {
  summary: { ru: 'сделать резервную копию', en: 'make a backup' },
  usage: ['[--output FILE]'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { say, print, complain } = terminal
    const { values } = readCommandLine(argv, { output: { type: 'string' } }, 0, terminal)
    return onServer(env, terminal, async ({ nabat }) => {
      const made = await nabat
        .with({ timeoutMs: DEADLINE_MS })
        .backup()
        .catch((error: unknown) => {
          if (error instanceof NabatError && error.code === 'forbidden')
            complain(
              say(
                'Копию делают рядом с сервером (его папка в NABAT_DATA) или с ключом NABAT_ADMIN_KEY.',
                'A backup is made beside the server (its folder in NABAT_DATA) or with the key NABAT_ADMIN_KEY.',
              ),
            )
          throw error
        })
      if (values.output === undefined) {
        print(made.path)
      } else if (await isHere(made.path)) {
        await move(made.path, values.output)
        print(values.output)
      } else {
        complain(
          say(
            `Сервер на другой машине, копия осталась там: ${made.path}`,
            `The server is on another machine, the backup stays there: ${made.path}`,
          ),
        )
        return 1
      }
      complain(
        say(
          'Секреты в копии зашифрованы: храните ключ (secret.key или NABAT_SECRET_KEY) отдельно от неё.',
          'Secrets in it are encrypted: keep the key (secret.key or NABAT_SECRET_KEY) in another place.',
        ),
      )
      return 0
    })
  },
}

const isHere = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

/** Over file systems; the earlier backup of that name is whole until the new one is. */
async function move(from: string, to: string): Promise<void> {
  const part = `${to}.part`
  await copyFile(from, part)
  await chmod(part, 0o600)
  const copy = await open(part, 'r+')
  await copy.sync()
  await copy.close()
  await rename(part, to)
  await rm(from)
}
