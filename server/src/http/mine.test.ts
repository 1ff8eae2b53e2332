import { describe, expect, it } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startOn, STORES } from '../../test/support/console-server.ts'
import { administrator, person, type SignedIn } from '../../test/support/signed-in.ts'
import { until } from '../../test/until.ts'

interface Mine {
  readonly id: string
  readonly type: string
  readonly title: string
  readonly told: boolean
  readonly deliveries: readonly { readonly channel: string | null; readonly state: string; readonly says: string }[]
}
interface Page {
  readonly items: readonly Mine[]
  readonly next: string | null
  readonly lookedTo: string | null
}

const list = async ({ call }: SignedIn, query = ''): Promise<Page> => {
  const { status, body } = await ask(call, 'GET', `/api/v1/mine/events${query}`)
  expect(status).toBe(200)
  return body as unknown as Page
}
const types = ({ items }: Page): string[] => items.map(({ type }) => type)

describe.each(STORES)('what concerned somebody, %s', (store) => {
  it('is what was sent, what was kept back, and what names him: nobody else’s', async () => {
    const server = await startOn(store)
    const ivan = await person(server, 'ivan', ['installer'], { card: { preferences: { cameras: { inbox: false } } } })
    const olga = await person(server, 'olga', ['dispatcher'])
    const inbox = { user: 'ivan', channel: 'inbox' }
    for (const rule of [
      { name: 'orders', types: ['workorder.*'], when: { field: 'data.city', op: 'eq', value: 'msk' }, to: [inbox] },
      { name: 'cameras', types: ['camera.*'], to: [inbox] },
      {
        name: 'tickets',
        types: ['ticket.*'],
        when: { field: 'severity', op: 'eq', value: 'critical' },
        to: [{ role: 'dispatcher', channel: 'inbox' }],
      },
    ])
      expect((await ask(server.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
    const order = (city: string, assignees: string[]) => ({ type: 'workorder.created', data: { city, assignees } })
    const { events } = await server.send([
      order('msk', []),
      order('spb', ['ivan']),
      order('spb', ['somebody']),
      { type: 'camera.unavailable', data: { camera: 'gate' } },
      { type: 'ticket.created', data: {} },
    ])
    await until(async () => (await list(ivan)).items.some(({ told }) => told))

    const his = await list(ivan)
    expect(his.items.map(({ id }) => id)).toEqual([events[3]!.id, events[1]!.id, events[0]!.id])
    expect(his.next).toBeNull()
    const [camera, assigned, told] = his.items
    expect(told).toMatchObject({ told: true, deliveries: [{ channel: 'inbox', state: 'sent' }] })
    expect(assigned).toMatchObject({ told: false, deliveries: [] })
    expect(camera).toMatchObject({ told: false, deliveries: [{ state: 'suppressed' }] })
    const whyNot = async (who: SignedIn, n: number) => ask(who.call, 'GET', `/api/v1/mine/events/${events[n]!.id}`)
    expect((await whyNot(ivan, 1)).body).toMatchObject({
      told: false,
      says: [expect.stringContaining('Rule "orders" would have told them but did not match')],
    })
    expect((await whyNot(ivan, 3)).body['says']).toEqual([expect.stringContaining('does not want it this way')])
    expectError(await whyNot(ivan, 2), 404, 'not_found')
    expectError(await whyNot(ivan, 4), 404, 'not_found')

    // Who may see every event is told of those as well that a rule naming her refused.
    const hers = await list(olga)
    expect(types(hers)).toEqual(['ticket.created'])
    expect((await whyNot(olga, 4)).body['says']).toEqual([expect.stringContaining('Rule "tickets"')])
  })

  it('is found by words, by whether he was told and by time, and pages from the newest on', async () => {
    const server = await startOn(store)
    const ivan = await person(server, 'ivan', ['installer'])
    await ask(server.call, 'POST', '/api/v1/rules', {
      ...{ name: 'all', types: ['camera.*', 'server.*'], to: [{ user: 'ivan', channel: 'inbox' }] },
    })
    const sent = await server.send(
      Array.from({ length: 30 }, (_, n) => ({
        ...{ type: n % 3 === 0 ? 'server.unavailable' : 'camera.unavailable' },
        data: n % 3 === 0 ? { server: `Сервер ${n}` } : { camera: `Подъезд ${n}` },
      })),
    )
    const ids = sent.events.map(({ id }) => id).toReversed()
    const all: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const page: Page = await list(ivan, `?limit=7${next === '' ? '' : `&cursor=${next}`}`)
      all.push(...page.items.map(({ id }) => id))
      next = page.next
    }
    expect(all).toEqual(ids)
    expect((await list(ivan, `?q=${encodeURIComponent('подъезд 13')}`)).items.map(({ id }) => id)).toEqual([ids[16]])
    expect((await list(ivan, `?q=${encodeURIComponent('СЕРВЕР')}`)).items.length).toBe(10)
    expect((await list(ivan, `?to=2020-01-01T00:00:00Z`)).items).toEqual([])
    await until(async () => (await list(ivan, '?told=false')).items.length === 0)
    expect((await list(ivan, '?told=true')).items.length).toBe(30)
  })

  it('is nothing for an operator who has no card in the workspace, and not for keys', async () => {
    const server = await startOn(store)
    const boss = await administrator(server)
    await ask(server.call, 'DELETE', '/api/v1/users/boss')
    expect(await list(boss)).toEqual({ items: [], next: null, lookedTo: null })
    expectError(await ask(server.call, 'GET', '/api/v1/mine/events'), 403, 'forbidden')
  })
})
