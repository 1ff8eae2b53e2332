import type { NabatClient } from '@nabat/client'
import { UsageError, type Command } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { onServer } from './connect.ts'
import { drawTrace } from './draw-trace.ts'
import { openTerminal, plain, type Terminal } from './terminal.ts'

const OPTIONS = { source: { type: 'string' }, 'event-id': { type: 'string' }, all: { type: 'boolean' } } as const

export const command: Command = {
  summary: { ru: 'показать путь события и почему он такой', en: 'show the way of an event and why' },
  usage: ['ID [--all]', '--event-id ID [--source SOURCE] [--all]'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const { values, positionals } = readCommandLine(argv, OPTIONS, 1, terminal)
    const { source, 'event-id': eventId, all = false } = values
    const [id] = positionals
    if ((id === undefined) === (eventId === undefined) || (source !== undefined && eventId === undefined))
      throw new UsageError(
        terminal.say(
          'Нужен либо номер события, либо --event-id (и --source)',
          'Give the id of the event, or --event-id (and --source)',
        ),
      )
    return onServer(env, terminal, async ({ nabat }) => {
      const found = id ?? (await theOne(nabat, eventId!, source, terminal))
      if (found === undefined) return 1
      // The company's clock, not that of the machine: a container's is UTC, and quiet hours are told by the company's.
      const [event, { timeZone }] = await Promise.all([nabat.events.get(found), nabat.workspace()])
      terminal.print(drawTrace(event, terminal.language, { all, timeZone, paint: terminal.paint }))
      return 0
    })
  },
}

/** The event with a sender's id; several senders may have given the same one. */
async function theOne(
  nabat: NabatClient,
  eventId: string,
  source: string | undefined,
  { complain, say }: Terminal,
): Promise<string | undefined> {
  const query = { eventId, ...(source === undefined ? {} : { source }) }
  const { items } = await nabat.events.list(query).page()
  if (items.length === 1) return items[0]!.id
  if (items.length === 0) complain(say('Такого события нет.', 'There is no such event.'))
  else complain(say('Таких событий несколько, уточните --source:', 'There are several, tell them apart by --source:'))
  for (const { id, source: from, type } of items) complain(`${id}  ${plain(from)}  ${type}`)
  return undefined
}
