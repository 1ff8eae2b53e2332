import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Dialogue } from './dialogue.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that does as the test says with each connection. */
async function serverThat(speaks: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    speaks(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const connect = (port: number, signal = AbortSignal.timeout(5_000)): Promise<Dialogue> =>
  Dialogue.connect('127.0.0.1', port, signal)

test('an answer of several lines is one, however it is cut on its way', async () => {
  const port = await serverThat((socket) => {
    socket.setNoDelay(true)
    socket.write('250-first\r\n25')
    setImmediate(() => socket.write('0 last\r\n220 next\r\n'))
  })
  using dialogue = await connect(port)
  expect(await dialogue.hear()).toEqual({ code: 250, text: 'first\nlast' })
  expect(await dialogue.hear()).toEqual({ code: 220, text: 'next' })
})

test('what was said is answered', async () => {
  const port = await serverThat((socket) => {
    socket.on('data', (line) => socket.write(`250 you said ${line.toString()}`))
  })
  using dialogue = await connect(port)
  expect(await dialogue.say('NOOP')).toEqual({ code: 250, text: 'you said NOOP' })
  expect(() => dialogue.say('NOOP\r\nQUIT')).toThrow('one line at a time')
})

test('a connection that ends is told to whoever waits, and to whoever comes later', async () => {
  const port = await serverThat((socket) => socket.end('220 bye\r\n'))
  using dialogue = await connect(port)
  expect(await dialogue.hear()).toMatchObject({ code: 220 })
  await expect(dialogue.hear()).rejects.toThrow('closed')
  await expect(dialogue.say('NOOP')).rejects.toThrow('closed')
})

test('an answer without end is cut off', async () => {
  const port = await serverThat((socket) => socket.write('250-'.padEnd(200_000, 'x')))
  using dialogue = await connect(port)
  await expect(dialogue.hear()).rejects.toThrow('no end')
})

test('a server that speaks before encryption began is not believed', async () => {
  const port = await serverThat((socket) => socket.write('220 go ahead\r\n250 injected\r\n'))
  using dialogue = await connect(port)
  expect(await dialogue.hear()).toMatchObject({ code: 220 })
  await expect(dialogue.encrypt({ host: '127.0.0.1' })).rejects.toThrow('before encryption')
})

test('the signal breaks it off', async () => {
  const stop = new AbortController()
  using dialogue = await connect(await serverThat(() => {}), stop.signal)
  const answer = dialogue.hear()
  stop.abort()
  await expect(answer).rejects.toThrow('aborted')
  await expect(connect(1, stop.signal)).rejects.toThrow('aborted')
})
