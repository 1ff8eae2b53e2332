import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { read } from './receiver.ts'

/*
 * A receiver of webhooks in a process of its own, which outlives the server that is killed: each message is written down
 * before it is answered. `node server/test/standins/sink.ts --log received.jsonl`; the first line printed is the port.
 */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, log: { type: 'string' } } })

const server = createServer((request, response) => {
  void read(request).then((body) => {
    // Who is killed in the middle of a request has sent nothing.
    if (!request.complete) return
    const { data } = JSON.parse(body.toString('utf8')) as { data: { event: { id: string } } }
    const line = JSON.stringify({ delivery: request.headers['webhook-id'], event: data.event.id })
    if (values.log !== undefined) appendFileSync(values.log, `${line}\n`)
    response.writeHead(204).end()
  })
})
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address() as { port: number }
  console.log(address.port)
})
