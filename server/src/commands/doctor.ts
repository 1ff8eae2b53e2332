import { statfs } from 'node:fs/promises'
import { NabatError, type ChannelTest, type NabatClient, type PersonReach } from '@nabat/client'
import type { Recipient } from '@nabat/api/rule.ts'
import { request } from 'undici'
import { isLow } from '../housekeeping.ts'
import { UsageError, type Command } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { onServer, type Connection } from './connect.ts'
import { openTerminal, plain, type Terminal } from './terminal.ts'

/** The server gives a check a minute. */
const CHECK_MS = 75_000
const ANSWER_MS = 10_000

type Channel = Awaited<ReturnType<NabatClient['channels']['get']>>

export const command: Command = {
  summary: { ru: 'проверить сервер и каналы', en: 'check the server and the channels' },
  usage: ['', 'CHANNEL [--to ADDRESS|CHAT [--topic N]]', 'CHANNEL --post'],
  async run(argv, env) {
    const terminal = openTerminal(env)
    const options = { to: { type: 'string' }, topic: { type: 'string' }, post: { type: 'boolean' } } as const
    const { values, positionals } = readCommandLine(argv, options, 1, terminal)
    const [name] = positionals
    if (name === undefined && (values.to ?? values.topic) !== undefined)
      throw new UsageError(terminal.say('--to: назовите и канал', '--to: name the channel too'))
    if (name === undefined && values.post === true)
      throw new UsageError(terminal.say('--post: назовите и канал', '--post: name the channel too'))
    if (values.topic !== undefined && (values.to === undefined || !/^[1-9]\d*$/.test(values.topic)))
      throw new UsageError(terminal.say('--topic: номер темы чата из --to', '--topic: a topic of the chat in --to'))
    return onServer(env, terminal, async (connection) => {
      const nabat = connection.nabat.with({ timeoutMs: CHECK_MS })
      if (name === undefined) return checkAll({ ...connection, nabat }, terminal)
      const channel = await nabat.channels.get(name).catch((error: unknown) => {
        if (error instanceof NabatError && error.code === 'not_found') return undefined
        throw error
      })
      if (channel === undefined) return unknownChannel(nabat, name, terminal)
      const to = values.to === undefined ? undefined : recipientOf(channel, values.to, values.topic, terminal)
      const { ok, posted } = await checkChannel(nabat, channel, { to, post: values.post === true }, terminal)
      if (!posted) tellNothingSent(terminal)
      return ok ? 0 : 1
    })
  },
}

async function unknownChannel(nabat: NabatClient, name: string, { complain, say }: Terminal): Promise<number> {
  const names = (await nabat.channels.list().all()).map((channel) => channel.name).join(', ')
  complain(
    say(`Канала «${name}» нет. Есть: ${names || 'ни одного'}`, `No channel "${name}". There are: ${names || 'none'}`),
  )
  return 1
}

/** Everything; one thing that is wrong does not keep the others from being looked at. */
async function checkAll(connection: Connection, terminal: Terminal): Promise<number> {
  const results = [await checkServer(connection, terminal)]
  if (connection.folder !== null) results.push(await checkDisk(connection.folder, terminal))
  await tellUnreachable(connection.nabat, terminal)
  const channels = await connection.nabat.channels.list().all()
  if (channels.length === 0) terminal.print(terminal.say('Каналов пока нет.', 'There are no channels yet.'))
  for (const channel of channels) results.push((await checkChannel(connection.nabat, channel, {}, terminal)).ok)
  if (channels.length > 0) tellNothingSent(terminal)
  return results.every(Boolean) ? 0 : 1
}

/** The server answers, knows the key, and its store takes writes. */
async function checkServer({ nabat, url }: Connection, terminal: Terminal): Promise<boolean> {
  const { say } = terminal
  await nabat.channels.list({ limit: 1 }).page()
  line(true, say(`сервер ${url} отвечает и знает ключ`, `the server ${url} answers and knows the key`), terminal)
  const { statusCode, body } = await request(`${url.replace(/\/+$/, '')}/readyz`, {
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  const ready = statusCode === 200
  const { reason = '' } = (await body.json().catch(() => ({}))) as { reason?: string }
  const says = ready
    ? say('хранилище принимает записи', 'the store takes writes')
    : say(
        `хранилище не принимает записи: ${reason}. Проверьте место на диске и права на папку данных`,
        `the store takes no writes: ${reason}. Check the space on the disk and the rights of the data folder`,
      )
  line(ready, says, terminal)
  return ready
}

async function checkDisk(folder: string, terminal: Terminal): Promise<boolean> {
  const { say } = terminal
  const { blocks, bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const low = isLow(free, blocks * bsize)
  const gigabytes = new Intl.NumberFormat(terminal.language, { maximumFractionDigits: 1 }).format(free / 1e9)
  const says = say(`свободно на диске: ${gigabytes} ГБ (${folder})`, `free on the disk: ${gigabytes} GB (${folder})`)
  line(!low, low ? say(`${says}, этого мало: освободите место`, `${says}, too little: make room`) : says, terminal)
  return !low
}

/** As many are named; the others are counted. */
const NAMED = 10

/**
 * Names people no message can reach. It does not make the check fail: somebody without a contact is a question to whoever
 * keeps the list of people, and those who have left are meant to get nothing.
 */
export async function tellUnreachable(
  nabat: Pick<NabatClient, 'reachability'>,
  { print, say }: Pick<Terminal, 'print' | 'say'>,
): Promise<void> {
  const found: PersonReach[] = []
  let cursor: string | undefined
  do {
    const { people } = await nabat.reachability({
      unreachable: true,
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    })
    found.push(...people.items.filter(({ reason }) => reason !== 'person_left'))
    cursor = people.next ?? undefined
  } while (cursor !== undefined)
  if (found.length === 0) return
  print(`! ${say('ничего не получат, людей', 'people who can be told nothing')}: ${found.length}`)
  for (const { login, says, contacts } of found.slice(0, NAMED)) {
    const ways = contacts.map((each) => `${[each.channel, each.destination].filter(Boolean).join(' ')}: ${each.says}`)
    print(`  ${plain(`${login} — ${ways.length === 0 ? says : ways.join('; ')}`)}`)
  }
  if (found.length > NAMED) print(`  ${say('и ещё', 'and others')}: ${found.length - NAMED}`)
}

/** A check looks, it does not write to people; whoever wants the last stage asks for it. */
function tellNothingSent({ print, say }: Terminal): void {
  print(
    say(
      'Ничего не отправлено. Пробное сообщение: nabat doctor КАНАЛ --to АДРЕС, у вебхука nabat doctor КАНАЛ --post',
      'Nothing was sent. For a test message: nabat doctor CHANNEL --to ADDRESS, for a webhook nabat doctor CHANNEL --post',
    ),
  )
}

/** Where a test message goes; with neither none does. */
interface Wanted {
  readonly to?: Recipient | undefined
  /** To the one receiver the channel has itself. */
  readonly post?: boolean
}

async function checkChannel(
  nabat: NabatClient,
  channel: Channel,
  wanted: Wanted,
  terminal: Terminal,
): Promise<Pick<ChannelTest, 'ok' | 'posted'>> {
  const { say, print, paint } = terminal
  const title = `${paint.bold(plain(channel.name))} (${channel.kind})`
  if (channel.status === 'off' && wanted.to === undefined && wanted.post !== true) {
    print(`${title} — ${say('выключен', 'switched off')}`)
    return { ok: true, posted: false }
  }
  print(title)
  const found = await testOf(nabat, channel, wanted)
  for (const { stage, ok, says } of found.stages)
    line(ok, `${STAGES[stage]?.[terminal.language] ?? stage}: ${says}`, terminal, '  ')
  return found
}

/** What keeps a command from going on; anything else is wrong with this one channel only. */
const ENDS = ['network', 'unauthorized', 'forbidden', 'unexpected']

/** The check; what the server will not even try, or does not end in time, is a failed stage. */
async function testOf(nabat: NabatClient, channel: Channel, { to, post = false }: Wanted): Promise<ChannelTest> {
  try {
    return await nabat.channels.test(channel.id, to, { post })
  } catch (error) {
    if (!(error instanceof NabatError) || ENDS.includes(error.code)) throw error
    const stage = error.code === 'invalid' ? 'settings' : 'message'
    const said = error.details.length > 0 ? error.details : [error]
    return { ok: false, posted: false, stages: said.map(({ message }) => ({ stage, ok: false, says: message })) }
  }
}

const STAGES: Readonly<Record<string, { ru: string; en: string }>> = {
  settings: { ru: 'настройки', en: 'settings' },
  name: { ru: 'имя', en: 'name' },
  connection: { ru: 'соединение', en: 'connection' },
  tls: { ru: 'TLS', en: 'TLS' },
  login: { ru: 'вход', en: 'login' },
  sender: { ru: 'отправитель', en: 'sender' },
  message: { ru: 'сообщение', en: 'message' },
}

function line(ok: boolean, text: string, { print, paint }: Terminal, indent = ''): void {
  print(`${indent}${ok ? paint.good('✓') : paint.bad('✗')} ${plain(text)}`)
}

/** What `--to` means on a channel of this kind. A positive chat is a private one: whoever tests it means it. */
export function recipientOf(
  { kind, name }: Pick<Channel, 'kind' | 'name'>,
  to: string,
  topic: string | undefined,
  { say }: Pick<Terminal, 'say'>,
): Recipient {
  if (kind === 'smtp') return { address: to }
  if (kind === 'inbox') return { user: to }
  if (kind === 'mattermost') return /^[^@\s]+@/.test(to) ? { address: to } : { chat: to }
  if (kind === 'telegram')
    return {
      chat: to,
      ...(/^\d+$/.test(to) ? { private: true } : {}),
      ...(topic === undefined ? {} : { topic: Number(topic) }),
    }
  throw new UsageError(
    say(
      `--to не нужен: у «${name}» один получатель, он в настройках; пробное сообщение ему отправит --post`,
      `--to: "${name}" has one receiver, in its settings; --post sends it a test message`,
    ),
  )
}
