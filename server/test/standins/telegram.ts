import { appendFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { until } from '../until.ts'
import { read } from './receiver.ts'
import {
  BotMethods,
  field,
  Refusal,
  type BotRules,
  type Params,
  type TelegramFault,
  type TelegramMessage,
} from './telegram-methods.ts'
import type { UpdateQueue } from './telegram-updates.ts'

/*
 * A stand-in for the Bot API that speaks its protocol and its refusals; the words are those of
 * github.com/tdlib/telegram-bot-api. In tests: `startTelegram()`; by itself, printing each message as a line of JSON:
 * `node server/test/standins/telegram.ts --port 9101 --log messages.jsonl`.
 */

/** One call as it came in, whatever became of it. */
export interface TelegramCall {
  readonly token: string
  readonly method: string
  readonly params: Params
  readonly at: number
  status: number
}

/** What the stand-in may be started with. */
export interface TelegramOptions extends BotRules {
  readonly port?: number
}

/** A running Bot API. */
export interface TelegramStandIn extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly messages: TelegramMessage[]
  readonly calls: TelegramCall[]
  /** What bots hear of. */
  readonly updates: UpdateQueue
  /** Adds a fault; the returned function takes it back. */
  fail(fault: TelegramFault): () => void
  /** Waits until so many messages have come, or until they are as the condition wants them. */
  waitFor(
    wanted: number | ((messages: readonly TelegramMessage[]) => boolean),
    timeoutMs?: number,
  ): Promise<readonly TelegramMessage[]>
  close(): Promise<void>
}

/** Starts a Bot API on 127.0.0.1; port 0 or none takes a free one. */
export async function startTelegram(options: TelegramOptions = {}): Promise<TelegramStandIn> {
  const bots = new BotServer(new BotMethods(options))
  const { messages } = bots.methods
  const server = createServer((request, response) => void bots.serve(request, response))
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    messages,
    calls: bots.calls,
    updates: bots.methods.updates,
    fail(fault) {
      bots.faults.push({ fault, used: 0 })
      return () => void (bots.faults = bots.faults.filter((one) => one.fault !== fault))
    },
    async waitFor(wanted, timeoutMs = 5_000) {
      const enough = typeof wanted === 'function' ? wanted : () => messages.length >= wanted
      const what = `${typeof wanted === 'number' ? wanted : 'the right'} messages`
      await until(() => enough(messages), timeoutMs, what)
      return messages
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** HTTP before the methods, and the faults. */
class BotServer {
  readonly methods: BotMethods
  readonly calls: TelegramCall[] = []
  faults: { fault: TelegramFault; used: number }[] = []

  constructor(methods: BotMethods) {
    this.methods = methods
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? '')
    const body = await read(request)
    const [, token = '', method = ''] = found ?? []
    // Whoever goes away in the middle of a request has asked for nothing.
    if (!request.complete) return
    const params = await paramsOf(request, body).catch(() => undefined)
    if (params === undefined) {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse the request"}')
      return
    }
    const call: TelegramCall = { token, method, params, at: Date.now(), status: 0 }
    this.calls.push(call)
    const fault = this.#faultFor(method, field(params, 'chat_id'))
    if (fault?.hang === true) return
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
    if (fault?.drop === 'before') return void request.socket.destroy()
    const answer = await this.#answer(call, fault, goneWith(response))
    call.status = answer.status
    if (fault?.drop === 'after') return void request.socket.destroy()
    const wait = answer.body.parameters?.retry_after
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(wait !== undefined && { 'retry-after': String(wait) }),
    })
    response.end(JSON.stringify(answer.body))
  }

  #faultFor(method: string, chat: string): TelegramFault | undefined {
    const found = this.faults.find(
      ({ fault, used }) =>
        used < (fault.times ?? Number.POSITIVE_INFINITY) &&
        (fault.chat === undefined || fault.chat === chat) &&
        (fault.method === undefined || fault.method === method),
    )
    if (found !== undefined) found.used++
    return found?.fault
  }

  async #answer(
    call: TelegramCall,
    fault: TelegramFault | undefined,
    gone: AbortSignal,
  ): Promise<{ status: number; body: AnswerBody }> {
    try {
      if (fault?.status !== undefined) throw new Refusal(fault)
      const result = this.methods.run(call)
      if (call.method !== 'getUpdates') return { status: 200, body: { ok: true, result } }
      const updates = await this.methods.updates.take(call.token.split(':')[0] ?? '', call.params, gone)
      if (updates instanceof Refusal) throw updates
      return { status: 200, body: { ok: true, result: updates } }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status = 500, says = 'Internal Server Error', parameters } = error.fault
      return { status, body: { ok: false, error_code: status, description: says, ...(parameters && { parameters }) } }
    }
  }
}

/** Aborts when the caller goes away before he has his answer. */
function goneWith(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

interface AnswerBody {
  readonly ok: boolean
  readonly result?: unknown
  readonly error_code?: number
  readonly description?: string
  readonly parameters?: TelegramFault['parameters']
}

async function paramsOf(request: IncomingMessage, body: Buffer): Promise<Params> {
  const type = request.headers['content-type'] ?? ''
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://x').searchParams)
  if (type.startsWith('application/json')) return { ...query, ...(JSON.parse(body.toString('utf8') || '{}') as Params) }
  if (body.length === 0) return query
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const entries = await Promise.all(
    [...form].map(async ([name, value]): Promise<[string, unknown]> => {
      if (typeof value === 'string') return [name, value]
      return [name, { name: value.name, mediaType: value.type, bytes: Buffer.from(await value.arrayBuffer()) }]
    }),
  )
  return { ...query, ...Object.fromEntries(entries) }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '9101' }, log: { type: 'string' }, limits: { type: 'boolean' } },
  })
  const print = (line: object): void => {
    const json = JSON.stringify(line)
    console.log(json)
    // Synchronously: whoever reads the file after killing us must find every message that was answered.
    if (values.log !== undefined) appendFileSync(values.log, `${json}\n`)
  }
  const telegram = await startTelegram({
    port: Number(values.port),
    enforceLimits: values.limits ?? false,
    onMessage: ({ file, ...message }) =>
      print({
        ...message,
        ...(file && { file: { name: file.name, mediaType: file.mediaType, size: file.bytes.length } }),
      }),
  })
  print({ listening: telegram.port })
}
