import { afterEach, expect, it } from 'vitest'
import { startCompany, type Company } from '../../test/support/company.ts'

const MINUTE = 60_000

let company: Company
afterEach(() => company.stop())

/** Somebody who is pushed to, and written to ten minutes later when it was not clicked; the way each message took. */
async function told(): Promise<{ readonly id: string; readonly ways: () => Promise<string[]> }> {
  company = await startCompany(`
users: [ { login: ivan, contacts: [ { channel: push }, { channel: mail, address: ivan@x.ru } ] } ]
channels: [ { name: mail, kind: smtp, host: mx, from: { address: n@x.ru, name: N }, replyTo: h@x.ru } ]
rules: [ { name: r, types: [camera.*], unreadAfter: 10m, to: [ { user: ivan } ] } ]`)
  const { store, view, clock } = company
  await store.putDevice({
    ...{
      workspace: view.id,
      card: view.rowByKey('users', 'ivan')!.id,
      title: null,
      named: 'x',
      replaces: null,
      most: 9,
    },
    device: {
      ...{ id: '01890a5d-ac96-774b-bcce-b302099a8057', account: 1, session: 's', endpoint: 'https://push.example/1' },
      ...{ p256dh: 'k', auth: Buffer.from('a'), agent: null, addedAt: clock.now(), usedAt: clock.now() },
    },
  })
  const [event] = await company.post({
    ...{ type: 'camera.unavailable', severity: 'warning', subject: 'cam-1', data: { camera: 'cam-1' } },
  })
  await company.pass(MINUTE)
  const [delivery] = await store.read({
    sql: 'select id from deliveries where workspace = ? order by id limit 1',
    parameters: [view.id],
  })
  const bytes = Buffer.from(delivery!['id'] as Uint8Array).toString('hex')
  return {
    id: bytes.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    ways: async () =>
      (await company.deliveries(event!)).map(({ channel, state, reason }) =>
        `${channel} ${state} ${reason ?? ''}`.trim(),
      ),
  }
}

it('a push that nobody clicked is followed by the next way', async () => {
  const { ways } = await told()
  expect(await ways()).toEqual(['push sent', 'mail waiting unread'])
  await company.pass(10 * MINUTE)
  expect(await ways()).toEqual(['push sent', 'mail sent'])
})

it('a push that was clicked goes no further', async () => {
  const { id, ways } = await told()
  expect(await company.store.markRead(company.view.id, 'ivan', id, company.clock.now())).toBe(true)
  await company.pass(20 * MINUTE)
  expect(await ways()).toEqual(['push sent', 'mail suppressed read'])
})
