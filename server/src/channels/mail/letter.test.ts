import * as fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer'
import { expect, test } from 'vitest'
import { parseLetter, type ParsedLetter } from '../../../test/standins/mime.ts'
import type { Message } from '../channel.ts'
import { letter, messageIdOf, shownLetter, type LetterFile, type Sender } from './letter.ts'

const NOW = Date.UTC(2026, 10, 22, 9, 30)
const sender: Sender = { address: 'nabat@example.ru', name: 'Набат', replyTo: 'help@example.ru' }

const message: Message = {
  deliveryId: '0193-abc',
  language: 'ru',
  severity: 'warning',
  title: 'Камера «Въезд» недоступна',
  text: 'Камера недоступна',
  letter: '<p>Камера <b>Въезд</b> не отвечает с 12:30.</p><ul><li>объект 1</li></ul>',
  links: [{ title: 'Открыть', url: 'https://nabat.example.ru/e/1?a=1&b="2"' }],
  attachments: [],
  silent: false,
  event: {},
}

async function built(
  change: Partial<Message> = {},
  more: {
    files?: LetterFile[]
    logo?: LetterFile
    lost?: string[]
    earlier?: { messageIds: string[] }
    sender?: Sender
  } = {},
): Promise<ParsedLetter & { raw: string }> {
  const options = letter({ ...message, ...change }, 'duty@example.ru', more.sender ?? sender, { now: NOW, ...more })
  const raw = await new MailComposer(options).compile().build()
  return { ...parseLetter(raw), raw: raw.toString('utf8') }
}

test('a letter says who it is from, to whom answers go, and that no machine should answer', async () => {
  const { headers, subject } = await built()
  expect(subject).toBe('Камера «Въезд» недоступна')
  expect(Object.fromEntries(headers)).toMatchObject({
    from: 'Набат <nabat@example.ru>',
    to: 'duty@example.ru',
    'reply-to': 'help@example.ru',
    'message-id': '<0193-abc@example.ru>',
    'auto-submitted': 'auto-generated',
    'x-auto-response-suppress': 'All',
    date: 'Sun, 22 Nov 2026 09:30:00 +0000',
    'content-type': expect.stringMatching(/^multipart\/alternative/) as string,
  })
  expect(headers.has('importance')).toBe(false)
  expect(headers.has('in-reply-to')).toBe(false)
})

test('the text and the page say the same', async () => {
  const { text, html } = await built()
  expect(text).toContain('Камера «Въезд» недоступна')
  expect(text).toContain('Камера Въезд не отвечает с 12:30.')
  expect(text).toContain('Открыть: https://nabat.example.ru/e/1')
  expect(html).toContain('<html lang="ru" ')
  expect(html).toMatch(/<h1 [^>]+>Камера «Въезд»/)
  expect(html).toContain('<p>Камера <b>Въезд</b> не отвечает')
  expect(html).toContain('href="https://nabat.example.ru/e/1?a=1&amp;b=&#34;2&#34;"')
  expect(html).toContain('Предупреждение')
})

test('nothing is loaded from outside, and a link that could run something is left out', async () => {
  const { html, text } = await built({ links: [{ title: 'x', url: 'javascript:alert(1)' }] })
  expect(html).not.toMatch(/<(img|link|script|iframe)|url\(|src=|javascript:/i)
  expect(text).not.toContain('javascript:')
})

test('a critical letter is marked as important', async () => {
  const { headers, html } = await built({ severity: 'critical', language: 'en' })
  expect(headers.get('importance')).toBe('high')
  expect(headers.get('x-priority')).toBe('1')
  expect(html).toContain('Critical')
})

test('later letters of an incident answer its first one', async () => {
  const { headers } = await built({}, { earlier: { messageIds: ['<root@example.ru>', '<second@example.ru>'] } })
  expect(headers.get('in-reply-to')).toBe('<root@example.ru>')
  expect(headers.get('references')).toBe('<root@example.ru>')
})

test('the first letter, tried again, does not answer itself', async () => {
  const { headers } = await built({}, { earlier: { messageIds: [messageIdOf('0193-abc', sender.address)] } })
  expect(headers.has('in-reply-to')).toBe(false)
})

test('attachments come with their names, whatever those are', async () => {
  const content = Buffer.from('a,b\n1,2\n')
  const { attachments, headers } = await built(
    {},
    {
      files: [
        { name: 'отчёт за ноябрь.csv', mediaType: 'text/csv', content },
        { name: '../a\r\nX-Bad: 1.bin', mediaType: 'text/html\r\nX-Bad: 1', content },
      ],
    },
  )
  expect(headers.get('content-type')).toMatch(/^multipart\/mixed/)
  expect(attachments).toEqual([
    { name: 'отчёт за ноябрь.csv', mediaType: 'text/csv', content },
    { name: '.._a X-Bad: 1.bin', mediaType: 'application/octet-stream', content },
  ])
})

test('a long title is cut in the subject and whole in the letter', async () => {
  const title = 'ж'.repeat(400)
  const { subject, html } = await built({ title })
  expect(subject).toHaveLength(250)
  expect(html).toContain(title)
})

test('whatever stands in names and titles adds no header', async () => {
  const { headers } = await built()
  const expected = [...headers.keys()].toSorted()
  const nasty = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }).map((codes) => String.fromCharCode(...codes)),
    fc
      .tuple(fc.string({ maxLength: 20 }), fc.constantFrom('\r\n', '\n', '\r', '\u0000', '\u2028'))
      .map(([text, end]) => `${text}${end}Bcc: thief@example.com${end}${end}body`),
  )
  await fc.assert(
    fc.asyncProperty(nasty, nasty, async (title, name) => {
      const one = await built({ title }, { sender: { ...sender, name } })
      expect([...one.headers.keys()].toSorted()).toEqual(expected)
      expect(one.headers.get('from')).toMatch(/(^|<)nabat@example\.ru>?$/)
      expect(one.raw.split('\r\n\r\n')[0]).not.toMatch(/^(bcc|x-bad):/im)
    }),
    { numRuns: 200 },
  )
})

test('a delivery id that could end the Message-ID does not', () => {
  expect(messageIdOf('a>\r\n<b', 'x@example.ru')).toBe('<a----b@example.ru>')
})

const look = {
  company: 'Охрана & Ко',
  colour: '#ffd400',
  logo: undefined,
  footer: 'Москва, <ул. Мира>\n+7 495 123-45-67',
}
const picture: LetterFile = { name: 'logo.png', mediaType: 'image/png', content: Buffer.from('not really a picture') }

test('a company has its colour, on which buttons can be read, its picture and its footer', async () => {
  const { html } = await built({ look: { ...look, logo: 'https://example.ru/logo.png' } })
  expect(html).toContain('border-top:4px solid #ffd400')
  expect(html).toMatch(/background:#ffd400;color:#111418/)
  expect(html).toMatch(/alt="Охрана &amp; Ко" src="https:\/\/example.ru\/logo.png"/)
  expect(html).toContain('Москва, &lt;ул. Мира&gt;<br />\n+7 495')
  const { html: plain } = await built()
  expect(plain).not.toContain('<img')
})

test('a picture of ours goes with the letter, and is left out where it is gone', async () => {
  const file = { ...picture, size: 20, read: () => Promise.resolve(picture.content) }
  const change = { look: { ...look, logo: file } }
  const { html, raw } = await built(change, { logo: picture })
  expect(html).toContain('src="cid:logo"')
  expect(raw).toMatch(/Content-Id: <logo>/i)
  expect(raw).toMatch(/multipart\/related/)
  const without = await built(change)
  expect(without.html).not.toContain('<img')
  const shown = await shownLetter({ ...message, ...change })
  expect(shown.html).toContain(`src="data:image/png;base64,${picture.content.toString('base64')}"`)
})

test('a whole document goes as it is, with what it cannot know', async () => {
  const letter = '<html><body><h1>Всё своё</h1></body></html>'
  const { html, text } = await built({ letter, isWhole: true }, { lost: ['план.pdf'] })
  expect(html.trim()).toMatch(
    /^<html><body><h1>Всё своё<\/h1><p [^>]+>Не приложены, файлов больше нет: план.pdf<\/p><\/body><\/html>$/,
  )
  expect(text).toMatch(/^Всё своё\n\nНе приложены/)
})
