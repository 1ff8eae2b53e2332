import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PreviewReport, VariablesReport } from '@nabat/api/template-preview.ts'
import { ask, expectError, makeKey, withKey } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    config: `
workspace: { name: default, title: 'Охрана & Ко', language: ru, timeZone: Europe/Moscow, signature: 'Ваша охрана' }
types:
  - { name: pump.stopped, title: { ru: Насос встал }, example: { pump: Первый } }
`,
  })
})
afterAll(() => server.stop())

async function preview(body: object, language = 'en'): Promise<PreviewReport> {
  const response = await server.call('POST', '/api/v1/templates/preview', body, { 'accept-language': language })
  const answer = (await response.json()) as PreviewReport
  expect({ status: response.status, answer }).toMatchObject({ status: 200 })
  return answer
}

/** What is said of a request that is refused. */
async function refusal(body: object): Promise<string> {
  const answer = await ask(server.call, 'POST', '/api/v1/templates/preview', body)
  return [...expectError(answer, 400, 'invalid').values()].join()
}

async function variables(query: string): Promise<VariablesReport> {
  const response = await server.call('GET', `/api/v1/templates/variables?${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as VariablesReport
}

const SCRIPT = '<script>alert(1)</script>'

describe('POST /api/v1/templates/preview', () => {
  it('shows letters as they would look, to those who may change that', async () => {
    const look = { color: '#0a7f3f', footer: 'ООО «Охрана» & сыновья' }
    const { letter } = await preview({ type: 'camera.unavailable', look })
    expect(letter).toContain('#0a7f3f')
    expect(letter).toContain('ООО «Охрана» &amp; сыновья')
    expect((await preview({ type: 'camera.unavailable' })).letter).not.toContain('#0a7f3f')
    expect(await refusal({ type: 'camera.unavailable', look: { color: 'зелёный' } })).not.toBe('')
    const reader = withKey(server, await makeKey(server, 'read'))
    const body = { type: 'camera.unavailable', look }
    expect((await ask(reader, 'POST', '/api/v1/templates/preview', body)).status).toBe(403)
  })

  it('shows what every medium makes of the words, tried on the example', async () => {
    const shown = await preview({
      type: 'camera.unavailable',
      title: 'Камера {{ event.data.camera }}',
      text: '<b>{{ event.data.camera }}</b> для {{ recipient.name }}, {{ workspace.title }}',
      letter: '<p>Письмо о {{ event.data.camera }}</p>',
    })
    const [, camera] = /^Камера (.+)$/.exec(shown.title)!
    expect(shown).toMatchObject({
      text: `<b>${camera}</b> для Иван Иванов, Охрана &amp; Ко`,
      plain: `${camera} для Иван Иванов, Охрана & Ко`,
      telegram: expect.stringContaining(`<b>Камера ${camera}</b>\n`),
      mattermost: expect.stringContaining('**Камера'),
      push: { title: `Камера ${camera}`, text: `${camera} для Иван Иванов, Охрана & Ко` },
      subject: `Камера ${camera}`,
      letter: expect.stringMatching(/^<!doctype html>[\s\S]*Письмо о[\s\S]*Ваша охрана/),
      letterPlain: expect.stringContaining(`Письмо о ${camera}`),
      mistakes: [],
    })
    expect(shown.tookMs).toBeGreaterThanOrEqual(0)
  })

  it('fills in what is not given: from other templates, then from the catalogue', async () => {
    const shown = await preview({ type: 'camera.unavailable', text: 'x', language: 'en' })
    expect(shown).toMatchObject({ text: 'x', mistakes: [] })
    expect(shown.title).toMatch(/^Camera/)
  })

  it('tells several mistakes at once, each with its part, line and column, and shows what would be sent', async () => {
    const { mistakes, title } = await preview({
      type: 'camera.unavailable',
      title: '{{ event.data.camera | upcas }}',
      text: 'a\n{% if event.data.camera %}b\n  {{ event.data.camera | trunkate: 3 }}\n{% foo %}',
    })
    expect(mistakes.map(({ part, level, line, column, message }) => [part, level, line, column, message])).toEqual([
      ['title', 'error', 1, 1, 'There is no filter "upcas"; did you mean "upcase"?'],
      ['text', 'error', 3, 3, 'There is no filter "trunkate"; did you mean "truncate"?'],
      ['text', 'error', 4, 1, 'There is no tag "foo"; did you mean "for"?'],
      ['text', 'error', 2, 1, '{% if %} needs its {% endif %}'],
    ])
    expect(title).not.toBe('')
    const { mistakes: russian } = await preview({ type: 'camera.unavailable', text: '{% endif %}' }, 'ru')
    expect(russian[0]!.message).toBe('Лишний {% endif %}: перед ним нет открытого {% if %}')
  })

  it('warns of names that lead nowhere, with the nearest ones', async () => {
    const { mistakes } = await preview({
      type: 'camera.unavailable',
      text: '{{ event.data.camra }}\n{{ evnt.data.camera }} {% for x in event.data.list %}{{ x.y }}{% endfor %}',
    })
    expect(mistakes).toMatchObject([
      { level: 'warning', line: 1, near: ['event.data.camera'] },
      { level: 'warning', line: 2 },
      { level: 'warning', line: 2 },
    ])
    expect((await preview({ type: 'pump.stopped', text: '{{ event.data.anything }}' })).mistakes).toEqual([])
  })

  it('shows a push as long as browsers take it', async () => {
    const { push, plain } = await preview({ type: 'camera.unavailable', title: 'T', text: 'слово '.repeat(1_000) })
    expect(push.title).toBe('T')
    expect(push.text.length).toBeLessThan(plain.length / 2)
    expect(push.text).toMatch(/^слово слово.*…$/)
  })

  it('escapes what stands in the data for every medium', async () => {
    const { events } = await server.send({
      type: 'pump.stopped',
      data: { pump: `${SCRIPT}[a](http://x)@all` },
    })
    const shown = await preview({
      type: 'pump.stopped',
      event: events[0]!.id,
      title: '{{ event.data.pump }}',
      text: '{{ event.data.pump }}',
      letter: '<p>{{ event.data.pump }}</p>',
    })
    expect(shown.title).toContain(SCRIPT)
    for (const part of ['text', 'telegram', 'letter'] as const) {
      expect(shown[part]).not.toContain('<script')
      expect(shown[part]).toContain('&lt;script&gt;')
    }
    expect(shown.mattermost).not.toMatch(/<script|@all|(?<!\\)\[a\]/)
    expect(shown.plain).toContain(SCRIPT)
  })

  it('tries a stored event of this workspace, of its type, for those who may look at events', async () => {
    const { events } = await server.send({ type: 'camera.unavailable', data: { camera: 'Склад' } })
    const id = events[0]!.id
    expect((await preview({ type: 'camera.unavailable', event: id, text: '{{ event.data.camera }}' })).text).toBe(
      'Склад',
    )
    expect(await refusal({ type: 'pump.stopped', event: id })).toMatch(/is of the type "camera.unavailable"/)
    for (const event of ['01a20374-35af-7001-b3c8-1e3d6c419a30', 'x'])
      expect(await refusal({ type: 'camera.unavailable', event })).toMatch(/no such event/)
  })

  it('ends what loops for ever, builds too much or writes too much, and says so', async () => {
    const forever = '{% for a in (1..9999) %}{% for b in (1..9999) %}{{ b }}{% endfor %}{% endfor %}'
    const tried = async (text: string) => (await preview({ type: 'camera.unavailable', text })).mistakes[0]?.message
    expect(await tried(forever)).toMatch(/longer than 100 ms/)
    expect(await tried('{% for a in (1..4999999) %}{% endfor %}')).toMatch(/longer than 100 ms/)
    expect(await tried('{% for a in (1..99999999) %}{{ a }}{% endfor %}')).toMatch(/too long|longer than/)
    expect(await tried('{% assign a = (1..4000000) | sort | reverse | uniq %}{{ a }}')).toMatch(/too long|longer than/)
    expect(
      await tried('{% assign a = "xxxxxxxxxx" %}{% for i in (1..30) %}{% assign a = a | append: a %}{% endfor %}'),
    ).toMatch(/too long|longer than/)
    expect(
      await tried(
        '{% capture a %}{% for i in (1..999) %}xxxxxxxxxx{% endfor %}{% endcapture %}{% for i in (1..9) %}{{ a }}{% endfor %}',
      ),
    ).toBe('Too long: the text takes at most 65536 characters')
  })

  it('names the first of many names that lead nowhere, and looks for none where that would keep others waiting', async () => {
    const letter = (count: number): string =>
      Array.from({ length: count }, (_, n) => `{{ event.data.wrong_${n} }}`).join('\n')
    const lines = async (count: number) =>
      (await preview({ type: 'camera.unavailable', letter: letter(count) })).mistakes.map(({ line }) => line)
    expect(await lines(50)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await lines(5_000)).toEqual([])
  })

  it('reaches neither files nor prototypes', async () => {
    const tried = await preview({
      type: 'camera.unavailable',
      text: '{{ event.constructor.name }}{{ event.data.__proto__ }}{{ workspace.toString }}|',
    })
    expect(tried.text).toBe('|')
    for (const tag of ['include', 'render', 'layout', 'block'])
      expect(
        (await preview({ type: 'camera.unavailable', text: `{% ${tag} "package.json" %}` })).mistakes[0]!.message,
      ).toMatch(`There is no tag "${tag}"`)
  })

  it('refuses what it does not know, by field', async () => {
    expect(await refusal({ type: 'camera.unavailabel' })).toMatch(/did you mean "camera.unavailable"/)
    expect(await refusal({ type: 'camera.unavailable', channel: 'nothing' })).toMatch(/no channel "nothing"/)
    expect(await refusal({ type: 'camera.unavailable', zone: 'Europe/Nowhere' })).toMatch(/zone/i)
    expect(await refusal({ type: 'camera.unavailable', tittle: 'x' })).toMatch(/Unknown field/)
  })
})

describe('GET /api/v1/templates/variables', () => {
  it('names what a type has, with titles, kinds, examples and the words of the catalogue', async () => {
    const { variables: list, filters, defaults, bare } = await variables('type=camera.unavailable&language=en')
    expect(list[0]).toMatchObject({ name: 'event.data.camera', insert: '{{ event.data.camera }}', title: 'Camera' })
    expect(list[0]!.example).not.toBeNull()
    expect(list.map(({ name }) => name)).toContain('workspace.title')
    expect(filters.map(({ name }) => name)).toContain('truncate')
    expect(defaults.title).toContain('Camera unavailable')
    expect(bare).toEqual([])
  })

  it('knows bare words for calls, and the words of digests and storms', async () => {
    const { bare } = await variables('type=call.missed')
    expect(bare.map(({ name }) => name)).toContain('NOTIFICATION_CALLERID')
    for (const type of ['digest', 'storm']) {
      const { variables: list, title } = await variables(`type=${type}`)
      expect(list.map(({ name }) => name)).toContain('digest.count')
      expect(list.find(({ name }) => name === 'digest.count')!.example).toBe('4')
      expect(title).not.toBe('')
    }
  })
})

describe('who may', () => {
  it('asks for templates.read, and for events.read where an event is named', async () => {
    const send = withKey(server, await makeKey(server, 'send'))
    const asked = await ask(send, 'POST', '/api/v1/templates/preview', { type: 'camera.unavailable' })
    expectError(asked, 403, 'forbidden')
    expectError(await ask(send, 'GET', '/api/v1/templates/variables?type=camera.unavailable'), 403, 'forbidden')
  })
})
