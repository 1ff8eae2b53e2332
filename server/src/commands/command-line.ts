import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { UsageError } from './command.ts'
import type { Terminal } from './terminal.ts'

type Parsed<O extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>

/** Reads a command line; what is wrong with it is a UsageError. `most`: positional arguments at most. */
export function readCommandLine<const O extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: O,
  most: number,
  { say }: Pick<Terminal, 'say'>,
): Parsed<O> {
  let parsed: Parsed<O>
  try {
    parsed = parseArgs({ args: withNegativeValues(argv, options), options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(wrongOption(error as Error & { code?: string }, say), { cause: error })
  }
  const tooMany = parsed.positionals[most]
  if (tooMany !== undefined) throw new UsageError(say(`Лишнее: ${tooMany}`, `Too many arguments: ${tooMany}`))
  return parsed
}

/** `--to -1001234567890`: chats of Telegram begin with a dash, which parseArgs would take for an option. */
function withNegativeValues(argv: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const args: string[] = []
  for (const arg of argv) {
    const before = args.at(-1)
    if (/^-\d/.test(arg) && before?.startsWith('--') && options[before.slice(2)]?.type === 'string')
      args[args.length - 1] = `${before}=${arg}`
    else args.push(arg)
  }
  return args
}

function wrongOption(error: Error & { code?: string }, say: Terminal['say']): string {
  const name = /'(?:-\w, )?(-{1,2}[^\s'=]+)/.exec(error.message)?.[1] ?? ''
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return say(`Нет такого параметра: ${name}`, `There is no option ${name}`)
  if (error.message.includes('does not take'))
    return say(`Параметр ${name} не принимает значения`, `The option ${name} takes no value`)
  return say(`У параметра ${name} нет значения`, `The option ${name} needs a value`)
}
