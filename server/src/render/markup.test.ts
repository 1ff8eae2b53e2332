import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseHtml } from '../../test/standins/telegram-html.ts'
import { escapeHtml, letterToPlain, sanitizeInline, toMarkdown, toPlain } from './markup.ts'
import { splitInline, visibleText } from './split.ts'

/** Pieces out of which every kind of trouble is made: right and wrong nesting, half tags, entities, pairs, addresses. */
const piece = fc.oneof(
  fc.constantFrom('<b>', '</b>', '<i>', '</i>', '<u>', '</u>', '<s>', '</s>', '<code>', '</code>', '<pre>', '</pre>'),
  fc.constantFrom('<a href="https://x.ru/?a=1&amp;b=2">', '</a>', '<a>', '<blockquote expandable>', '</blockquote>'),
  fc.constantFrom(
    '<script>',
    '<',
    '>',
    '&',
    '&amp;',
    '&lt;b&gt;',
    '&#128276;',
    '&#xD83D;',
    '&nbsp;',
    '<br>',
    '<b',
    '"',
  ),
  fc.constantFrom('\n', ' ', '🔔', 'ё', '\r\n', '@all', '**', '_', '`', '```', '\\', 'http://a.b/c_d', '\ud83d'),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const markup = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

/** What Telegram's parser asks for: known tags only, each end tag closing the last one open, nothing left open. */
function wellFormed(html: string): boolean {
  const open: string[] = []
  const rest = html.replace(
    /<(\/?)(b|i|u|s|a|code|pre|blockquote)( [^<>]*)?>/g,
    (_whole, slash: string, name: string) => {
      if (slash === '') open.push(name)
      else if (open.pop() !== name) open.push('wrong')
      return ''
    },
  )
  return open.length === 0 && !/[<>]/.test(rest) && !/&(?!(?:lt|gt|amp|quot);)/.test(rest)
}

describe('sanitizeInline', () => {
  test.each([
    ['<b>a</b>', '<b>a</b>'],
    ['<strong>a</strong><EM>b</EM>', '<b>a</b><i>b</i>'],
    ['<b>open', '<b>open</b>'],
    ['stray</b> end', 'stray&lt;/b&gt; end'],
    ['<b><i>x</b>y</i>', '<b><i>x</i></b><i>y</i>'],
    ['<marquee>x</marquee>', '&lt;marquee&gt;x&lt;/marquee&gt;'],
    ['<a href="https://x.ru/?a=1&b=2">x</a>', '<a href="https://x.ru/?a=1&amp;b=2">x</a>'],
    ['<a href="javascript:alert(1)">x</a>', 'x'],
    ['<a onclick="x">y</a>', 'y'],
    ['<pre><code class="language-ts">x</code></pre>', '<pre><code class="language-ts">x</code></pre>'],
    ['<code class="evil&quot;">x</code>', '<code>x</code>'],
    ['a &lt; b &amp; c < d & e', 'a &lt; b &amp; c &lt; d &amp; e'],
    ['&laquo;ё&raquo; &foo; &#x1F514; &#0; &#xD800;', '«ё» &amp;foo; 🔔 &amp;#0; &amp;#xD800;'],
    ['a<br>b<br/>c', 'a\nb\nc'],
    ['<b></b>', ''],
    ['<b', '&lt;b'],
  ])('%s → %s', (html, expected) => expect(sanitizeInline(html)).toBe(expected))

  test('whatever comes in, Telegram can parse what goes out, and a second pass changes nothing', () => {
    fc.assert(
      fc.property(markup, (html) => {
        const clean = sanitizeInline(html)
        expect(wellFormed(clean)).toBe(true)
        expect(parseHtml(clean)).toEqual({ text: visibleText(html) })
        expect(sanitizeInline(clean)).toBe(clean)
        expect(visibleText(clean)).toBe(visibleText(html))
        expect(clean.isWellFormed()).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('escaped text shows as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(visibleText(`<b>${escapeHtml(text)}</b>`)).toBe(text.replace(/\r\n?/g, '\n').toWellFormed())
      }),
    )
  })

  test('a text full of half tags is read in one pass', () => {
    const html = '<b <a "'.repeat(50_000)
    const started = performance.now()
    sanitizeInline(html)
    letterToPlain(html)
    letterToPlain('<style'.repeat(50_000))
    letterToPlain('<!--'.repeat(50_000))
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('toPlain', () => {
  test.each([
    ['<b>Камера</b> &laquo;Вход&raquo;', 'Камера «Вход»'],
    ['<a href="https://x.ru/1">карточка</a>!', 'карточка (https://x.ru/1)!'],
    ['<a href="https://x.ru/1"><b>x</b>.ru/1</a>', 'x.ru/1'],
    ['<a href="mailto:a@x.ru">a@x.ru</a>', 'a@x.ru'],
    ['<a href="https://x.ru">https://x.ru/</a>', 'https://x.ru/'],
    ['<a href="https://a.ru">a</a><a href="https://b.ru">b</a>', 'a (https://a.ru)b (https://b.ru)'],
    ['1 &lt; 2', '1 < 2'],
  ])('%s → %s', (html, expected) => expect(toPlain(html)).toBe(expected))
})

describe('toMarkdown', () => {
  test.each([
    ['<b>a</b> <i>b</i> <s>c</s> <u>d</u>', '**a** _b_ ~~c~~ d'],
    ['<b>a <i>b</i></b>', '**a _b_**'],
    ['<b> a </b>b', '**a** b'],
    ['<b>one\ntwo</b>', '**one**\n**two**'],
    ['<a href="https://x.ru/a_(b)">карточка [1]</a>', '[карточка \\[1\\]](https://x.ru/a%5F%28b%29)'],
    ['<code>a`b_c</code>', '``a`b_c``'],
    ['<pre>x = 1\ny</pre>after', '```\nx = 1\ny\n```\nafter'],
    ['<pre>```</pre>', '````\n```\n````'],
    ['<blockquote>a\nb</blockquote>c', '> a\n> b\n\nc'],
    ['*x* _y_ ~~z~~ `q` [t](u) |', '\\*x\\* \\_y\\_ \\~\\~z\\~\\~ \\`q\\` \\[t\\](u) \\|'],
    ['# h\n&gt; q\n- l\n+ l\n1. n\n=== ', '\\# h\n\\> q\n\\- l\n\\+ l\n1\\. n\n\u200b==='],
    ['a\n    code', 'a\n\u200b    code'],
    ['C:\\Users\\*', 'C:\\Users\\\\\\*'],
    ['&amp;lt; and $a$', '&amp;lt; and &#36;a&#36;'],
    ['@all @Channel @here @hereford a@all', '@\u200ball @\u200bChannel @\u200bhere @hereford a@\u200ball'],
    [
      '&lt;!channel&gt; &lt;https://x.ru|y&gt; 1 &lt; 2',
      '&lt;!channel> &lt;[https://x.ru](https://x.ru)\\|y> 1 &lt; 2',
    ],
    ['https://x.ru/?a=1&amp;b=2', 'https://x.ru/?a=1&b=2'],
    ['&lt;https://x.ru/a&gt;', '&lt;https://x.ru/a>'],
    ['(https://x.ru/a_b_c).', '([https://x.ru/a\\_b\\_c](https://x.ru/a%5Fb%5Fc)).'],
    ['[https://x.ru/a]', '\\[[https://x.ru/a](https://x.ru/a)\\]'],
    ['&lt;\na@x.ru&gt;', '&lt;\na@x.ru>'],
    [
      'Да!<a href="https://x.ru/">тут</a> !https://x.ru/a_b',
      'Да\\![тут](https://x.ru/) \\![https://x.ru/a\\_b](https://x.ru/a%5Fb)',
    ],
    ['@allhttp://x.ru/', '@\u200ballhttp://x.ru/'],
    ['@<u>all</u>', '@\u200ball'],
    ['rtsp://cam_1', 'rtsp://cam\\_1'],
    ['2026-10-03 10:00 - ok', '2026-10-03 10:00 - ok'],
  ])('%j → %j', (html, expected) => expect(toMarkdown(html)).toBe(expected))

  test('text cannot call everybody nor make markup, in whatever surroundings', () => {
    fc.assert(
      fc.property(markup, (html) => {
        const markdown = toMarkdown(html)
        expect(markdown).not.toMatch(/@(all|channel|here)\b/i)
        expect(markdown).not.toMatch(/<[!@a-z]/i)
      }),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('*', '_', '`', '[', ']', '~', '\\', 'a', '(', ')', '|') }),
        (text) => {
          const markdown = toMarkdown(escapeHtml(text))
          expect(markdown.replace(/\\[\\*_`[\]~|]/g, '')).not.toMatch(/[*_`[\]~|]/)
        },
      ),
    )
  })
})

describe('letterToPlain', () => {
  test('paragraphs, lines, lists and tables become readable lines', () => {
    const html = `<style>p { color: red }</style><!-- no -->
      <h2>Камера&nbsp;5</h2><p>не отвечает   <b>с 10:00</b>.<br>Проверьте
      питание.</p>
      <ul><li>раз</li><li><p>два</p><ol><li>внутри</li></ol></li></ul>
      <table><tr><th>Объект</th><td>Склад</td></tr><tr><td></td><td><p>2</p></td><td>3</td></tr></table>
      <p><a href="https://x.ru/1">Открыть</a> <img src="x" alt="план"></p>`
    expect(letterToPlain(html)).toBe(
      [
        'Камера\u00a05',
        '',
        'не отвечает с 10:00.',
        'Проверьте питание.',
        '',
        '- раз',
        '- два',
        '  1. внутри',
        '',
        'Объект: Склад',
        ' | 2 | 3',
        '',
        'Открыть (https://x.ru/1) план',
      ].join('\n'),
    )
  })

  test('keeps the lines of a pre and survives anything', () => {
    expect(letterToPlain('<p>a</p><pre>x\n  y</pre>b')).toBe('a\n\nx\n  y\n\nb')
    fc.assert(fc.property(markup, (html) => void letterToPlain(html)))
  })
})

describe('splitInline', () => {
  const withoutSpace = (text: string): string => text.replace(/\s+/g, '')

  test.each([
    ['<b>one two</b>', 4, ['<b>one</b>', '<b>two</b>']],
    ['aa\nbb cc', 5, ['aa', 'bb cc']],
    ['aa bb\n\n\n  cc', 6, ['aa bb', '  cc']],
    ['🔔🔔🔔', 3, ['🔔', '🔔', '🔔']],
    ['&amp;&amp;&amp;', 2, ['&amp;&amp;', '&amp;']],
    ['<a href="https://x.ru/">ab</a>', 2, ['<a href="https://x.ru/">ab</a>']],
    [' \n ', 10, []],
  ] as const)('%j in parts of %i', (html, limit, expected) => expect(splitInline(html, limit)).toEqual(expected))

  test('nothing is lost, no part is over the limit, every part can be parsed', () => {
    fc.assert(
      fc.property(markup, fc.integer({ min: 2, max: 40 }), (html, limit) => {
        const parts = splitInline(html, limit)
        const visible = visibleText(html)
        expect(withoutSpace(parts.map(visibleText).join(''))).toBe(withoutSpace(visible))
        for (const part of parts) {
          expect(wellFormed(part)).toBe(true)
          expect(parseHtml(part)).toEqual({ text: visibleText(part) })
          expect(visibleText(part).length).toBeLessThanOrEqual(limit)
          expect(visibleText(part).isWellFormed()).toBe(true)
          expect(visibleText(part).trim()).not.toBe('')
        }
      }),
      { numRuns: 500 },
    )
  })

  test('what fits stays in one part', () => {
    fc.assert(
      fc.property(markup, (html) => {
        const parts = splitInline(html, 100_000)
        expect(parts.length).toBe(visibleText(html).trim() === '' ? 0 : 1)
        expect(visibleText(parts[0] ?? '').trimEnd()).toBe(visibleText(html).trimEnd())
      }),
    )
  })
})
