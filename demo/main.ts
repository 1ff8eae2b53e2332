import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../server/src/clock.ts'
import { openTerminal } from '../server/src/commands/terminal.ts'
import { StartRefused } from '../server/src/start-refused.ts'
import { startDemo } from './start.ts'

const HELP = {
  ru: `npm run demo [-- флаги]

Показывает Набат в деле: обставленная компания, две недели её истории и всё, что стоит снаружи — Telegram, почта,
Mattermost, — на этой машине и без сети. Настоящих сообщений не уходит.

  --keep         продолжить с того, что осталось с прошлого раза; без него каждый запуск начинается заново
  --data=ПАПКА   где держать данные, по умолчанию ./data-demo
  --port=ПОРТ    по умолчанию 8080, а если занят — следующий свободный
  --help         эта подсказка`,
  en: `npm run demo [-- flags]

Shows Nabat at work: a furnished company, a fortnight of its history, and everything outside of it — Telegram, mail,
Mattermost — on this machine and without a network. No real message leaves.

  --keep         go on with what is left of the last time; without it every start begins anew
  --data=FOLDER  where the data is kept, ./data-demo by default
  --port=PORT    8080 by default, or the next one that is free
  --help         this help`,
}

/** Runs the demonstration until it is told to stop; answers with the code the process ends with. */
export async function main(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { say, print, complain, language, paint } = openTerminal(env)
  const asked = read(argv)
  if (asked === undefined) {
    complain(HELP[language])
    return 2
  }
  if (asked.help) {
    print(HELP[language])
    return 0
  }
  const stopped = untilStopped()
  try {
    const demo = await startDemo({ ...asked, logLevel: env['NABAT_LOG_LEVEL'] ?? 'error' })
    if (asked.port === null && demo.port !== 8080)
      print(say(`Порт 8080 занят, поэтому ${demo.port}.`, `Port 8080 is taken, so it is ${demo.port}.`))
    print(say('Компания «Северный дозор» открыта. Заходите по ссылке:', 'The company is open. Come in by the link:'))
    print(`\n  ${paint.bold(demo.link)}\n`)
    print(say('Остановить: Ctrl+C.', 'To stop it: Ctrl+C.'))
    await stopped
    await demo.stop()
    print(say('Остановлено.', 'Stopped.'))
    return 0
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    complain(error.text[language])
    return 1
  }
}

/** Ctrl+C reaches this process twice, from the terminal and through npm; later on it means that somebody is in a hurry. */
const TWICE_MS = 1_000

/** Resolves when the process is told to stop; told again, it ends at once. */
function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let first: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      first ??= systemClock.now()
      if (systemClock.now() - first > TWICE_MS) process.exit(1)
      resolve()
    })
  return promise
}

interface Asked {
  readonly help: boolean
  readonly keep: boolean
  readonly folder: string
  readonly port: number | null
}

/** What the command line asks for; undefined for what nobody can mean. */
function read(argv: readonly string[]): Asked | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        keep: { type: 'boolean', default: false },
        data: { type: 'string', default: './data-demo' },
        port: { type: 'string' },
      },
    })
    const { help, keep, data, port } = values
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) return undefined
    return { help, keep, folder: resolve(data), port: port === undefined ? null : Number(port) }
  } catch {
    return undefined
  }
}
