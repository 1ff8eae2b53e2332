import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Answer } from '../../test/support/answers.ts'
import { startHouse, type House } from '../../test/support/house.ts'
import { person } from '../../test/support/signed-in.ts'
import { until } from '../../test/until.ts'

let house: House
beforeAll(async () => {
  house = await startHouse(`
workspace: { name: default, language: ru, timeZone: Europe/Moscow, signature: Ваша охрана }
users:
  - { login: boss, name: Начальник, roles: [admin] }
types:
  - { name: pump.stopped, title: { ru: Насос встал }, example: { pump: Первый } }
rules:
  - { name: pumps, types: [pump.stopped], to: [{ channel: bot, chat: '-1001' }] }
  - { name: letters, types: [camera.unavailable, call.missed], to: [{ channel: mail, address: duty@example.ru }] }
`)
})
afterAll(() => house[Symbol.asyncDispose]())

const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(house.server.call, method, `/api/v1${path}`, body)

async function save(template: object, by = house.server.call): Promise<string> {
  const { status, body } = await ask(by, 'POST', '/api/v1/templates', template)
  expect({ status, body }).toMatchObject({ status: 201 })
  return String(body['id'])
}

/** What a chat in Telegram has been told. */
const inChat = (id: string): string[] =>
  house.telegram.messages.filter(({ chat }) => String(chat) === id).map(({ text }) => text)

/** The message in Telegram that an event came to. */
async function told(data: object): Promise<string> {
  const event = await house.post('pump.stopped', data)
  await house.settled(event)
  return inChat('-1001').at(-1)!
}

/** The letter that an event came to. */
async function letterOf(type: string, data: object): Promise<{ subject: string; html: string; text: string }> {
  const count = house.mail.letters.length
  const event = await house.post(type, data)
  await house.settled(event)
  return (await house.mail.waitFor(count + 1)).at(-1)!
}

describe('a template that fails', () => {
  it('gives way to the words of the catalogue, tells its author and the administrators once, and shows it', async () => {
    const anna = await person(house.server, 'anna', ['technologist'], {
      card: { contacts: [{ channel: 'bot', chat: '700' }] },
    })
    const id = await save(
      // It is written without a mistake, and loops over what comes.
      {
        name: 'loops',
        type: 'pump.stopped',
        text: '{% for a in (1..event.data.n) %}{% for b in (1..event.data.n) %}.{% endfor %}{% endfor %}',
      },
      anna.call,
    )
    expect(await told({ n: 2 })).toContain('....')
    expect((await call('GET', `/templates/${id}`)).body['lastFailure']).toBeNull()
    const event = await house.post('pump.stopped', { n: 20_000 })
    const [delivery] = await house.settled(event)
    expect(delivery).toMatchObject({ state: 'sent', note: 'template_failed' })
    expect(inChat('-1001').at(-1)).toContain('n: 20000')
    const heard = async (): Promise<boolean> => (await house.events('system.template.failed')).length > 0
    await until(heard, 10_000, 'the event of the failure')
    const [failed] = await house.events('system.template.failed')
    expect(failed!.data).toMatchObject({ template: 'loops', part: 'text', author: 'anna', type: 'pump.stopped' })
    const deliveries = await house.settled(failed!.id)
    expect(deliveries.map(({ recipient, channel }) => [recipient, channel]).toSorted()).toEqual([
      ['anna', 'bot'],
      ['boss', 'inbox'],
    ])
    expect(inChat('700')[0]).toContain('Шаблон «loops»')
    await told({ n: 20_000 })
    expect(await house.events('system.template.failed')).toHaveLength(1)
    const { body } = await call('GET', '/templates')
    expect(body['items']![0]).toMatchObject({
      name: 'loops',
      lastFailure: {
        part: 'text',
        says: 'Шаблон работает дольше 100 мс: уберите лишние циклы',
        at: expect.any(String) as string,
      },
    })
    // What was shown may be sent back, and a new version has not failed.
    const { body: shown } = await call('GET', `/templates/${id}`)
    const { status, body: saved } = await call('PUT', `/templates/${id}`, { ...(shown as object), text: 'ok' })
    expect({ status, saved }).toMatchObject({ status: 200, saved: { lastFailure: null } })
    await call('DELETE', `/templates/${id}`)
  })

  it('says nothing of the message that tells of a failure', async () => {
    const broken = '{% for a in (1..99999999) %}{{ a }}{% endfor %}'
    const before = (await house.events('system.template.failed')).length
    const own = await save({
      name: 'of itself',
      type: 'system.template.failed',
      title: 'T',
      text: `{% if event.data %}{% if event.data.part %}${broken}{% endif %}{% endif %}`,
    })
    const id = await save({ name: 'breaks', type: 'pump.stopped', text: `{% if event.data.n %}${broken}{% endif %}` })
    await told({ n: 1 })
    const count = async (): Promise<number> => (await house.events('system.template.failed')).length
    await until(async () => (await count()) > before, 10_000, 'the event of the failure')
    const [failed] = await house.events('system.template.failed')
    const deliveries = await house.settled(failed!.id)
    expect(deliveries.map(({ note }) => note)).toContain('template_failed')
    expect(await count()).toBe(before + 1)
    for (const each of [own, id]) await call('DELETE', `/templates/${each}`)
  })

  it('is refused on saving where it cannot work at all, with every mistake', async () => {
    const answer = await call('POST', '/templates', {
      ...{ name: 'x', type: 'pump.stopped', title: '{{ a | nothing }}', text: '{% if a %}\n{{ b | nothing }}' },
      letter: '<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>',
    })
    const details = expectError(answer, 400, 'invalid')
    expect([...details.keys()]).toEqual(['/title', '/text', '/letter'])
    expect(details.get('/letter')).toMatch(/mj-include/)
  })
})

describe('versions of a template', () => {
  it('hold for the events that were accepted under them: edited, removed or made since', async () => {
    const key = await makeKey(house.server, 'all')
    const send = withKey(house.server, key)
    const id = await save({ name: 'versions', type: 'pump.stopped', text: 'первая {{ event.data.n }}' })
    const { body: bot } = await call('GET', '/channels/bot')
    // The way out is shut, so that what is accepted waits while the template is edited.
    await ask(send, 'PUT', `/api/v1/channels/${String(bot['id'])}`, { ...(bot as object), enabled: false })
    const event = await house.post('pump.stopped', { n: 1 })
    await call('PUT', `/templates/${id}`, { name: 'versions', type: 'pump.stopped', text: 'вторая {{ event.data.n }}' })
    const second = await house.post('pump.stopped', { n: 2 })
    await call('DELETE', `/templates/${id}`)
    const third = await house.post('pump.stopped', { n: 3 })
    const late = await save({ name: 'late', type: 'pump.stopped', text: 'поздняя' })
    await ask(send, 'PUT', `/api/v1/channels/${String(bot['id'])}`, { ...(bot as object), enabled: true })
    for (const each of [event, second, third])
      await house.deliveriesWhen(each, (all) => all.every(({ state }) => state === 'sent'))
    const texts = inChat('-1001').slice(-3)
    expect(texts.map((text) => text.split('\n').slice(1).join(' ')).toSorted()).toEqual([
      'n: 3',
      'вторая 2',
      'первая 1',
    ])
    await call('DELETE', `/templates/${late}`)
  })

  it('are listed with what changed, and a change is taken back', async () => {
    const id = await save({ name: 'undone', type: 'pump.stopped', text: 'первая' })
    await call('PUT', `/templates/${id}`, { name: 'undone', type: 'pump.stopped', text: 'вторая' })
    const { body } = await call('GET', `/templates/${id}/versions`)
    expect(body['items']).toMatchObject([
      { before: { text: 'первая' }, after: { text: 'вторая' } },
      { before: null, after: { text: 'первая' } },
    ])
    expect((await call('POST', `/changes/${String(body['items']![0]!['id'])}/undo`)).status).toBe(200)
    expect(await told({ n: 1 })).toContain('первая')
    await call('DELETE', `/templates/${id}`)
  })
})

describe('letters', () => {
  const upload = async (mediaType: string, content: string): Promise<string> => {
    const form = new FormData()
    form.append('file', new Blob([content], { type: mediaType }), 'logo.png')
    const response = await fetch(`${house.server.url}/api/v1/files`, {
      ...{ method: 'POST', body: form, headers: { authorization: `Bearer ${house.server.key}` } },
    })
    return ((await response.json()) as { id: string }).id
  }
  const settings = { language: 'ru', timeZone: 'Europe/Moscow', signature: 'Ваша охрана' }

  it('have the picture, colour and footer of the company', async () => {
    const logo = await upload('image/png', 'picture')
    const wrong = await upload('text/plain', 'no picture')
    const refused = async (letter: object): Promise<Map<string, string>> =>
      expectError(await call('PUT', '/workspace', { ...settings, letter }), 400, 'invalid')
    expect((await refused({ logo: wrong })).get('/letter/logo')).toMatch(/PNG/)
    expect((await refused({ logo: '01a20374-35af-7001-b3c8-1e3d6c419a30' })).get('/letter/logo')).toMatch(
      /no such file/,
    )
    expect((await refused({ logo: 'http://example.ru/x.png' })).size).toBe(1)
    expect((await refused({ color: 'red' })).size).toBe(1)
    const saved = await call('PUT', '/workspace', {
      ...settings,
      letter: { logo, color: '#ffd400', footer: 'ООО «Охрана»' },
    })
    expect(saved).toMatchObject({ status: 200, body: { letter: { color: '#ffd400' } } })
    const { html } = await letterOf('camera.unavailable', { camera: 'Въезд', url: 'https://video.example/1' })
    expect(html).toContain('src="cid:logo"')
    expect(html).toMatch(/background:#ffd400;color:#111418[\s\S]*Открыть/)
    expect(html).toContain('ООО «Охрана»')
    const { body: preview } = await call('POST', '/templates/preview', { type: 'camera.unavailable' })
    expect(String(preview['letter'])).toContain(`data:image/png;base64,${Buffer.from('picture').toString('base64')}`)
    await call('PUT', '/workspace', settings)
  })

  it('may be whole MJML documents', async () => {
    const inside =
      '<mj-text>{% if event.data.camera != blank %}Нет {{ event.data.camera }}{% endif %} {{ workspace.signature }}</mj-text>'
    const letter = `<mjml><mj-body><mj-section><mj-column>${inside}</mj-column></mj-section></mj-body></mjml>`
    const id = await save({ name: 'document', type: 'camera.unavailable', letter })
    const { html, text } = await letterOf('camera.unavailable', { camera: '<script>alert(1)</script>' })
    expect(html).toContain('Нет &lt;script&gt;alert(1)&lt;/script&gt; Ваша охрана')
    expect(html).not.toContain('class="card"')
    expect(text.trim()).toBe('Нет <script>alert(1)</script> Ваша охрана')
    await call('DELETE', `/templates/${id}`)
    const { body } = await call('POST', '/templates/preview', {
      ...{ type: 'camera.unavailable', letter: letter.replace('</mj-text>', '</mj-text>{% if x %}\n') },
    })
    expect(body['mistakes']).toMatchObject([{ part: 'letter', level: 'error', line: 1 }])
    const { body: dropped } = await call('POST', '/templates/preview', {
      ...{ type: 'camera.unavailable', letter: letter.replace('<mj-text>', '\n{{ event.id }}<mj-text>') },
    })
    expect(String(dropped['mistakes']![0]!['message'])).toMatch(/put it into <mj-raw>/)
    expect(String(dropped['letter'])).toContain('class="card"')
  })
})

describe('bare words', () => {
  const call1 = {
    call: '1',
    caller: '+79161234567',
    callerName: 'Анна "VM_DUR" <b>',
    to: '101 Иванов',
    waitedSeconds: 24,
  }

  it('are put in where calls are told of, once and escaped', async () => {
    const id = await save({
      ...{ name: 'missed', type: 'call.missed', title: 'Звонок NOTIFICATION_CALLERID для NOTIFICATION_TO' },
      letter:
        '<p>VM_CALLERID|NOTIFICATION_DURATION|NOTIFICATION_MISSEDCAUSE|NOTIFICATION_TOX|{{ event.data.to | append: "VM_DUR" }}|{% raw %}VM_DUR{% endraw %}</p>',
    })
    const { subject, html } = await letterOf('call.missed', call1)
    expect(subject).toBe('Звонок +79161234567 для 101 Иванов')
    expect(html).toContain(
      '<p>&quot;Анна &#34;VM_DUR&#34; &lt;b&gt;&quot; &lt;+79161234567&gt;|24|NOANSWER|NOTIFICATION_TOX|101 ИвановVM_DUR|VM_DUR</p>',
    )
    await call('DELETE', `/templates/${id}`)
  })

  it('say how long and when a message was left, and are nothing to other types', async () => {
    const { body } = await call('POST', '/templates/preview', {
      ...{ type: 'call.voicemail', title: 'VM_DUR VM_CALLER_NUM VM_CALLER_NAME', text: 'VM_DATE NOTIFICATION_DATE' },
    })
    expect(body['title']).toMatch(/^0:17 \+79161234567 /)
    expect(body['text']).toMatch(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \1$/)
    const { body: other } = await call('POST', '/templates/preview', { type: 'camera.unavailable', title: 'VM_DUR' })
    expect(other['title']).toBe('VM_DUR')
  })
})

describe('words for several events at once', () => {
  it('are reworded under the names digest and storm', async () => {
    for (const type of ['digest', 'storm']) {
      const id = await save({ name: `words of ${type}`, type, title: 'Всего {{ digest.count }}' })
      await call('DELETE', `/templates/${id}`)
    }
  })
})
