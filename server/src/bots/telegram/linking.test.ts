import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { User } from '@nabat/api/configuration.ts'
import { codeIn, newCode } from './linking-code.ts'
import { decideLinking, isChatOfOthers, type KnownCode, type SentCode } from './linking-decision.ts'
import { WrongCodes } from './wrong-codes.ts'

const NOW = 1_800_000_000_000
const CHAT = '555'
const ivan = (more: Partial<User> = {}): User => ({ login: 'ivan', ...more })
const code = (more: Partial<KnownCode> = {}): KnownCode => ({
  ...{
    expiresAt: NOW + 1,
    usedAt: null,
    usedBy: null,
    channel: 'bot',
    person: ivan(),
    isOfFile: false,
    isOthers: false,
  },
  ...more,
})
const sent = (more: Partial<SentCode> = {}): SentCode => ({
  ...{ chat: CHAT, isPrivate: true, triesLeft: 5, code: code(), now: NOW },
  ...more,
})
const linked = ivan({ contacts: [{ channel: 'bot', chat: 555 }] })

describe('a code that somebody sends to a bot', () => {
  it.each<[string, Partial<SentCode>, string | null, object]>([
    ['links the chat', {}, 'linked', { link: [{ channel: 'bot', chat: CHAT }], enable: true, end: true }],
    ['that nobody was given is wrong, and counted', { code: undefined }, 'wrong', { isWrong: true }],
    ['that is wrong for the last time is told so', { code: undefined, triesLeft: 1 }, 'last_wrong', { isWrong: true }],
    ['is not looked at after too many wrong ones', { triesLeft: 0 }, null, { link: null, end: false }],
    ['has expired', { code: code({ expiresAt: NOW }) }, 'expired', { link: null }],
    ['was used for another chat', { code: code({ usedAt: 1, usedBy: '777' }) }, 'used', { link: null }],
    ['was seen in a group', { code: code({ usedAt: 1 }) }, 'used', { link: null }],
    [
      'comes once more, after a crash or by hand',
      { code: code({ usedAt: 1, usedBy: CHAT, person: linked }) },
      'already',
      { link: null },
    ],
    ['was used here, and the chat unlinked since', { code: code({ usedAt: 1, usedBy: CHAT }) }, 'used', { link: null }],
    ['is of whom the chat belongs to', { code: code({ person: linked }) }, 'already', { enable: true, end: true }],
    ['comes from a chat of another', { code: code({ isOthers: true }) }, 'others', { link: null, end: false }],
    ['is of a card of the file', { code: code({ isOfFile: true }) }, 'file', { link: null, end: false }],
    ['in a group ends', { isPrivate: false }, 'group', { link: null, end: true }],
    ['that is wrong in a group is none of ours', { isPrivate: false, code: undefined }, null, { isWrong: false }],
  ])('%s', (_name, more, answer, decision) => {
    expect(decideLinking(sent(more))).toMatchObject({ answer, ...decision })
  })

  it('puts the chat behind the contacts there are', () => {
    const person = ivan({ contacts: [{ channel: 'inbox' }, { channel: 'other', chat: 555 }] })
    expect(decideLinking(sent({ code: code({ person }) })).link).toEqual([
      ...person.contacts!,
      { channel: 'bot', chat: CHAT },
    ])
  })

  const anyCode = fc.option(
    fc.record({
      expiresAt: fc.integer({ min: NOW - 2, max: NOW + 2 }),
      usedAt: fc.option(fc.constant(NOW - 1)),
      usedBy: fc.option(fc.constantFrom(CHAT, '777')),
      channel: fc.constant('bot'),
      person: fc.constantFrom(ivan(), linked),
      isOfFile: fc.boolean(),
      isOthers: fc.boolean(),
    }),
    { nil: undefined },
  )
  const anySent = fc.record({
    ...{ chat: fc.constant(CHAT), isPrivate: fc.boolean(), triesLeft: fc.nat(5), code: anyCode, now: fc.constant(NOW) },
  })

  it('links private chats alone, by codes that are good, with tries left, of nobody else', () => {
    fc.assert(
      fc.property(anySent, (each) => {
        const { link, enable } = decideLinking(each)
        if (link === null && !enable) return
        expect(each).toMatchObject({ isPrivate: true, code: { usedAt: null, isOthers: false } })
        expect(each.triesLeft).toBeGreaterThan(0)
        expect(each.code!.expiresAt).toBeGreaterThan(NOW)
      }),
    )
  })

  it('comes to the same when it is done once more', () => {
    fc.assert(
      fc.property(anySent, (each) => {
        const first = decideLinking(each)
        if (each.code === undefined || first.link === null) return
        const person = { ...each.code.person, contacts: [...first.link] }
        // Broken off before the code had ended, and after.
        for (const usedAt of [null, NOW]) {
          const again = decideLinking({
            ...each,
            code: { ...each.code, person, usedAt, usedBy: usedAt === null ? null : CHAT },
          })
          expect(again).toMatchObject({ answer: 'already', link: null })
        }
      }),
    )
  })
})

describe('a code', () => {
  it('is of signs that nobody takes for another, and found however it is written', () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(bytes, (drawn) => {
        const made = newCode({ float: () => 0, bytes: () => Buffer.from(drawn) })
        expect(made).toMatch(/^[A-HJ-NP-Z2-9]{8}$/)
        const spaced = `${made.slice(0, 4)}-${made.slice(4)}`
        for (const text of [made, made.toLowerCase(), ` ${spaced} `, `/start ${made}`, `/start@nabat_bot ${spaced}`])
          expect(codeIn(text), text).toBe(made)
      }),
    )
    expect(codeIn('АВСЕ2345')).toBe('ABCE2345')
  })

  it('is not what people talk of', () => {
    for (const text of ['', '/start', 'привет', 'ABCD234', 'ABCD23456', 'ABCD2340', '/stop ABCD2345', 'ABCD2345 !'])
      expect(codeIn(text), text).toBeNull()
  })
})

describe('a chat', () => {
  const bots = new Set(['bot', 'other'])
  it('is of one person of a workspace, by whichever bot; whoever has left has it no more', () => {
    const others = (more: Partial<User>) => isChatOfOthers(CHAT, 'ivan', bots, [ivan(), { login: 'olga', ...more }])
    expect(others({ contacts: [{ channel: 'other', chat: CHAT }] })).toBe(true)
    expect(others({ contacts: [{ channel: 'other', chat: 555 }], enabled: false })).toBe(false)
    expect(others({ contacts: [{ channel: 'mail', chat: CHAT }] })).toBe(false)
    expect(isChatOfOthers(CHAT, 'ivan', bots, [linked])).toBe(false)
  })

  it('may send five wrong codes in ten minutes', () => {
    const wrong = new WrongCodes()
    for (let tries = 0; tries < 5; tries += 1) {
      expect(wrong.left(CHAT, NOW + tries)).toBe(5 - tries)
      wrong.add(CHAT, NOW + tries)
    }
    expect(wrong.left(CHAT, NOW + 599_999)).toBe(0)
    expect(wrong.left('777', NOW)).toBe(5)
    expect(wrong.left(CHAT, NOW + 600_000)).toBe(1)
    expect(wrong.left(CHAT, NOW + 700_000)).toBe(5)
  })
})
