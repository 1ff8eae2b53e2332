/*
 * The receiver of every bench: counts what is posted to it, in a process of its own.
 *
 *   node bench/sink.ts [port]      GET /count → {count, lastAt}    GET /reset?delay=5    GET /last → the last body
 *                                  GET /arrivals → {id of the event: when}
 *
 * `count` and `reset` are those of the peers' scripts, so that one sink serves them all. Times of `arrivals` are
 * `process.hrtime`, the machine's monotonic clock, which other processes of the machine can compare with theirs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

let count = 0
let lastAt = 0
let delayMs = 0
let wantsArrivals = false
let last: { body: string; headers: IncomingMessage['headers'] } = { body: '', headers: {} }
let arrivals: Record<string, number> = {}

/** Milliseconds of the machine's monotonic clock. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

const answers: Readonly<Record<string, (url: URL) => unknown>> = {
  '/count': () => ({ count, lastAt }),
  '/last': () => last,
  '/arrivals': () => arrivals,
  '/reset': (url) => {
    count = 0
    lastAt = 0
    arrivals = {}
    delayMs = Number(url.searchParams.get('delay') ?? 0)
    wantsArrivals = url.searchParams.has('arrivals')
    return { ok: true }
  },
}

function taken(request: IncomingMessage, response: ServerResponse, chunks: readonly Buffer[], at: number): void {
  count += 1
  lastAt = Date.now()
  if (count === 1 || wantsArrivals) {
    last = { body: Buffer.concat(chunks).toString(), headers: request.headers }
    if (wantsArrivals) {
      const { data } = JSON.parse(last.body) as { data?: { event?: { id: string } } }
      if (data?.event !== undefined) arrivals[data.event.id] = at
    }
  }
  const answer = (): void => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(`{"ok":true,"result":{"message_id":${count}}}`)
  }
  if (delayMs === 0) answer()
  else setTimeout(answer, delayMs)
}

if (import.meta.main)
  createServer((request, response) => {
    const at = monotonicMs()
    if (request.method === 'GET') {
      const url = new URL(request.url ?? '/', 'http://sink')
      return void response.end(JSON.stringify(answers[url.pathname]?.(url) ?? null))
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => taken(request, response, chunks, at))
  })
    .listen(Number(process.argv[2] ?? 9101), '127.0.0.1')
    .once('listening', () => process.stdout.write('ready\n'))
