import { assert, constantFrom, jsonValue, oneof, property } from 'fast-check'
import { Liquid } from 'liquidjs'
import { describe, expect, it } from 'vitest'
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import { renderDirectly } from './direct.ts'

const OPTIONS = { renderLimit: 10_000, memoryLimit: 100_000, ownPropertyOnly: true, strictFilters: true } as const

function engines(outputEscape?: 'escape'): { theirs: Liquid; ours: Liquid } {
  const options = outputEscape === undefined ? OPTIONS : { ...OPTIONS, outputEscape }
  const [theirs, ours] = [new Liquid(options), new Liquid(options)]
  renderDirectly(ours)
  return { theirs, ours }
}

const plain = engines()
const escaping = engines('escape')

/** What an engine makes of a template: its text, or its error in words. */
function made(engine: Liquid, template: string, context: object): string {
  try {
    return String(engine.parseAndRenderSync(template, structuredClone(context)))
  } catch (error) {
    return `error: ${(error as Error).message}`
  }
}

const eventOf = (data: unknown, actor?: unknown): object => ({
  event: { type: 't', time: 1_795_000_000, severity: 'info', subject: null, actor: actor ?? {}, data },
  recipient: { login: null, name: 'Иван' },
  workspace: { title: 'ООО «Пример» & сыновья' },
})

describe('rendering directly', () => {
  it.each([...typeByName.values()].map((type) => [type.name, type] as const))(
    'writes %s as LiquidJS does, with any of its fields missing',
    (_, type) => {
      const { data, actor } = type.example
      const examples = [data, {}, ...Object.keys(data).map((name) => ({ ...data, [name]: undefined }))]
      for (const words of Object.values(type.templates))
        for (const [part, template] of Object.entries(words))
          for (const each of examples) {
            const { theirs, ours } = part === 'title' ? plain : escaping
            expect(made(ours, template, eventOf(each, actor))).toBe(made(theirs, template, eventOf(each, actor)))
          }
    },
  )

  it.each([
    '{{ a.b.c }}|{{ a["b"].c }}|{{ a[name].c }}|{{ list[0] }}|{{ list[-1] }}|{{ list.size }}|{{ list.first }}|{{ a.size }}',
    '{% if list == blank %}1{% endif %}{% if empty == blank %}2{% endif %}{% if space == blank %}3{% endif %}{% if none == nil %}4{% endif %}',
    '{% if no == blank %}1{% endif %}{% if zero == blank %}2{% endif %}{% if a == blank %}3{% endif %}{% if blank == space %}4{% endif %}{% if list == empty %}5{% endif %}',
    '{% if zero %}true{% else %}false{% endif %}{% if empty %}true{% endif %}{% if no %}x{% elsif none %}y{% else %}z{% endif %}',
    '{% if zero < 1 and name contains "b" or no %}1{% endif %}{% if not no %}2{% endif %}{% if list contains "x" %}3{% endif %}',
    '{% if zero == "0" %}1{% endif %}{% if list == list %}2{% endif %}{% if a == a %}3{% endif %}{% if none < 1 %}4{% endif %}',
    '{% unless no %}a{% endunless %}{% assign v = name | upcase %}{{ v }}{% capture w %}<{{ v }}>{% endcapture %}{{ w }}',
    '{% for x in list limit: 2 reversed %}{{ forloop.index }}:{{ x }}{% unless forloop.last %}, {% endunless %}{% else %}none{% endfor %}',
    '{% for x in list %}{% if x == "y" %}{% continue %}{% endif %}{{ x }}{% if x == "z" %}{% break %}{% endif %}!{% endfor %}',
    '{% for i in (1..3) %}{% case i %}{% when 1, 3 %}odd{% when 2 or 4 %}even{% else %}?{% endcase %}{% endfor %}',
    '{% case name %}{% when "b" %}1{% when "b" %}2{% else %}3{% endcase %}{% case none %}{% when nil %}nil{% endcase %}',
    '{{ list | join: ", " | upcase }}{{ none | default: name }}{{ no | default: "d", allow_false: true }}{{ list | where_exp: "x", "x == \'y\'" }}',
    '{{ html }}|{{ html | raw }}|{{ html | escape }}|{{ list }}|{{ a }}|{{ no }}|{{ zero }}|{{ none }}|{{ "q" }}|{{ 1.50 }}',
    '{% increment n %}{% increment n %}{% decrement m %}{% cycle "a", "b" %}{% cycle "a", "b" %}{% raw %}{{ x }}{% endraw %}{% echo name %}',
    '{{ name | slice: zero, 1 }}{{ a.constructor }}{{ a.__proto__ }}{{ list | map: "x" }}{{ time | date: "%Y" }}{{ name.b.c.d }}',
    '{{ name | unknown }}',
    '{{ name | divided_by: zero }}{{ 1 | divided_by: zero }}',
    '{% for a in (1..100000000) %}{% endfor %}',
    '{% for a in (1..3) %}{% if a == 2 %}{% for b in (1..100000000) %}{% endfor %}{% endif %}{% endfor %}',
    '{% if name %}{% if name %}{% if name %}{% include "nothing" %}{% endif %}{% endif %}{% endif %}',
  ])('does as LiquidJS does: %s', (template) => {
    const context = {
      a: { b: { c: 'deep' } },
      name: 'b',
      list: ['x', 'y', 'z'],
      html: '<b>"it\'s" & more</b>',
      empty: '',
      space: ' \n',
      none: null,
      no: false,
      zero: 0,
      time: 1_795_000_000,
    }
    for (const { theirs, ours } of [plain, escaping])
      expect(made(ours, template, context)).toBe(made(theirs, template, context))
  })

  it('compares any two values as LiquidJS does', () => {
    const template =
      '{% if l == r %}eq {% endif %}{% if l != r %}ne {% endif %}{% if l > r %}gt {% endif %}{% if l == blank %}b {% endif %}' +
      '{% if l == empty %}e {% endif %}{% if l contains r %}c {% endif %}{% if l and r %}and {% endif %}{{ l }}'
    const value = oneof(jsonValue({ maxDepth: 2 }), constantFrom('', ' ', '0', 0, 1, true, [], {}))
    assert(
      property(value, value, (l, r) => {
        expect(made(escaping.ours, template, { l, r })).toBe(made(escaping.theirs, template, { l, r }))
      }),
    )
  })

  it('stops a template that loops for ever within its time', () => {
    const forever = '{% for a in (1..9999) %}{% for b in (1..9999) %}{{ b }}{% endfor %}{% endfor %}'
    const limited = new Liquid({ ...OPTIONS, memoryLimit: 1e9, renderLimit: 50 })
    renderDirectly(limited)
    const startedAt = performance.now()
    expect(made(limited, forever, {})).toContain('template render limit exceeded')
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })

  it('does not take long over an error deep inside', () => {
    const deep = `${'{% if n %}'.repeat(40)}{{ n | divided_by: n.none.x | where: 1 }}{% for a in (1..100000000) %}{% endfor %}${'{% endif %}'.repeat(40)}`
    const startedAt = performance.now()
    expect(made(plain.ours, deep, { n: 1 })).toBe(made(plain.theirs, deep, { n: 1 }))
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})
