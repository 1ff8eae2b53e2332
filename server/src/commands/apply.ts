import type { Applied } from '@nabat/client'
import { readText } from './input.ts'
import { UsageError, type Command } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { onServer } from './connect.ts'
import { openTerminal, type Terminal } from './terminal.ts'

export const command: Command = {
  summary: { ru: 'применить файл конфигурации', en: 'make the configuration what a file says' },
  usage: ['FILE [--dry-run]', '- [--dry-run] < FILE'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { values, positionals } = readCommandLine(argv, { 'dry-run': { type: 'boolean' } }, 1, terminal)
    const [file] = positionals
    if (file === undefined) throw new UsageError(terminal.say('Укажите файл', 'Name the file'))
    const yaml = await readText(file, terminal)
    const dryRun = values['dry-run'] === true
    return onServer(env, terminal, async ({ nabat }) => tell(await nabat.apply(yaml, { dryRun }), terminal), file)
  },
}

function tell({ created, changed, removed, version, dryRun }: Applied, { print, say, paint }: Terminal): number {
  for (const name of created) print(paint.good(`+ ${name}`))
  for (const name of changed) print(`~ ${name}`)
  for (const name of removed) print(paint.bad(`- ${name}`))
  const nothing = created.length + changed.length + removed.length === 0
  if (nothing) print(say(`Менять нечего, версия ${version}.`, `Nothing to change, version ${version}.`))
  else if (dryRun) print(say('Это проба: ничего не изменено.', 'A dry run: nothing was changed.'))
  else print(say(`Применено, версия ${version}.`, `Applied, version ${version}.`))
  return 0
}
