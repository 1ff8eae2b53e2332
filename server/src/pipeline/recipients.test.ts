import { describe, expect, it, test } from 'vitest'
import type { Recipient } from '@nabat/api/rule.ts'
import { catalogued, fieldsWith } from '../../test/support/fields.ts'
import { viewOf, type ViewParts } from '../../test/support/view.ts'
import type { Fields } from './conditions.ts'
import { parseRelation, resolve, waysTo } from './recipients.ts'

const PARTS: ViewParts = {
  channels: [
    { name: 'bot', kind: 'telegram', token: '1:a' },
    { name: 'mail', kind: 'smtp', host: 'mx' },
    { name: 'chat', kind: 'mattermost', url: 'https://c.example/hooks/a' },
    { name: 'hook', kind: 'webhook', url: 'https://h.example' },
  ],
  users: [
    {
      login: 'ivan',
      roles: ['installer', 'staff'],
      head: 'chief',
      contacts: [
        { channel: 'bot', chat: '555' },
        { channel: 'mail', address: 'ivan@x.ru' },
      ],
    },
    { login: 'olga', roles: ['installer'], head: 'chief', email: 'olga@x.ru', mattermost: '@olga' },
    { login: 'chief', roles: ['admin'], head: 'nobody', contacts: [{ channel: 'mail', address: 'chief@x.ru' }] },
    { login: 'silent' },
    { login: 'MOW_15_S_1', head: 'ivan', contacts: [{ channel: 'inbox' }] },
    { login: 'MOW_15_S_10', contacts: [{ channel: 'inbox' }] },
  ],
  groups: [
    { name: 'all', users: ['chief'] },
    { name: 'shift', parent: 'all', users: ['ivan', 'gone'] },
    { name: 'night', parent: 'shift', users: ['olga', 'ivan'] },
    { name: 'empty' },
  ],
}
const view = viewOf(PARTS)
const ORDER = catalogued('workorder.assigned')

/** Who the recipients are: logins of people, `channel address` of bare destinations. */
function who(to: readonly Recipient[], fields: Partial<Fields> = {}): { targets: string[]; missing: string[] } {
  const { targets, missing } = resolve(to, fieldsWith({ type: ORDER.name, data: {}, ...fields }), ORDER, view)
  return {
    targets: targets.map(
      ({ person, ways }) =>
        person?.login ?? ways.map(({ channel, address }) => `${channel.name} ${channel.kind.show(address)}`).join(),
    ),
    missing: missing.map(({ name, reason }) => `${name}: ${reason}`),
  }
}

describe('a recipient', () => {
  test.each<[string, Recipient, string[], string[]]>([
    ['a person', { user: 'ivan' }, ['ivan'], []],
    ['a person who is not there', { user: 'Ivan' }, [], ['Ivan: unknown_person']],
    ['everybody with a role', { role: 'installer' }, ['ivan', 'olga'], []],
    ['a role nobody has', { role: 'client' }, [], ['client: nobody_there']],
    [
      'a group, with those of the groups below it',
      { group: 'all' },
      ['chief', 'ivan', 'olga'],
      ['gone: unknown_person'],
    ],
    ['a group without people', { group: 'empty' }, [], ['empty: nobody_there']],
    ['a chat', { channel: 'bot', chat: '-100123' }, ['bot -100123'], []],
    ['a topic', { channel: 'bot', chat: '-100123', topic: 7 }, ['bot -100123 topic 7'], []],
    ['an address', { channel: 'mail', address: 'Duty@x.ru' }, ['mail Duty@x.ru'], []],
    ['a channel alone', { channel: 'hook' }, ['hook webhook'], []],
    ['a channel that is not there', { channel: 'fax' }, [], ['fax: unknown_channel']],
    ['an address that does not suit the channel', { channel: 'bot', chat: '555' }, [], ['bot: unusable_address']],
    ['nothing', {}, [], [': unknown_channel']],
  ])('%s', (_what, recipient, targets, missing) => {
    const found = who([recipient])
    expect([found.targets.sort(), found.missing]).toEqual([targets.sort(), missing])
  })
})

describe('a relation', () => {
  test.each<[string, string, object, string[], string[]]>([
    ['one person', 'author', { author: 'ivan' }, ['ivan'], []],
    ['several', 'assignee', { assignees: ['ivan', 'olga'] }, ['ivan', 'olga'], []],
    ['the same person named twice', 'assignee', { assignees: ['ivan', 'ivan'] }, ['ivan'], []],
    ['nobody named', 'assignee', {}, [], []],
    ['null and nonsense', 'assignee', { assignees: [null, 5, '', {}] }, [], []],
    ['a stranger', 'assignee', { assignees: ['ivan', 'ghost'] }, ['ivan'], ['ghost: unknown_person']],
    ['somebody without a card, by an address', 'author', { author: 'guest@y.ru' }, [], ['guest@y.ru: no_card']],
    ['MOW_15_S_1 is not MOW_15_S_10', 'assignee', { assignees: ['MOW_15_S_10'] }, ['MOW_15_S_10'], []],
    ['the head', 'head of assignee', { assignees: ['ivan'] }, ['chief'], []],
    ['the head of several, once', 'head of the assignee', { assignees: ['ivan', 'olga'] }, ['chief'], []],
    ['a head who is not there', 'head of assignee', { assignees: ['chief'] }, [], ['nobody: unknown_person']],
    ['the head of somebody who has none', 'head of assignee', { assignees: ['silent'] }, [], []],
    ['a relation the type does not declare', 'driver', { driver: 'ivan' }, [], ['driver: no_such_relation']],
    ['a relation called like a part of every object', 'constructor', {}, [], ['constructor: no_such_relation']],
  ])('%s', (_what, relation, data, targets, missing) => {
    expect(who([{ relation }], { data })).toEqual({ targets, missing })
  })

  it('somebody without a card is written to where the workspace allows it, by mail and by nothing else', () => {
    const open = viewOf({ ...PARTS, workspace: { writeToUnknown: true } })
    const found = (recipient: Recipient, data: object) => {
      const { targets, missing } = resolve([recipient], fieldsWith({ data }), ORDER, open)
      const ways = targets.flatMap((target) =>
        target.ways.map(({ channel }) => `${target.person?.login} ${channel.name}`),
      )
      return { ways, missing: missing.map(({ name, reason }) => `${name}: ${reason}`) }
    }
    const author = { author: 'guest@y.ru' }
    expect(found({ relation: 'author' }, author)).toEqual({ ways: ['undefined mail'], missing: [] })
    expect(found({ relation: 'author', channel: 'inbox' }, author)).toEqual({
      ways: [],
      missing: ['guest@y.ru: unusable_address'],
    })
    expect(found({ relation: 'author' }, { author: 'guest' }).missing).toEqual(['guest: unknown_person'])
    expect(found({ user: 'guest@y.ru' }, {}).missing).toEqual(['guest@y.ru: unknown_person'])
  })

  it('the head of a stranger: the trace says who is not known', () => {
    expect(who([{ relation: 'head of assignee' }], { data: { assignees: ['ghost'] } })).toEqual({
      targets: [],
      missing: ['ghost: unknown_person'],
    })
  })

  it('actor is the one who did it', () => {
    expect(who([{ relation: 'actor' }], { actor: { user: 'olga', role: 'support' } }).targets).toEqual(['olga'])
    expect(who([{ relation: 'head of actor' }], { actor: { user: 'olga', role: null } }).targets).toEqual(['chief'])
    expect(who([{ relation: 'actor' }]).targets).toEqual([])
  })

  test.each([
    ['assignee', { relation: 'assignee', head: false }],
    ['head of assignee', { relation: 'assignee', head: true }],
    ['head of the assignee', { relation: 'assignee', head: true }],
    ['head of ', { relation: 'head of ', head: false }],
    ['heading', { relation: 'heading', head: false }],
  ])('%j is parsed', (text, parsed) => {
    expect(parseRelation(text)).toEqual(parsed)
  })
})

describe('the ways to a person', () => {
  const ways = (login: string, only?: string): string[] =>
    waysTo(view.people.get(login)!, view, only).map(
      ({ channel, address }) => `${channel.name} ${channel.kind.show(address)}`,
    )

  it('are their contacts in order; a positive chat is their private one', () => {
    expect(ways('ivan')).toEqual(['bot 555', 'mail ivan@x.ru'])
  })
  it('include what the employee card implies, last', () => {
    expect(ways('olga')).toEqual(['mail olga@x.ru', 'chat @olga'])
  })
  it('are none for somebody without contacts', () => {
    expect(ways('silent')).toEqual([])
  })
  it('are narrowed to a channel; the inbox needs no contact', () => {
    expect(ways('ivan', 'mail')).toEqual(['mail ivan@x.ru'])
    expect(ways('ivan', 'hook')).toEqual([])
    expect(ways('ivan', 'fax')).toEqual([])
    expect(ways('silent', 'inbox')).toEqual(['inbox silent'])
    expect(ways('MOW_15_S_1', 'inbox')[0]).toBe('inbox MOW_15_S_1')
  })
  it('leave out contacts through channels that are gone', () => {
    const without = viewOf({ ...PARTS, channels: [{ name: 'mail', kind: 'smtp', host: 'mx' }] })
    expect(waysTo(without.people.get('ivan')!, without).map(({ channel }) => channel.name)).toEqual(['mail'])
  })
})

describe('groups', () => {
  it('that lie in a circle are walked once', () => {
    const round = viewOf({
      users: [{ login: 'a' }, { login: 'b' }],
      groups: [
        { name: 'x', parent: 'y', users: ['a'] },
        { name: 'y', parent: 'x', users: ['b'] },
      ],
    })
    expect([...round.membersOf('x')].sort()).toEqual(['a', 'b'])
    expect([...round.membersOf('y')].sort()).toEqual(['a', 'b'])
  })
})
