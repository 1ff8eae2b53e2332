/*
 * Moving a stopped system between the embedded store and PostgreSQL. It works beside no server: what runs is refused by
 * the locks of both stores (move/open.ts).
 */
import { systemClock, systemRandom } from '../clock.ts'
import { readConfig, type Config } from '../config.ts'
import { secretBox, type SecretBox } from '../configuration/secret-box.ts'
import { presentSecretKey } from '../data-folder.ts'
import { move, type Compared, type Moved } from '../move/move.ts'
import { openEnds, type Ends } from '../move/open.ts'
import { isSame, showSum } from '../move/sums.ts'
import { StartRefused } from '../start-refused.ts'
import { UsageError, type Command, type Environment } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { progressBar } from './progress.ts'
import { openTerminal, type Terminal } from './terminal.ts'

export const command: Command = {
  summary: {
    ru: 'перенести данные в PostgreSQL или из него (сервер остановлен)',
    en: 'move the data to PostgreSQL or from it (the server stopped)',
  },
  usage: ['--to postgres://…', '--from postgres://…'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { values } = readCommandLine(argv, { to: { type: 'string' }, from: { type: 'string' } }, 0, terminal)
    const { direction, url } = directionOf(values, terminal)
    const config = settingsOf(env, terminal)
    const key = presentSecretKey(config)
    if (key === undefined) {
      terminal.complain(noKey(config, terminal))
      return 1
    }
    await using ends = await openEnds(direction, config.dataFolder, url)
    return await moveBetween(ends, secretBox(key, systemRandom), config, terminal)
  },
}

function directionOf(
  { to, from }: { readonly to?: string | undefined; readonly from?: string | undefined },
  { say }: Terminal,
): { direction: 'to' | 'from'; url: string } {
  const url = to ?? from
  if (url === undefined || (to !== undefined && from !== undefined))
    throw new UsageError(say('Нужно одно из двух: --to или --from', 'Give one of the two: --to or --from'))
  const direction = to === undefined ? 'from' : 'to'
  if (!/^postgres(ql)?:\/\/./.test(url) || !URL.canParse(url))
    throw new UsageError(
      say(
        `--${direction}: нужен адрес базы вида postgres://пользователь@сервер:5432/база`,
        `--${direction}: the address of a database, such as postgres://user@server:5432/database`,
      ),
    )
  return { direction, url }
}

type Settings = Pick<Config, 'dataFolder' | 'secretKey' | 'secretKeyFile'>

/** The folder and key that are set; the rest is the server's. */
function settingsOf(env: Environment, { language }: Terminal): Settings {
  const names = ['NABAT_DATA', 'NABAT_SECRET_KEY', 'NABAT_SECRET_KEY_FILE']
  const config = readConfig(Object.fromEntries(names.map((name) => [name, env[name]])))
  if ('mistakes' in config) throw new Error(config.mistakes.map((mistake) => mistake[language]).join('\n'))
  return config
}

const noKey = ({ dataFolder, secretKeyFile }: Settings, { say }: Terminal): string =>
  secretKeyFile === null
    ? say(
        `Нет секретного ключа этих данных: задайте NABAT_SECRET_KEY или NABAT_SECRET_KEY_FILE, либо положите secret.key в ${dataFolder}.`,
        `There is no secret key of this data: set NABAT_SECRET_KEY or NABAT_SECRET_KEY_FILE, or put secret.key into ${dataFolder}.`,
      )
    : say(
        `NABAT_SECRET_KEY_FILE указывает на ${secretKeyFile}, а такого файла нет.`,
        `NABAT_SECRET_KEY_FILE names ${secretKeyFile}, which is not there.`,
      )

async function moveBetween(
  { source, target }: Ends,
  box: SecretBox,
  config: Settings,
  terminal: Terminal,
): Promise<number> {
  const { say, complain, language } = terminal
  const write = (text: string): void => void process.stderr.write(text)
  const bar = progressBar(process.stderr.isTTY, systemClock, terminal, write)
  const stages = { copy: say('Перенос', 'Copying'), compare: say('Сверка', 'Comparing') }
  let moved: Moved
  try {
    moved = await move({
      source,
      target,
      box,
      tell: ({ stage, table, rows, of }) => bar.show(stages[stage], table, rows, of),
      resumes: (rows) => {
        const count = rows.toLocaleString(language)
        complain(
          say(
            `Продолжаю прерванный перенос, строк уже есть: ${count}.`,
            `Going on with a move that was broken off; rows there already: ${count}.`,
          ),
        )
      },
    })
  } catch (error) {
    bar.clear()
    if (error instanceof StartRefused) throw error
    complain(say(`Перенос прерван: ${(error as Error).message}`, `The move broke off: ${(error as Error).message}`))
    complain(
      say(
        'Повторите ту же команду: она продолжит с этого места.',
        'Give the same command again: it goes on from here.',
      ),
    )
    return 1
  }
  bar.clear()
  printTable(moved.tables, terminal)
  const different = moved.tables.filter((table) => !isSame(table.source, table.target))
  if (different.length > 0) {
    const names = different.map(({ table }) => table).join(', ')
    complain(
      say(
        `Не сошлось: ${names}. Данные менялись во время переноса, или в нём ошибка: очистите новое место и перенесите заново. Прежние данные целы.`,
        `Not the same: ${names}. The data changed while it was moved, or the move is at fault: empty the new place and move again. The old data is untouched.`,
      ),
    )
    return 1
  }
  await target.release()
  sayWhatIsNext(target.store === 'postgres', moved.waiting, config, terminal)
  return 0
}

/** Names, rows and sums; both sides where they differ. */
function printTable(tables: readonly Compared[], { say, print, paint, language }: Terminal): void {
  const number = (rows: number): string => rows.toLocaleString(language)
  const lines = tables.flatMap(({ table, source, target }) =>
    isSame(source, target)
      ? [[table, number(source.rows), showSum(source), '=']]
      : [
          [table, number(source.rows), showSum(source), say('было', 'source')],
          ['', number(target.rows), showSum(target), say('стало', 'target')],
        ],
  )
  const head = [say('таблица', 'table'), say('строк', 'rows'), say('сумма', 'sum'), '']
  const width = (column: number): number => Math.max(...[head, ...lines].map((cells) => cells[column]!.length))
  const [first, second, third] = [width(0), width(1), width(2)]
  for (const [name, rows, sum, mark] of [head, ...lines]) {
    const line = `${name!.padEnd(first)}  ${rows!.padStart(second)}  ${sum!.padEnd(third)}  ${mark!}`.trimEnd()
    print(mark === '' || mark === '=' ? line : paint.bad(line))
  }
}

function sayWhatIsNext(toPostgres: boolean, waiting: number, config: Settings, { say, print }: Terminal): void {
  print(say('Перенесено, всё сошлось.', 'Moved; everything is the same.'))
  if (toPostgres)
    print(
      config.secretKey === null && config.secretKeyFile === null
        ? say(
            `Узлам нужны NABAT_DATABASE_URL и тот же секретный ключ: NABAT_SECRET_KEY_FILE=${config.dataFolder}/secret.key или его копия.`,
            `Nodes need NABAT_DATABASE_URL and the same secret key: NABAT_SECRET_KEY_FILE=${config.dataFolder}/secret.key, or a copy of it.`,
          )
        : say(
            'Узлам нужны NABAT_DATABASE_URL и тот же секретный ключ.',
            'Nodes need NABAT_DATABASE_URL and the same secret key.',
          ),
    )
  else
    print(
      say(
        'Запускайте без NABAT_DATABASE_URL, с тем же секретным ключом.',
        'Start without NABAT_DATABASE_URL and with the same secret key.',
      ),
    )
  if (waiting > 0)
    print(
      say(
        `Ждут отправки: ${waiting}. Прежнее место больше не запускайте: эти сообщения ушли бы дважды.`,
        `Messages that wait: ${waiting}. Do not start the old place again: they would leave twice.`,
      ),
    )
}
