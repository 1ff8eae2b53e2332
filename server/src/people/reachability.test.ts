import { describe, expect, it } from 'vitest'
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import { viewOf, type ViewParts } from '../../test/support/view.ts'
import type { Fields } from '../pipeline/conditions.ts'
import { route } from '../pipeline/route.ts'
import { reachOf, rulesReachingNobody } from './reachability.ts'

const TOKEN = '1000:AAHtoken'
const BOT = { name: 'bot', kind: 'telegram', token: TOKEN }
const MAIL = { name: 'mail', kind: 'smtp', host: 'mx', from: { address: 'n@x.ru', name: 'N' }, replyTo: 'h@x.ru' }
const ivan = (...contacts: object[]) => ({ login: 'ivan', contacts })
const CHAT = { channel: 'bot', chat: '555' }
const BLOCKED = { channel: 'bot', address: { chat: '555' }, reason: 'blocked' }

const TYPE = typeByName.get('camera.unavailable')!
const EVENT: Fields = {
  type: TYPE.name,
  subject: null,
  severity: 'critical',
  source: 'test',
  actor: { user: null, role: null },
  incident: null,
  data: { camera: '1' },
}

/** What the pipeline itself would let go now for an event of the rules' type. */
function goes(parts: ViewParts): boolean {
  let ids = 0
  const { deliveries } = route(EVENT, TYPE, 0, 0, viewOf(parts), 0, () => `d${(ids += 1)}`)
  return deliveries.some(({ suppressed, held }) => suppressed === null && held === null)
}

interface Case {
  readonly what: string
  readonly parts: ViewParts
  readonly reason: string | null
  readonly says?: string
  readonly destination?: string | null
  readonly channel?: string | null
}

const CONTACTS: Case[] = [
  { what: 'everything is in order', parts: { channels: [BOT], users: [ivan(CHAT)] }, reason: null, destination: '555' },
  { what: 'it is an inbox', parts: { users: [ivan({ channel: 'inbox' })] }, reason: null, channel: 'inbox' },
  {
    what: 'there is no such channel',
    parts: { users: [ivan(CHAT)] },
    reason: 'unknown_channel',
    says: 'такого канала нет',
    destination: '555',
  },
  {
    what: 'the channel is off',
    parts: { channels: [{ ...BOT, enabled: false }], users: [ivan(CHAT)] },
    reason: 'channel_off',
    says: 'канал выключен',
  },
  {
    what: 'the channel lacks fields',
    parts: { channels: [{ ...MAIL, replyTo: undefined }], users: [ivan({ channel: 'mail', address: 'a@b.ru' })] },
    reason: 'channel_incomplete',
    says: 'канал не готов: заполнены не все поля: replyTo',
    channel: 'mail',
  },
  {
    what: 'the settings of the channel lead nowhere',
    parts: { channels: [{ ...MAIL, host: '${env:NO_SUCH}' }], users: [ivan({ channel: 'mail', address: 'a@b.ru' })] },
    reason: 'channel_unusable',
    says: 'настройки канала негодны: ',
    channel: 'mail',
    destination: 'a@b.ru',
  },
  {
    what: 'mail is off',
    parts: {
      workspace: { mailOff: true },
      channels: [MAIL],
      users: [ivan({ channel: 'mail', address: 'a@b.ru' })],
    },
    reason: 'mail_off',
    says: 'оповещения по почте выключены',
    channel: 'mail',
  },
  {
    what: 'the destination is disabled',
    parts: { channels: [BOT], users: [ivan(CHAT)], disabled: [BLOCKED] },
    reason: 'destination_disabled',
    says: 'адрес отключён: получатель заблокировал бота',
  },
  {
    what: 'the address does not suit the channel',
    parts: { channels: [BOT], users: [ivan({ channel: 'bot', address: 'a@b.ru' })] },
    reason: 'unusable_address',
    says: 'адрес не годится для этого канала: ',
    destination: 'a@b.ru',
  },
  {
    what: 'the person has left',
    parts: { channels: [BOT], users: [{ ...ivan(CHAT), enabled: false }] },
    reason: 'person_left',
    says: 'человек больше не работает',
  },
  {
    what: 'the card has an e-mail address and there is no mail channel',
    parts: { channels: [BOT], users: [{ login: 'ivan', email: 'a@b.ru' }] },
    reason: 'no_channel',
    says: 'для такого контакта нет канала',
    channel: null,
    destination: 'a@b.ru',
  },
  {
    what: 'the card has an e-mail address and there is a mail channel',
    parts: { channels: [MAIL], users: [{ login: 'ivan', email: 'a@b.ru' }] },
    reason: null,
    channel: 'mail',
    destination: 'a@b.ru',
  },
  {
    what: 'the card names push and there is no browser',
    parts: { users: [ivan({ channel: 'push' })] },
    reason: 'no_device',
    says: 'нет ни одного браузера с push',
    channel: 'push',
  },
  {
    what: 'the card names nothing and there is a browser',
    parts: { users: [ivan()], devices: ['ivan'] },
    reason: null,
    channel: 'push',
    destination: 'ivan',
  },
  {
    what: 'there is a browser and push has a channel of its own',
    parts: { channels: [{ name: 'through proxy', kind: 'push' }], users: [ivan()], devices: ['ivan'] },
    reason: null,
    channel: 'through proxy',
  },
]

describe('a contact', () => {
  it.each(CONTACTS)('when $what: $reason', ({ parts, reason, says, destination, channel }) => {
    const view = viewOf(parts)
    const { contacts, fault } = reachOf(view.people.get('ivan')!, view)
    expect(contacts).toHaveLength(1)
    const [contact] = contacts
    expect(contact!.fault?.reason ?? null).toBe(reason)
    expect(fault === null).toBe(reason === null)
    if (says !== undefined)
      expect(contact!.fault!.says.ru.slice(0, says.endsWith(' ') ? says.length : undefined)).toBe(says)
    if (reason !== null) expect(contact!.fault!.says.en).toMatch(/^[a-z][\x20-\x7e]+$/)
    if (channel !== undefined) expect(contact!.channel).toBe(channel)
    if (destination !== undefined) expect(contact!.destination).toBe(destination)
    expect(contact!.disabled !== null).toBe(reason === 'destination_disabled')
  })

  it.each(CONTACTS)('when $what works here if and only if the pipeline sends there', ({ parts, reason }) => {
    expect(goes({ ...parts, rules: [{ name: 'r', types: [TYPE.name], to: [{ user: 'ivan' }] }] })).toBe(reason === null)
  })
})

describe('a person', () => {
  const reach = (person: object, parts: ViewParts = {}) => {
    const view = viewOf({ channels: [BOT, { ...MAIL, enabled: false }], ...parts, users: [person] })
    return reachOf([...view.people.values()][0]!, view)
  }

  it('is reached when one contact of many works; each other says why not, in the order in which they are tried', () => {
    const person = reach(ivan({ channel: 'mail', address: 'a@b.ru' }, CHAT, { channel: 'inbox' }), {
      disabled: [BLOCKED],
    })
    expect(person.fault).toBe(null)
    expect(person.contacts.map(({ channel, fault }) => [channel, fault?.reason])).toEqual([
      ['mail', 'channel_off'],
      ['bot', 'destination_disabled'],
      ['inbox', undefined],
    ])
  })

  it.each([
    ['without contacts', { login: 'x' }, 'no_contacts'],
    ['whose contacts are all out of order', ivan({ channel: 'mail', address: 'a@b.ru' }), 'unreachable'],
    ['who left', { ...ivan(CHAT), enabled: false }, 'person_left'],
    ['who left without contacts', { login: 'x', enabled: false }, 'person_left'],
  ])('%s is not', (_what, person, reason) => {
    expect(reach(person).fault?.reason).toBe(reason)
  })
})

const PEOPLE: ViewParts = {
  channels: [
    BOT,
    { ...MAIL, enabled: false },
    { name: 'hook', kind: 'webhook', url: 'https://example.ru/' },
    { name: 'dead-hook', kind: 'webhook', url: 'https://example.ru/', enabled: false },
  ],
  users: [
    { login: 'anna', roles: ['support'], contacts: [CHAT] },
    { login: 'boris', roles: ['installer'], contacts: [{ channel: 'mail', address: 'b@b.ru' }] },
    { login: 'lost', roles: ['technologist'] },
    { login: 'left', roles: ['warehouse'], enabled: false, contacts: [CHAT] },
    {
      login: 'mixed',
      contacts: [
        { channel: 'mail', address: 'm@b.ru' },
        { channel: 'bot', chat: '666' },
      ],
    },
  ],
  groups: [
    { name: 'all', users: [] },
    { name: 'night', parent: 'all', users: ['lost', 'boris'] },
    { name: 'day', users: ['left', 'anna'] },
    { name: 'empty', users: [] },
    { name: 'ghosts', users: ['nobody-1', 'nobody-2'] },
  ],
  disabled: [{ channel: 'bot', address: { chat: '666' }, reason: 'blocked' }],
}

type Recipients = readonly object[]

describe('a rule', () => {
  const RULES: [to: Recipients, reason: string | null, says: string | null, fallback?: Recipients][] = [
    [[{ user: 'anna' }], null, null],
    [[{ user: 'nobody' }], 'unknown_person', 'nobody: такого человека нет среди пользователей'],
    [[{ user: 'lost' }], 'unreachable', 'lost: до получателя нет ни одного пути'],
    [[{ user: 'left' }], 'person_left', 'left: человек больше не работает'],
    [[{ user: 'boris' }], 'channel_off', 'boris: канал выключен'],
    [[{ user: 'mixed' }], 'unreachable', 'mixed: до получателя нет ни одного пути'],
    [[{ user: 'anna', channel: 'mail' }], 'unreachable', 'anna: до получателя нет ни одного пути'],
    [[{ user: 'anna', channel: 'gone' }], 'unknown_channel', 'anna: такого канала нет'],
    [[{ user: 'lost', channel: 'inbox' }], null, null],
    [[{ role: 'dispatcher' }], 'empty_role', 'роль dispatcher: ни у кого нет этой роли'],
    [[{ role: 'support' }], null, null],
    [[{ role: 'warehouse' }], 'person_left', 'роль warehouse: человек больше не работает'],
    [[{ group: 'empty' }], 'empty_group', 'группа empty: в группе никого нет'],
    [[{ group: 'gone' }], 'empty_group', 'группа gone: в группе никого нет'],
    [[{ group: 'ghosts' }], 'unknown_person', 'группа ghosts: такого человека нет среди пользователей'],
    [[{ group: 'all' }], 'unreachable', 'группа all: до получателя нет ни одного пути'],
    [[{ group: 'day' }], null, null],
    [[{ channel: 'hook' }], null, null],
    [[{ channel: 'dead-hook' }], 'channel_off', 'dead-hook: канал выключен'],
    [[{ channel: 'gone' }], 'unknown_channel', 'gone: такого канала нет'],
    [
      [{ channel: 'bot', chat: 666, private: true }],
      'destination_disabled',
      'bot 666: адрес отключён: получатель заблокировал бота',
    ],
    [[{ role: 'dispatcher' }, { user: 'anna' }], null, null],
    [
      [{ role: 'dispatcher' }, { user: 'left' }],
      'empty_role',
      'роль dispatcher: ни у кого нет этой роли; left: человек больше не работает',
    ],
    // A fallback stands in for somebody who is there, and for nobody else.
    [[{ user: 'lost' }], null, null, [{ user: 'anna' }]],
    [[{ channel: 'dead-hook' }], null, null, [{ channel: 'hook' }]],
    [[{ user: 'left' }], 'person_left', 'left: человек больше не работает', [{ user: 'anna' }]],
    [[{ role: 'dispatcher' }], 'empty_role', 'роль dispatcher: ни у кого нет этой роли', [{ user: 'anna' }]],
    [[{ user: 'boris' }], 'channel_off', 'boris: канал выключен', [{ user: 'left' }, { channel: 'dead-hook' }]],
  ]
  const partsOf = (to: Recipients, fallback?: Recipients, more: object = {}): ViewParts => ({
    ...PEOPLE,
    rules: [{ name: 'r', types: [TYPE.name], to, ...(fallback === undefined ? {} : { fallback }), ...more }],
  })

  it.each(RULES)('to %j: %s', (to, reason, says, fallback) => {
    const found = rulesReachingNobody(viewOf(partsOf(to, fallback)))
    expect(found.map((rule) => [rule.name, rule.reason, rule.says.ru])).toEqual(
      reason === null ? [] : [['r', reason, says]],
    )
    for (const { says } of found) expect(says.en).toMatch(/^[\x20-\x7e]+$/)
  })

  it.each(RULES)('to %j tells nobody (%s) if and only if the pipeline sends nothing', (to, reason, _says, fallback) => {
    expect(goes(partsOf(to, fallback))).toBe(reason === null)
  })

  it('to a relation depends on the event, unless the channel it names is of no use', () => {
    const reasons = (to: object, fallback?: Recipients) =>
      rulesReachingNobody(viewOf(partsOf([to], fallback))).map(({ reason }) => reason)
    expect(reasons({ relation: 'assignee' })).toEqual([])
    expect(reasons({ relation: 'head of assignee', channel: 'bot' })).toEqual([])
    expect(reasons({ relation: 'assignee', channel: 'mail' })).toEqual(['channel_off'])
    expect(reasons({ relation: 'assignee', channel: 'gone' })).toEqual(['unknown_channel'])
    expect(reasons({ relation: 'assignee', channel: 'mail' }, [{ user: 'anna' }])).toEqual([])
    expect(reasons({ user: 'lost' }, [{ relation: 'assignee' }])).toEqual([])
  })

  it('that is off is not spoken of', () => {
    expect(rulesReachingNobody(viewOf(partsOf([{ user: 'left' }], undefined, { enabled: false })))).toEqual([])
  })
})
