import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { until } from '../until.ts'

/** One request as it came in. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** As it was sent, for signatures. */
  readonly body: string
}

/** What a stand-in does with a request: answer, never answer, or break the connection after reading it. */
export type Reply =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'never'
  | 'drop'

/** Replies with the same to every request, or decides one by one. */
export type Answering = Reply | ((request: Received) => Reply | Promise<Reply>)

export interface Receiver {
  readonly origin: string
  /** Where to post. */
  readonly url: string
  readonly received: Received[]
  /** 204 until told otherwise. */
  answer(answering: Answering): void
  /** Waits until `count` requests have come in. */
  waitFor(count: number): Promise<Received[]>
  close(): Promise<void>
}

/** A receiver of webhooks on a free port of 127.0.0.1. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let answering: Answering = 204
  const server = createServer((request, response) => {
    void read(request).then(async (body) => {
      const { method = '', url = '', headers } = request
      const one = { method, path: url, headers, body: body.toString('utf8') }
      received.push(one)
      reply(response, typeof answering === 'function' ? await answering(one) : answering)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/hook`,
    received,
    answer(next) {
      answering = next
    },
    async waitFor(count) {
      await until(() => received.length >= count, 5_000, `${count} requests, ${received.length} came`)
      return received
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The whole body; what breaks off is what came. */
export async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    // The sender broke off; the tests look at what it says of that, not at us.
  }
  return Buffer.concat(chunks)
}

/** Sends a reply. Informational statuses cannot end a response, so they go before a connection that breaks. */
export function reply(response: ServerResponse, what: Reply): void {
  if (what === 'never') return
  if (what === 'drop') {
    response.socket?.destroy()
    return
  }
  const { status, headers = {}, body = '' } = typeof what === 'number' ? { status: what } : what
  if (status < 200) {
    response.socket?.end(`HTTP/1.1 ${status} Informational\r\n\r\n`)
    return
  }
  response.writeHead(status, headers)
  response.end(body)
}
