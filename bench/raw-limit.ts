/*
 * The limit: nothing stored, nothing routed, only keep-alive posts of the same size over 50 connections, in a process of
 * its own as Nabat is. `node bench/raw-limit.ts ORIGIN TOTAL`, body and headers as JSON on standard input.
 */
import { Pool } from 'undici'

const CONNECTIONS = 50
/** More than the connections, so that each has its next request at hand. */
const UNDER_WAY = 100

const [origin = '', total = '0'] = process.argv.slice(2)
let input = ''
for await (const chunk of process.stdin) input += String(chunk)
const { body, headers } = JSON.parse(input) as { body: string; headers: Record<string, string> }

const pool = new Pool(origin, { connections: CONNECTIONS })
let next = 0
const startedAt = performance.now()
await Promise.all(
  Array.from({ length: UNDER_WAY }, async () => {
    while (next++ < Number(total)) {
      const answer = await pool.request({ method: 'POST', path: '/hook', headers, body })
      await answer.body.text()
    }
  }),
)
process.stdout.write(`${JSON.stringify({ perSecond: (Number(total) / (performance.now() - startedAt)) * 1000 })}\n`)
process.exit()
