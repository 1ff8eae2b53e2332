import { expect, it } from 'vitest'
import { ask } from '../../test/support/answers.ts'
import { startTestServer } from '../../test/support/server.ts'

const FILE = `
rules:
  - { name: second in name, types: ['*'], to: [ { role: admin } ] }
  - { name: another, types: ['*'], to: [ { role: admin } ] }
`

it('rules say where they stand: at their position, as in the file, or after all others', async () => {
  await using server = await startTestServer({ config: FILE })
  const made = { types: ['*'], to: [{ role: 'admin' }] }
  await ask(server.call, 'POST', '/api/v1/rules', { name: 'made last', ...made })
  await ask(server.call, 'POST', '/api/v1/rules', { name: 'put first', position: -1, ...made })
  const { body } = await ask(server.call, 'GET', '/api/v1/rules')
  const rules = body['items'] as unknown as { name: string; place: number; id: string; to: object[] }[]
  const inOrder = rules.toSorted((a, b) => a.place - b.place).map(({ name }) => name)
  expect(inOrder).toEqual(['put first', 'second in name', 'another', 'made last'])

  // What the server adds may be sent back.
  const first = rules.find(({ name }) => name === 'put first')!
  expect((await ask(server.call, 'PUT', `/api/v1/rules/${first.id}`, first)).status).toBe(200)
  expect((await ask(server.call, 'POST', '/api/v1/rules/dry-run', { rule: first })).status).toBe(200)
})
