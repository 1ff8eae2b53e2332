import type { AcceptedEvent, PostedEvent } from '@nabat/api/event.ts'
import { SEVERITIES, type Severity } from '@nabat/api/severity.ts'
import { UsageError, type Command } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { onServer } from './connect.ts'
import { readText } from './input.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const OPTIONS = {
  subject: { type: 'string' },
  data: { type: 'string' },
  severity: { type: 'string' },
  id: { type: 'string' },
  source: { type: 'string' },
  incident: { type: 'string' },
} as const

type Values = Partial<Record<keyof typeof OPTIONS, string>>

export const command: Command = {
  summary: { ru: 'отправить событие', en: 'post an event' },
  usage: [
    'TYPE [--subject TEXT] [--data JSON|@FILE] [--severity info|warning|critical] [--id ID] [--source SOURCE] [--incident KEY]',
    '- < FILE.json',
  ],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { values, positionals } = readCommandLine(argv, OPTIONS, 1, terminal)
    const [type] = positionals
    if (type === undefined) throw new UsageError(terminal.say('Укажите тип события', 'Name the event type'))
    if (type === '-' && Object.keys(values).length > 0)
      throw new UsageError(
        terminal.say(
          'Вместе с «-» параметров нет: всё читается из JSON',
          'No options go with "-": the JSON says it all',
        ),
      )
    const posted = type === '-' ? await fromInput(terminal) : await fromOptions(type, values, terminal)
    return onServer(env, terminal, async ({ nabat }) => {
      const events = Array.isArray(posted) ? await nabat.events.send(posted) : [await nabat.events.send(posted)]
      for (const event of events) terminal.print(lineOf(event, terminal))
      return 0
    })
  },
}

/** One event or a list; what they are made of is checked by the server. */
async function fromInput(terminal: Terminal): Promise<PostedEvent | PostedEvent[]> {
  return parseJson(await readText('-', terminal), '-', terminal) as PostedEvent | PostedEvent[]
}

async function fromOptions(
  type: string,
  { data, severity, ...rest }: Values,
  terminal: Terminal,
): Promise<PostedEvent> {
  if (severity !== undefined && !SEVERITIES.includes(severity as Severity))
    throw new UsageError(`--severity: ${SEVERITIES.join(' | ')}`)
  const text = data?.startsWith('@') === true ? await readText(data.slice(1), terminal) : data
  return {
    type,
    ...rest,
    ...(severity === undefined ? {} : { severity: severity as Severity }),
    ...(text === undefined ? {} : { data: parseJson(text, '--data', terminal) as Record<string, unknown> }),
  }
}

function parseJson(text: string, where: string, { say }: Terminal): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const { message } = error as Error
    throw new UsageError(say(`${where}: это не JSON: ${message}`, `${where}: not JSON: ${message}`), { cause: error })
  }
}

function lineOf({ id, status, deliveries }: AcceptedEvent, { say }: Terminal): string {
  const words =
    status === 'accepted'
      ? say(`принято, сообщений: ${deliveries}`, `accepted, messages: ${deliveries}`)
      : say('уже было, ничего не отправлено', 'known already, nothing was sent')
  return `${id}  ${words}`
}
