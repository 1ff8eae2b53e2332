import { Client } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { giveBack, takeDatabase } from '../../../test/support/postgres.ts'
import { CLAIM } from './claim-statements.ts'
import { Connections, type Statement } from './connection.ts'
import { LOCK_LINES, MOVE } from './lines.ts'
import { DEFER, TAKE_OUT } from './settle.ts'
import { LOCK_WAITING, REMOVE } from './waiting.ts'

const HOT: readonly Statement[] = [CLAIM, LOCK_LINES, MOVE, TAKE_OUT, DEFER, LOCK_WAITING, REMOVE]

/** Vacuum has found the queue empty: every plan is made for one row. */
async function emptied(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`insert into queue (workspace, delivery, event, destination, priority, behind, due_at, expires_at, step, living, incident)
    select 1, gen_random_uuid(), gen_random_uuid(), 1, 1, 0, 0, 0, 0, 0, n::text from generate_series(1, 2000) n`)
  await client.query('delete from queue')
  await client.query('vacuum analyze queue')
  await client.end()
}

it('the queue is never walked as a whole, also when vacuum has found it empty', async () => {
  const url = await takeDatabase()
  const connections = new Connections(url)
  onTestFinished(async () => {
    await connections.close()
    await giveBack(url)
  })
  await emptied(url)
  for (const { name, text } of HOT) {
    const places = Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place)))
    const plan = await connections.transaction(async (session) => {
      await session.query({ name: `prepare_${name}`, text: `prepare plan_of_${name} as ${text}` })
      const nulls = Array.from({ length: places }, () => 'null').join(', ')
      return session.query({ name: `explain_${name}`, text: `explain (costs off) execute plan_of_${name} (${nulls})` })
    })
    const lines = plan.map((row) => String(row['QUERY PLAN']).trim())
    const scans = lines.flatMap((line, index) =>
      /Scan.* on queue\b/.test(line) ? [{ line, after: lines[index + 1]! }] : [],
    )
    expect(scans.length, name).toBeGreaterThan(0)
    for (const { line, after } of scans)
      expect(after, `${name}: ${line}\n${lines.join('\n')}`).toMatch(/^(Index|TID) Cond:/)
  }
})
