import { describe, expect, it } from 'vitest'
import { contrast, textOn } from './contrast.ts'
import { harmless } from './harmless.ts'

describe('a letter', () => {
  it.each([
    ['<p>a</p><script>alert(1)</script><p>b</p>', '<p>a</p> <p>b</p>'],
    ['<scr<script></script>ipt>alert(1)</script>', '<scr ipt>alert(1) '],
    ['<p>a<script src=x', '<p>a '],
    ['<img src=x onerror=alert(1)>', '<img src=x>'],
    ['<img src="x" onerror="alert(1)" alt="on = off">', '<img src="x" alt="on = off">'],
    ['<a href="javascript:alert(1)">x</a>', '<a href="#">x</a>'],
    ["<a href=' JavaScript:alert(1)'>x</a>", "<a href='#'>x</a>"],
    ['<iframe src="https://example.ru">x</iframe>y', ' y'],
    ['<form action="https://example.ru"><input name="a"></form>', ' <input name="a"> '],
    ['<base href="https://example.ru">x', ' x'],
  ])('goes without what is a program or a trap: %s', (html, wanted) => {
    expect(harmless(html)).toBe(wanted)
  })

  it('is left as it is where there is nothing of the kind', () => {
    const html = '<p>Насос on = off, form 3, javascript</p><a href="https://example.ru/?on=1">x</a>'
    expect(harmless(html)).toBe(html)
  })

  it('takes no longer over much of it', () => {
    const startedAt = performance.now()
    for (const piece of ['<script ', '<script></', '<form ', '<a "onx=', '</object', ' onx', '<x onx="'])
      harmless(piece.repeat(60_000))
    harmless(`<a ${'onx= '.repeat(60_000)}`)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})

describe('text on a colour', () => {
  it('is white or nearly black, whichever can be read', () => {
    expect(textOn('#2f6fb5')).toBe('#ffffff')
    expect(textOn('#ffd400')).toBe('#111418')
    for (let red = 0; red < 256; red += 51)
      for (let green = 0; green < 256; green += 51)
        for (let blue = 0; blue < 256; blue += 51) {
          const colour = `#${[red, green, blue].map((each) => each.toString(16).padStart(2, '0')).join('')}`
          expect(contrast(colour, textOn(colour)), colour).toBeGreaterThanOrEqual(4.2)
        }
  })
})
