import { writeFile } from 'node:fs/promises'
import type { Command } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { onServer } from './connect.ts'
import { openTerminal } from './terminal.ts'

export const command: Command = {
  summary: { ru: 'выгрузить конфигурацию в YAML', en: 'write the configuration as YAML' },
  usage: ['[--output FILE]'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { values } = readCommandLine(argv, { output: { type: 'string' } }, 0, terminal)
    return onServer(env, terminal, async ({ nabat }) => {
      const yaml = await nabat.export()
      if (values.output === undefined) process.stdout.write(yaml)
      else await writeFile(values.output, yaml)
      return 0
    })
  },
}
