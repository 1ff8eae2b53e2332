import { afterEach, describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../clock.ts'
import { openLog } from '../../log.ts'
import { protect } from './protect.ts'
import { MjmlCompiler, type Compiled, type CompilerParts } from './compiler.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const open: MjmlCompiler[] = []
function compilerOf(parts: Partial<CompilerParts> = {}): MjmlCompiler {
  const compiler = new MjmlCompiler({ clock: systemClock, log: openLog('silent'), ...parts })
  open.push(compiler)
  return compiler
}
afterEach(() => open.splice(0).forEach((compiler) => compiler.close()))

const documentOf = (inside: string): string =>
  `<mjml><mj-body><mj-section><mj-column>${inside}</mj-column></mj-section></mj-body></mjml>`
const htmlOf = (compiled: Compiled): string => {
  expect(compiled).toHaveProperty('html')
  return (compiled as { html: string }).html
}
const wrongIn = (compiled: Compiled): string[] => {
  expect(compiled).toHaveProperty('mistakes')
  return (compiled as unknown as { mistakes: { line: number; message: { en: string } }[] }).mistakes.map(
    ({ line, message }) => `${line}: ${message.en}`,
  )
}

describe('a letter of MJML', () => {
  it('becomes HTML with its Liquid where it was, whatever signs stand in it', async () => {
    const html = htmlOf(
      await compilerOf().compile(
        documentOf(
          '<mj-text>{% if event.data.a < 2 and event.data.b > 1 %}{{ event.data.c | default: "<b>" }}{% endif %}</mj-text>' +
            '<mj-raw>{% for x in y %}</mj-raw><mj-button href="{{ x.url }}" background-color="{{ x.colour }}">Go</mj-button><mj-raw>{% endfor %}</mj-raw>',
        ),
      ),
    )
    expect(html).toContain(
      '{% if event.data.a < 2 and event.data.b > 1 %}{{ event.data.c | default: "<b>" }}{% endif %}',
    )
    expect(html).toContain('href="{{ x.url }}"')
    expect(html).toMatch(/\{% for x in y %\}[\s\S]*Go[\s\S]*\{% endfor %\}/)
    expect(html).not.toContain('fonts.googleapis.com')
  })

  it('is refused where MJML would drop something of it, with the line', async () => {
    const compiler = compilerOf()
    expect(wrongIn(await compiler.compile(documentOf('\n{% if x %}<mj-text>a</mj-text>')))).toEqual([
      '2: MJML takes no text here and {% if x %} would be lost: put it into <mj-raw>…</mj-raw>',
    ])
    expect(wrongIn(await compiler.compile(documentOf('\n\n<mj-txt>a</mj-txt>')))).toEqual([
      '3: MJML has no tag "mj-txt"',
    ])
  })

  it('reads no files', async () => {
    const compiler = compilerOf()
    expect(wrongIn(await compiler.compile(documentOf('<mj-include path="/etc/passwd" />')))).toEqual([
      expect.stringContaining('mj-include cannot be used') as string,
    ])
    expect(compiler.isRunning).toBe(false)
  })

  it('is refused when it comes to more than a letter can hold, by itself or by its Liquid', async () => {
    const compiler = compilerOf()
    const repeated = (text: string): string =>
      `<mjml><mj-head><mj-attributes><mj-text css-class="${text}" /></mj-attributes></mj-head>${documentOf(
        '<mj-text>a</mj-text>'.repeat(300),
      ).slice('<mjml>'.length)}`
    const itself = wrongIn(await compiler.compile(repeated('x'.repeat(10_000))))
    expect(itself).toEqual([expect.stringMatching(/comes to \d+ characters, and 2000000 is the most/) as string])
    const liquid = wrongIn(await compiler.compile(repeated(`{{ '${'x'.repeat(10_000)}' }}`)))
    expect(liquid).toEqual(['1: The letter comes to more than 2000000 characters: leave out what is repeated'])
  })

  it('that closes none of its Liquid is read as fast as any other', () => {
    const { pieces } = protect(`<mjml>${'{{ {% {% raw %}'.repeat(10_000)}`)
    expect(pieces).toHaveLength(1)
  })

  it('is compiled once', async () => {
    const compiler = compilerOf()
    const source = documentOf('<mj-text>once</mj-text>')
    expect(compiler.compile(source)).toBe(compiler.compile(source))
    await compiler.compile(source)
    expect(compiler.isRunning).toBe(true)
  })
})

describe('the process', () => {
  const FIRST = documentOf('<mj-text>a</mj-text>')

  it('may read nothing but its modules, and has none of our settings', async () => {
    const compiler = compilerOf({ child: here('../../../test/standins/mjml-nosy.mjs') })
    const html = htmlOf(await compiler.compile(FIRST))
    expect(JSON.parse(html)).toEqual({ passwd: 'ERR_ACCESS_DENIED', spawn: 'ERR_ACCESS_DENIED', env: [] })
  })

  it('is killed when it does not answer in time, and there again for the next', async () => {
    const compiler = compilerOf({ child: here('../../../test/standins/mjml-stuck.mjs'), deadlineMs: 300 })
    expect(await compiler.compile(documentOf('<mj-text>stuck</mj-text>'))).toEqual({
      failed: 'MJML took longer than 300 ms',
    })
    expect(compiler.isRunning).toBe(false)
    expect(await compiler.compile(documentOf('<mj-text>dies</mj-text>'))).toEqual({ failed: 'MJML died' })
    expect(htmlOf(await compiler.compile(FIRST))).toBe('fine')
  })

  it('keeps nobody waiting whose turn does not come: the letter is a plain one then', async () => {
    let now = 0
    const compiler = compilerOf({ clock: { ...systemClock, now: () => now } })
    const first = compiler.compile(FIRST)
    const second = compiler.compile(documentOf('<mj-text>b</mj-text>'))
    now = 21_000
    // The first was late as well, since nothing had begun.
    expect(await first).toEqual({ failed: 'its turn did not come' })
    expect(await second).toEqual({ failed: 'its turn did not come' })
    htmlOf(await compiler.compile(documentOf('<mj-text>c</mj-text>')))
  })

  it('ends when nothing was asked of it for a while', async () => {
    let idle = (): void => {}
    const clock = {
      ...systemClock,
      now: () => systemClock.now(),
      after: (ms: number, act: () => void) => {
        if (ms === 77_777) idle = act
        return systemClock.after(ms, act)
      },
    }
    const compiler = compilerOf({ clock, idleMs: 77_777 })
    await compiler.compile(FIRST)
    expect(compiler.isRunning).toBe(true)
    idle()
    expect(compiler.isRunning).toBe(false)
    htmlOf(await compiler.compile(documentOf('<mj-text>b</mj-text>')))
  })
})

describe('the frame of ordinary letters', () => {
  // Made anew by: npx vitest run server/src/render/mjml -u
  it('is what MJML makes of its source', async () => {
    const source = readFileSync(here('frame.mjml'), 'utf8')
    await expect(htmlOf(await compilerOf().compile(source))).toMatchFileSnapshot('frame.html')
  })
})
