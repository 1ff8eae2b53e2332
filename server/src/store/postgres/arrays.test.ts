import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, takeDatabase } from '../../../test/support/postgres.ts'
import { arrayTypes, type ElementType } from './arrays.ts'
import { Connections } from './connection.ts'

const ID = '0192f0a0-1111-7222-8333-0123456789ab'

async function echoing() {
  const url = await takeDatabase()
  const connections = new Connections(url)
  onTestFinished(async () => {
    await connections.close()
    await giveBack(url)
  })
  return async (type: ElementType, values: readonly unknown[]): Promise<unknown[]> => {
    const text = `select v::text from unnest($1::${type}[]) with ordinality as u (v, n) order by n`
    return (await connections.one('writes', { name: `echo_${type}`, text }, [values])).map((row) => row['v'])
  }
}

describe('what goes to PostgreSQL as an array', () => {
  it('arrives as it was, of every type, also nothing and an empty array', async () => {
    const echo = await echoing()
    expect(await echo('smallint', [0, -32_768, 32_767, null])).toEqual(['0', '-32768', '32767', null])
    expect(await echo('int', [1, -2_147_483_648, 2_147_483_647])).toEqual(['1', '-2147483648', '2147483647'])
    const times = [0, -1, 1_800_000_000_123, 2 ** 32, -(2 ** 32) - 7, Number.MAX_SAFE_INTEGER]
    expect(await echo('bigint', times)).toEqual(times.map(String))
    expect(await echo('uuid', [ID, null, ID.toUpperCase()])).toEqual([ID, null, ID])
    const texts = ['', 'Камера "7"', '{a,\\b}', 'NULL', '𝕊\n', null]
    expect(await echo('text', texts)).toEqual(texts)
    for (const type of ['smallint', 'int', 'bigint', 'uuid', 'text'] as const) expect(await echo(type, [])).toEqual([])
  })

  it('loses of a text what PostgreSQL cannot keep', async () => {
    const echo = await echoing()
    expect(await echo('text', ['a\0b', '\ud83d!'])).toEqual(['a\ufffdb', '\ufffd!'])
  })

  it('is refused when it is not of its type, and the connection goes on', async () => {
    const echo = await echoing()
    for (const [type, value] of [
      ['smallint', 40_000],
      ['int', 1.5],
      ['int', '1'],
      ['bigint', Infinity],
      ['uuid', 'not-an-id'],
      ['uuid', `${ID}0`],
      ['text', 7],
    ] as const)
      await expect(echo(type, [value]), `${type} ${value}`).rejects.toThrow()
    expect(await echo('int', [5])).toEqual(['5'])
  })

  it('has the type that its statement names', () => {
    expect(arrayTypes('select $2::int[], $1::text[] where x = any($4::uuid[]) and y = $3::int')).toEqual([
      'text',
      'int',
      undefined,
      'uuid',
    ])
  })
})
