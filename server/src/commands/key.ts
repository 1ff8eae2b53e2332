import type { NabatClient } from '@nabat/client'
import { UsageError, type Command } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { onServer } from './connect.ts'
import { openTerminal, plain, type Terminal } from './terminal.ts'

const RIGHTS = ['send', 'read', 'all'] as const
type Rights = (typeof RIGHTS)[number]

export const command: Command = {
  summary: { ru: 'ключи API: выпустить, показать, отозвать', en: 'API keys: make, list, remove' },
  usage: ['create NAME --rights send|read|all [--per-minute N]', 'list', 'remove ID'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const options = { rights: { type: 'string' }, 'per-minute': { type: 'string' } } as const
    const { values, positionals } = readCommandLine(argv, options, 2, terminal)
    const act = actionOf(positionals, values.rights, values['per-minute'], terminal)
    return onServer(env, terminal, async ({ nabat }) => {
      await act(nabat)
      return 0
    })
  },
}

type Act = (nabat: NabatClient) => Promise<void>

function actionOf(
  [what, which]: readonly string[],
  rights: string | undefined,
  perMinute: string | undefined,
  terminal: Terminal,
): Act {
  const { say } = terminal
  if (what !== 'create' && (rights ?? perMinute) !== undefined)
    throw new UsageError(
      say('--rights и --per-minute нужны только для create', '--rights and --per-minute go with create'),
    )
  if (what === 'create') {
    if (which === undefined) throw new UsageError(say('Назовите ключ', 'Name the key'))
    if (!RIGHTS.includes(rights as Rights)) throw new UsageError(`--rights ${RIGHTS.join('|')}`)
    if (perMinute !== undefined && !/^[1-9]\d{0,8}$/.test(perMinute))
      throw new UsageError(say('--per-minute: целое число от 1', '--per-minute: a whole number from 1'))
    return (nabat) => create(nabat, which, rights as Rights, perMinute, terminal)
  }
  if (what === 'list' && which === undefined) return (nabat) => list(nabat, terminal)
  if (what === 'remove') {
    if (which === undefined) throw new UsageError(say('Укажите номер ключа', 'Give the id of the key'))
    return async (nabat) => {
      await nabat.keys.remove(which)
      terminal.complain(say(`Ключ ${which} отозван.`, `The key ${which} is removed.`))
    }
  }
  throw new UsageError(say('Что сделать: create, list или remove?', 'What to do: create, list or remove?'))
}

/** The key alone goes to standard output: `KEY=$(nabat key create robot --rights send)`. */
async function create(
  nabat: NabatClient,
  name: string,
  rights: Rights,
  perMinute: string | undefined,
  { print, complain, say }: Terminal,
): Promise<void> {
  const { id, key } = await nabat.keys.make({
    name,
    rights,
    ...(perMinute === undefined ? {} : { perMinute: Number(perMinute) }),
  })
  print(key)
  complain(
    say(
      `Номер ключа ${id}. Сам ключ больше нигде не показывается, сохраните его сейчас.`,
      `The id of the key is ${id}. The key itself is never shown again, keep it now.`,
    ),
  )
}

async function list(nabat: NabatClient, { print, say }: Terminal): Promise<void> {
  for await (const { id, name, rights, perMinute, createdAt } of nabat.keys.list()) {
    const limit = perMinute === null ? '' : say(`  не больше ${perMinute} в минуту`, `  at most ${perMinute} a minute`)
    print(`${id}  ${rights.padEnd(4)}  ${createdAt.slice(0, 10)}  ${plain(name)}${limit}`)
  }
}
