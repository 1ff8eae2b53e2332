import { startApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { readRoles } from '../nodes/roles.ts'
import { readCommandLine } from './command-line.ts'
import { UsageError, type Command } from './command.ts'
import { openTerminal } from './terminal.ts'

/** Signals that end the process; a second one ends it at once. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

export const command: Command = {
  summary: { ru: 'запустить сервер', en: 'run the server' },
  usage: ['', '[--roles=http,deliver,watch,bots]'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { values } = readCommandLine(argv, { roles: { type: 'string' } }, 0, terminal)
    const roles = readRoles(values.roles)
    if ('mistake' in roles) throw new UsageError(roles.mistake[terminal.language])
    const config = readConfig(env)
    if ('mistakes' in config) {
      const { complain, say, language } = terminal
      complain(say('В настройках ошибки:', 'The settings have mistakes:'))
      for (const mistake of config.mistakes) complain(mistake[language])
      return 2
    }
    const stopped = Promise.withResolvers<void>()
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        stopped.resolve()
        process.once(signal, () => process.exit(1))
      })
    }
    const app = await startApp(config, { roles })
    process.stdout.write(`Nabat is ready on ${app.url}\n`)
    if (app.setupLink !== null)
      terminal.print(
        terminal.say(
          `Откройте эту ссылку, чтобы завести администратора: ${app.setupLink}`,
          `Open this link to make the administrator: ${app.setupLink}`,
        ),
      )
    await stopped.promise
    await app.stop()
    return 0
  },
}
