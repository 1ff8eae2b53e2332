import { once } from 'node:events'
import { createServer as createHttp, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/*
 * A small HTTP proxy (CONNECT for tunnels, absolute addresses for plain HTTP) and a small SOCKS5 server (RFC 1928, with
 * RFC 1929 when a login is asked for), both really forwarding.
 */

/** A running proxy. */
export interface ProxyStandIn {
  /** For the `proxy` setting. */
  readonly url: string
  /** Where it was asked to go, `connect host:port` for a tunnel, `forward host:port` for a plain request. */
  readonly asked: string[]
  close(): Promise<void>
}

interface Login {
  readonly user: string
  readonly password: string
}

async function listening(server: Server, scheme: string, asked: string[], login?: Login): Promise<ProxyStandIn> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const credentials = login === undefined ? '' : `${login.user}:${login.password}@`
  return {
    url: `${scheme}://${credentials}127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Joins two sockets; the end of one is the end of the other. */
export function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy()).on('close', () => to.destroy())
    from.pipe(to)
  }
}

/** An HTTP proxy; asks for the login, when there is one, by Basic. */
export async function startHttpProxy(login?: Login): Promise<ProxyStandIn> {
  const asked: string[] = []
  const wanted = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`
  const welcome = (request: IncomingMessage): boolean =>
    wanted === undefined || request.headers['proxy-authorization'] === wanted
  const server = createHttp((request, response) => {
    if (!welcome(request)) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end()
      return
    }
    const { hostname, port, pathname, search, host } = new URL(request.url ?? '')
    asked.push(`forward ${host}`)
    const onward = httpRequest(
      { hostname, port, path: pathname + search, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connect', (request, socket: Socket) => {
    if (!welcome(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
      return
    }
    asked.push(`connect ${request.url}`)
    const [host, port] = (request.url ?? '').split(':')
    const target = connect(Number(port), host, () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'))
    join(socket, target)
  })
  return listening(server, 'http', asked, login)
}

/** Reads exactly so many bytes. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null
    if (bytes !== null) return bytes
    await once(socket, 'readable')
  }
}

/** A SOCKS5 server; `refuse` answers every CONNECT with that code (5: connection refused). */
export async function startSocksProxy(options: { login?: Login; refuse?: number } = {}): Promise<ProxyStandIn> {
  const { login, refuse } = options
  const asked: string[] = []
  const serve = async (socket: Socket): Promise<void> => {
    const [, methods = 0] = await take(socket, 2)
    await take(socket, methods)
    socket.write(Buffer.from([5, login === undefined ? 0 : 2]))
    if (login !== undefined) {
      const [, length = 0] = await take(socket, 2)
      const user = (await take(socket, length)).toString()
      const password = (await take(socket, (await take(socket, 1))[0] ?? 0)).toString()
      const right = user === login.user && password === login.password
      socket.write(Buffer.from([1, right ? 0 : 1]))
      if (!right) return void socket.end()
    }
    const [, , , kind] = await take(socket, 4)
    const host =
      kind === 1
        ? [...(await take(socket, 4))].join('.')
        : (await take(socket, (await take(socket, 1))[0] ?? 0)).toString()
    const port = (await take(socket, 2)).readUInt16BE()
    asked.push(`connect ${host}:${port}`)
    const answer = (code: number): boolean => socket.write(Buffer.from([5, code, 0, 1, 127, 0, 0, 1, 0, 0]))
    if (refuse !== undefined) return void answer(refuse)
    const target = connect(port, host, () => {
      answer(0)
      join(socket, target)
    })
    target.on('error', () => socket.destroy())
  }
  // A client that goes away in the middle ends the reading with an error; there is nobody left to tell.
  return listening(
    createServer((socket) => void serve(socket).catch(() => socket.destroy())),
    'socks5',
    asked,
    login,
  )
}
