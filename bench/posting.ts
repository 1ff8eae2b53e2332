/*
 * A plain HTTP/1.1 client for load: N connections, one request under way on each, prepared bytes in turn. A fifth
 * of the processor time of a full client, so that on two cores the server is what is measured.
 */
import { connect } from 'node:net'
import { once } from 'node:events'

const END = Buffer.from('\r\n\r\n')

export interface Load {
  readonly port: number
  readonly connections: number
  readonly requests: number
  /** Posted in turn: what is always about one thing is taken for a loop. */
  readonly bodies: readonly string[]
  readonly key?: string
}

/** Posts to /api/v1/events; requests a second. Rejects when one is not answered 202. */
export async function postAll({ port, connections, requests, bodies, key }: Load): Promise<number> {
  const prepared = bodies.map((body) =>
    Buffer.from(
      `POST /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
        `${key === undefined ? '' : `authorization: Bearer ${key}\r\n`}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  )
  let left = requests
  const one = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true)
    await once(socket, 'connect')
    await new Promise<void>((resolve, reject) => {
      let seen: Buffer = Buffer.alloc(0)
      const next = (): void => {
        if (left <= 0) return resolve()
        left -= 1
        socket.write(prepared[left % prepared.length]!)
      }
      socket.on('data', (chunk) => {
        seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
        const head = seen.indexOf(END)
        if (head < 0) return
        const headers = seen.toString('latin1', 0, head)
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(headers)?.[1] ?? 0)
        if (seen.length < head + END.length + length) return
        if (!headers.startsWith('HTTP/1.1 202')) return reject(new Error(seen.toString()))
        seen = Buffer.alloc(0)
        next()
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('the server closed a connection')))
      next()
    })
    socket
      .removeAllListeners()
      .on('error', () => {})
      .destroy()
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, one))
  return (requests / (performance.now() - startedAt)) * 1000
}
