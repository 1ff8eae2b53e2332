import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from './proxies.ts'

/*
 * A cable between a client and a server that can be cut so that nobody is told: bytes are swallowed and connections stay
 * open, as when a firewall forgets them or a machine loses its network. What was connected while it was cut stays dead when
 * it is mended; new connections get through.
 */

/** A running cable. */
export interface Cable extends AsyncDisposable {
  readonly port: number
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** Lays a cable from a free port of 127.0.0.1 to another of its ports. */
export async function startCable(to: number): Promise<Cable> {
  let isCut = false
  const joined = new Set<Socket>()
  const all = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    all.add(socket)
    return socket.on('error', () => {}).on('close', () => all.delete(socket))
  }
  /** Reads and throws away; says nothing to the other end, not even that this one has gone. */
  const swallow = (socket: Socket): void => {
    socket.unpipe()
    socket.removeAllListeners('close')
    socket.removeAllListeners('error')
    keep(socket).on('data', () => {})
    socket.resume()
  }
  // Half open must be possible: the end of one side is not the end of the other.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    keep(socket)
    if (isCut) return swallow(socket)
    const target = keep(connect({ port: to, host: '127.0.0.1', allowHalfOpen: true }))
    for (const each of [socket, target]) joined.add(each.on('close', () => joined.delete(each)))
    join(socket, target)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of all) socket.destroy()
    await closed
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true
      for (const socket of joined) swallow(socket)
      joined.clear()
    },
    mend() {
      isCut = false
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
