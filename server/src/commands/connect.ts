import { NabatClient, NabatError } from '@nabat/client'
import { readConfig } from '../config.ts'
import { readControl } from '../data-folder.ts'
import type { Environment } from './command.ts'
import { languageOf, plain, type Terminal } from './terminal.ts'

/** The running server, as a command speaks to it. */
export interface Connection {
  readonly nabat: NabatClient
  readonly url: string
  /** Its data folder when it was found through it, that is, on this machine. */
  readonly folder: string | null
}

/** No server to speak to, or it refused; the message is for people. */
class NotConnected extends Error {}

/**
 * Finds the server: by NABAT_URL and NABAT_KEY, or by what a running one leaves in its data folder. NABAT_KEY alone
 * takes the place of the key found there; that key itself never goes to another address.
 */
export function connect(env: Environment, { say, language }: Terminal): Connection {
  const { NABAT_URL: url, NABAT_KEY: key } = env
  if (url && key) return { nabat: new NabatClient({ url, key, language }), url, folder: null }
  if (url)
    throw new NotConnected(
      say(
        'NABAT_URL задан, а NABAT_KEY нет: укажите в нём ключ API этого сервера.',
        'NABAT_URL is set, NABAT_KEY is not: put an API key of that server into it.',
      ),
    )
  const folder = dataFolderOf(env)
  const control = readControl(folder)
  if (control === undefined)
    throw new NotConnected(
      say(
        `Работающий Набат не найден: в ${folder} нет control.json. Запустите его (npm start), укажите его папку в NABAT_DATA, а если он на другой машине, задайте NABAT_URL и NABAT_KEY.`,
        `No running Nabat was found: there is no control.json in ${folder}. Start it (npm start), put its folder into NABAT_DATA, or, when it runs elsewhere, set NABAT_URL and NABAT_KEY.`,
      ),
    )
  return { nabat: new NabatClient({ url: control.url, key: key || control.key, language }), url: control.url, folder }
}

/** The data folder the settings name. */
export function dataFolderOf(env: Environment): string {
  const config = readConfig({ NABAT_DATA: env['NABAT_DATA'] })
  if ('mistakes' in config) throw new Error(config.mistakes.map((mistake) => mistake[languageOf(env)]).join('\n'))
  return config.dataFolder
}

/** Runs what a command does on the server; a refusal is told with every mistake, `file` before each. */
export async function onServer(
  env: Environment,
  terminal: Terminal,
  act: (connection: Connection) => Promise<number>,
  file?: string,
): Promise<number> {
  let connection: Connection
  try {
    connection = connect(env, terminal)
    return await act(connection)
  } catch (error) {
    if (error instanceof NotConnected) terminal.complain(error.message)
    else if (error instanceof NabatError)
      for (const line of failureLines(error, connection!, terminal, file)) terminal.complain(line)
    else throw error
    return 1
  }
}

function failureLines(
  error: NabatError,
  { url, folder }: Connection,
  { say }: Terminal,
  file: string | undefined,
): string[] {
  const { code, details } = error
  if (code === 'network')
    return [
      say(`Набат не отвечает на ${url}, он запущен?`, `Nabat does not answer on ${url}, is it running?`),
      error.message,
    ]
  if (code === 'timeout') return [say(`Набат на ${url} не ответил вовремя.`, `Nabat on ${url} did not answer in time.`)]
  if (code === 'unexpected')
    return [
      say(`На ${url} отвечает не Набат: ${error.message}`, `What answers on ${url} is not Nabat: ${error.message}`),
    ]
  if (code === 'unauthorized')
    return [
      folder === null
        ? say(`${url} не знает ключа из NABAT_KEY.`, `${url} does not know the key in NABAT_KEY.`)
        : say(
            `${url} не знает этого ключа: ${folder}/control.json мог остаться от прежнего запуска.`,
            `${url} does not know this key: ${folder}/control.json may be left over from an earlier run.`,
          ),
    ]
  // What is in the way says it all; that it is impossible now would be said twice.
  if (code === 'conflict' && details.length > 0) return details.map(({ message }) => plain(message))
  const lines = details.map(({ path, message, line }) =>
    [file === undefined ? '' : `${file}:${line === undefined ? '' : `${line}:`} `, path && `${path}: `, message].join(
      '',
    ),
  )
  return lines.length === 0 || file === undefined ? [error.message, ...lines].map(plain) : lines.map(plain)
}
