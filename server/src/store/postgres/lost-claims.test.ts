import { expect, it, onTestFinished } from 'vitest'
import { giveBack, takeDatabase } from '../../../test/support/postgres.ts'
import { destinationOf, NOW, tell } from '../specification/rows.ts'
import { Claims } from './claim.ts'
import { Connections } from './connection.ts'
import { Fronts } from './fronts.ts'
import { LostClaims } from './lost-claims.ts'
import { Node } from './nodes.ts'
import { openPostgresStore } from './postgres-store.ts'

it('what a claim took whose answer was lost waits again, what was answered stays with whom it went to', async () => {
  const url = await takeDatabase()
  const store = await openPostgresStore(url)
  const connections = new Connections(url)
  onTestFinished(async () => {
    await Promise.all([store.close(), connections.close()])
    await giveBack(url)
  })
  await store.createWorkspace('default', '{}')
  const node = new Node(connections)
  await node.beat({ serves: true, wanted: [], given: [], lastsMs: 60_000, anew: false })
  const fronts = new Fronts()
  const claims = new Claims(connections, node, fronts)
  const lost = new LostClaims(connections, node, (rows) => fronts.lower(rows))
  const mine = await tell(store, 'one')
  const theirs = [await tell(store, 'two'), await tell(store, 'three')]
  const destination = await destinationOf(store)
  const claim = (limit: number) => (at: number) => claims.claim([{ workspace: 1, destination, limit }], NOW, at)
  const broken = async (at: number): Promise<never> => {
    await claim(2)(at)
    throw new Error('the connection broke after the commit')
  }

  const answered = await lost.run(NOW, claim(1))
  expect(answered.rows.map((row) => row.delivery)).toEqual([mine])
  // In the same millisecond: what was answered must not be taken for what was lost.
  await expect(lost.run(NOW, broken)).rejects.toThrow('broke')
  const { rows } = await lost.run(NOW + 1_000, claim(10))
  expect(rows.map((row) => [row.delivery, row.suspect])).toEqual(theirs.map((id) => [id, false]))
  expect((await lost.run(NOW + 20_000, claim(10))).rows).toEqual([])
})
