import type { Command } from './commands/command.ts'

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
  backup: () => import('./commands/backup.ts'),
  restore: () => import('./commands/restore.ts'),
}

/** Runs one command; the answer is the exit code: 0 done, 1 it failed, 2 the command line is wrong. */
export async function main(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const [name = 'help', ...rest] = argv
  const load = COMMANDS[name]
  if (load === undefined) {
    const known = name === 'help' || name === '--help' || name === '-h'
    const lines = ['Usage: nabat <command> [options]', '', 'Commands:']
    for (const [each, find] of Object.entries(COMMANDS))
      lines.push(`  ${each.padEnd(8)} ${(await find()).command.summary}`)
    process[known ? 'stdout' : 'stderr'].write(
      `${known ? '' : `There is no command "${name}".\n\n`}${lines.join('\n')}\n`,
    )
    return known ? 0 : 2
  }
  const { command } = await load()
  if (rest.includes('--help')) {
    process.stdout.write(`${command.summary}\n\nUsage: nabat ${name} ${command.usage}\n`)
    return 0
  }
  try {
    return await command.run(rest, env)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  }
}
