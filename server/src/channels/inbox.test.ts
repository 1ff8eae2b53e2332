import { expect, it } from 'vitest'
import { addressOf, message, sending, world } from '../../test/channel-conformance.ts'
import type { Earlier, Message } from './channel.ts'
import { inbox } from './inbox.ts'

const settings = { name: 'inbox', kind: 'inbox' } as const

it('stores the message for its person and gives back the id of the entry', async () => {
  const entries: [string, Message, Earlier | undefined][] = []
  const putInbox = (...entry: (typeof entries)[0]) => Promise.resolve(`entry-${entries.push(entry)}`)
  const channel = await inbox.open(settings, world({ putInbox }))
  const to = addressOf(inbox, { user: 'ann' }, settings)
  expect(await channel.attempt(message(), to, sending())).toEqual({ verdict: 'sent', messageIds: ['entry-1'] })
  const earlier = { messageIds: ['entry-1'] }
  await channel.attempt(message({ title: 'снова на связи' }), to, sending({ action: 'edit', earlier }))
  expect(entries.map(([user, { title }, before]) => [user, title, before])).toEqual([
    ['ann', message().title, undefined],
    ['ann', 'снова на связи', earlier],
  ])
})

it('waits while the store does not write, and says nothing of its inside', async () => {
  const putInbox = () => Promise.reject(new Error('INSERT INTO inbox: disk full'))
  const where = world({ putInbox })
  const channel = await inbox.open(settings, where)
  const outcome = await channel.attempt(message(), { user: 'ann' }, sending())
  expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'provider_error', health: { state: 'down' } })
  expect(JSON.stringify(outcome)).not.toContain('INSERT')
  expect(where.lines.join()).toContain('disk full')
})

it('writes nothing once it is cancelled', async () => {
  const channel = await inbox.open(settings, world({ putInbox: () => Promise.reject(new Error('called')) }))
  const outcome = await channel.attempt(message(), { user: 'ann' }, sending({ signal: AbortSignal.abort() }))
  expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'cancelled' })
})

it('checks itself by an entry', async () => {
  const channel = await inbox.open(settings, world())
  const stages = []
  for await (const stage of channel.check({ user: 'ann' }, message(), sending().signal)) stages.push(stage)
  expect(stages).toMatchObject([{ stage: 'message', ok: true }])
  await channel.close()
})

it.each([
  [{ user: 'ann' }, undefined, { user: 'ann' }],
  [{ channel: 'inbox' }, 'ann', { user: 'ann' }],
  [{ channel: 'inbox', role: 'admin' }, 'ann', { user: 'ann' }],
  [{ channel: 'inbox' }, undefined, '/user'],
  [{ channel: 'inbox', chat: '1' }, 'ann', '/chat'],
  [{ channel: 'inbox', address: 'a@b.ru' }, 'ann', '/address'],
])('%j for %s is %j', (to, person, expected) => {
  const address = inbox.address(to, settings, person)
  expect('message' in address ? address.path : address).toEqual(expected)
})
