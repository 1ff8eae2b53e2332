import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiHost, mailAddress, needsUtf8, notAnAddress, printable, showMailAddress } from './address.ts'

test.each([
  ['duty@example.ru', 'duty@example.ru'],
  ['  Duty.Officer+night@Example.RU ', 'Duty.Officer+night@example.ru'],
  ['ivan@пример.рф', 'ivan@xn--e1afmkfd.xn--p1ai'],
  ['иван@Пример.РФ', 'иван@xn--e1afmkfd.xn--p1ai'],
  ['root@localhost', 'root@localhost'],
  ["o'hara_x@mail.internal", "o'hara_x@mail.internal"],
])('%j is the address %j', (text, address) => {
  expect(mailAddress(text)).toBe(address)
})

test.each([
  '',
  '@',
  'duty',
  'duty@',
  '@example.ru',
  'a@b@c',
  'a b@example.ru',
  'a@exa mple.ru',
  'a..b@example.ru',
  '.a@example.ru',
  'a@example..ru',
  'a@-example.ru',
  'a@10.0.0.1',
  'a@127.1',
  'a@%41.ru',
  'Ivan <a@example.ru>',
  'a@example.ru,b@example.ru',
  'a@example.ru\r\nRCPT TO:<b@example.ru>',
  'a\u0000@example.ru',
  '"a b"@example.ru',
  `${'a'.repeat(65)}@example.ru`,
  `a@${'a.'.repeat(130)}ru`,
])('%j is not an address', (text) => {
  expect(mailAddress(text)).toBeUndefined()
})

test('an address that was accepted is written one way and has nothing that ends a line or a command', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.emailAddress()), (text) => {
      const address = mailAddress(text)
      if (address === undefined) return
      expect(mailAddress(address)).toBe(address)
      expect(address).not.toMatch(/[\s<>,;:\p{Cc}]/u)
    }),
  )
})

/** Code units as they come, halves of letters and controls among them. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes))

test('printable text stays on one line', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
    }),
  )
  expect(printable(' Камера\r\nBcc: x@y.ru\t1 ')).toBe('Камера Bcc: x@y.ru 1')
})

test('people see the domain in its own alphabet', () => {
  expect(showMailAddress('ivan@xn--e1afmkfd.xn--p1ai')).toBe('ivan@пример.рф')
  expect(showMailAddress('ivan@example.ru')).toBe('ivan@example.ru')
})

test('only a local part outside ASCII needs SMTPUTF8', () => {
  expect(needsUtf8('иван@xn--e1afmkfd.xn--p1ai')).toBe(true)
  expect(needsUtf8('ivan@xn--e1afmkfd.xn--p1ai')).toBe(false)
})

test('a host is a name as DNS has it, or an address', () => {
  expect(asciiHost('почта.пример.рф')).toBe('xn--80a1acny.xn--e1afmkfd.xn--p1ai')
  expect(asciiHost('[::1]')).toBe('::1')
  expect(asciiHost('192.168.1.5')).toBe('192.168.1.5')
  expect(asciiHost('mail server')).toBeUndefined()
})

test('what is wrong says what was given and what is needed', () => {
  expect(notAnAddress('/address', 'duty').message.ru).toContain('«duty»')
  expect(notAnAddress('/address', undefined).message.en).toContain('missing')
})
