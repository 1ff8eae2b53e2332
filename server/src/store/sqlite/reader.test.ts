import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../test/until.ts'
import { StoreUnavailable } from '../store.ts'
import { openDatabase } from './database.ts'
import { Reader } from './reader.ts'

const ONE = { sql: 'select 1 as one', parameters: [] }

async function reader(restMs?: number): Promise<Reader> {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-reader-'))
  openDatabase(folder).close()
  const made = new Reader(join(folder, 'nabat.db'), restMs)
  onTestFinished(async () => {
    await made.close()
    await rm(folder, { recursive: true })
  })
  return made
}

it('starts its thread with the first question, lets it go when nobody asks, and starts another', async () => {
  const made = await reader(20)
  expect(made.awake).toBe(false)
  for (let round = 0; round < 2; round += 1) {
    expect(await made.read(ONE)).toEqual([{ one: 1 }])
    await until(() => !made.awake)
  }
})

it('keeps its thread while somebody asks, however long the answers take', async () => {
  const made = await reader(1)
  const counting = {
    sql: 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select max(i) as m from n',
    parameters: [],
  }
  const answers = await Promise.all([made.read(ONE), made.read(counting), made.read(counting), made.read(ONE)])
  expect(answers.flat()).toEqual([{ one: 1 }, { m: 300_000 }, { m: 300_000 }, { one: 1 }])
})

it('refuses what is asked after it was closed', async () => {
  const made = await reader()
  expect(await made.read(ONE)).toEqual([{ one: 1 }])
  await made.close()
  await expect(made.read(ONE)).rejects.toBeInstanceOf(StoreUnavailable)
})
