import { readCommandLine } from './command-line.ts'
import type { Command } from './command.ts'
import { onServer } from './connect.ts'
import { openTerminal } from './terminal.ts'

export const command: Command = {
  summary: {
    ru: 'ссылка, по которой заводят администратора или входят снова, если войти некому',
    en: 'a link to make an administrator, or to come in again when nobody can',
  },
  usage: [''],
  async run(argv, env) {
    const terminal = openTerminal(env)
    readCommandLine(argv, {}, 0, terminal)
    return onServer(env, terminal, async ({ nabat }) => {
      const { link, expiresAt } = await nabat.adminLink()
      // Alone on standard output, so that it can be handed on.
      terminal.print(link)
      terminal.complain(
        terminal.say(
          `Срабатывает один раз и действует до ${expiresAt.slice(0, 10)}. Кто её откроет, станет администратором: передавайте осторожно.`,
          `It is good once, until ${expiresAt.slice(0, 10)}. Whoever opens it becomes an administrator: hand it on with care.`,
        ),
      )
      return 0
    })
  },
}
