import { UsageError, type Command, type Environment } from './commands/command.ts'
import { openTerminal, type Terminal } from './commands/terminal.ts'
import { StartRefused } from './start-refused.ts'

type Load = () => Promise<{ readonly command: Command }>

/** Every command; each is loaded when it is called. */
const COMMANDS: Readonly<Record<string, Load>> = {
  serve: () => import('./commands/serve.ts'),
  apply: () => import('./commands/apply.ts'),
  export: () => import('./commands/export.ts'),
  send: () => import('./commands/send.ts'),
  trace: () => import('./commands/trace.ts'),
  doctor: () => import('./commands/doctor.ts'),
  key: () => import('./commands/key.ts'),
  'admin-link': () => import('./commands/admin-link.ts'),
  backup: () => import('./commands/backup.ts'),
  restore: () => import('./commands/restore.ts'),
  move: () => import('./commands/move.ts'),
}

/** Runs one command; the answer is the exit code: 0 done, 1 it failed, 2 the command line is wrong. */
export async function main(argv: readonly string[], env: Environment): Promise<number> {
  const terminal = openTerminal(env)
  const { say, print, complain, language } = terminal
  // Whoever reads our output may have read enough: `nabat export | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  const [name = 'help', ...rest] = argv
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load === undefined) {
    const known = name === 'help' || name === '--help' || name === '-h'
    if (!known) complain(say(`Команды «${name}» нет.\n`, `There is no command "${name}".\n`))
    const tell = known ? print : complain
    for (const line of await overview(terminal)) tell(line)
    return known ? 0 : 2
  }
  const { command } = await load()
  if (rest.includes('--help') || rest.includes('-h')) {
    print(`${command.summary[language]}\n\n${usageOf(name, command, terminal)}`)
    return 0
  }
  try {
    return await command.run(rest, env)
  } catch (error) {
    complain(error instanceof StartRefused ? error.text[language] : (error as Error).message)
    if (!(error instanceof UsageError)) return 1
    complain(`\n${usageOf(name, command, terminal)}`)
    return 2
  }
}

async function overview({ say, language }: Terminal): Promise<string[]> {
  const lines = [say('nabat <команда> [параметры]', 'nabat <command> [options]'), '']
  for (const [name, load] of Object.entries(COMMANDS))
    lines.push(`  ${name.padEnd(10)} ${(await load()).command.summary[language]}`)
  return [...lines, '', say('Подробнее: nabat <команда> --help', 'More: nabat <command> --help')]
}

function usageOf(name: string, { usage }: Command, { say }: Terminal): string {
  const [first = '', ...others] = usage.map((form) => `nabat ${name} ${form}`.trimEnd())
  const word = say('Вызов: ', 'Usage: ')
  return [word + first, ...others.map((form) => ' '.repeat(word.length) + form)].join('\n')
}
