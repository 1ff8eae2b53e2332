import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { Liquid } from 'liquidjs'
import { describe, expect, test } from 'vitest'
import { LANGUAGES, type Language } from '../text.ts'
import { CATALOG, typeByName } from './catalog.ts'
import { CATEGORIES, type EventType } from './event-type.ts'

const ajv = new Ajv({ allErrors: true, strict: false })
formats.default(ajv)
const liquid = new Liquid({ outputEscape: 'escape', timezoneOffset: 'Europe/Moscow', locale: 'en' })

type Data = Readonly<Record<string, unknown>>

const known = (name: string): EventType => {
  const type = typeByName.get(name)
  if (!type) throw new Error(`${name} is not in the catalogue`)
  return type
}

/** What is wrong with the data, as paths with messages. */
function mistakes(name: string, data: unknown): string[] {
  const validate = ajv.compile(known(name).data)
  validate(data)
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

function render(type: EventType, language: Language, data: Data = type.example.data, bare = false) {
  const event = {
    id: '019525f0-0000-7000-8000-000000000000',
    type: type.name,
    time: '2026-03-14T00:15:00Z',
    severity: type.severity,
    data,
    ...(bare ? {} : { subject: type.example.subject, actor: type.example.actor }),
  }
  const context = { event, recipient: { name: 'Иван Петров', login: 'ivan' }, workspace: { title: 'ООО Пример' } }
  const words = type.templates[language]
  const put = (template: string): string => liquid.parseAndRenderSync(template, context)
  return { title: put(words.title), text: put(words.text), letter: put(words.letter) }
}

const TEXT_TAGS = /<(?!\/?(b|i|u|s|a|code|pre)\b)[^>]*>/
const LETTER_TAGS = /<(?!\/?(p|b|i|a|ul|li|table|tr|th|td|br)\b)[^>]*>/
const LEFTOVERS = /[{}]|undefined|null|\[object|NaN|Invalid/

/** Every part is fit to be sent, whatever the event has and has not. */
function expectReadable({ title, text, letter }: ReturnType<typeof render>) {
  expect(title.trim(), 'title').not.toBe('')
  expect(title).not.toMatch(/\n|<|\s$/)
  expect(title.length).toBeLessThanOrEqual(150)
  expect(text).not.toMatch(/^\s|\s$|\n\s*\n/)
  expect(text).not.toMatch(TEXT_TAGS)
  expect(letter).not.toMatch(LETTER_TAGS)
  expect(letter.match(/<tr>/g)?.length).toBe(letter.match(/<\/tr>/g)?.length)
  for (const part of [title, text, letter]) expect(part).not.toMatch(LEFTOVERS)
}

/** The example with nothing but what the schema demands. */
function least(type: EventType): Data {
  const required = (type.data as { required?: readonly string[] }).required ?? []
  return Object.fromEntries(required.map((name) => [name, type.example.data[name]]))
}

/** A value of the event such as `data.assignees`. */
const at = (type: EventType, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Data)[name], { data: type.example.data })

test('names are unique, dotted, lower case', () => {
  expect(typeByName.size).toBe(CATALOG.length)
  for (const { name } of CATALOG) expect(name).toMatch(/^[a-z][a-z0-9]*(\.[a-z][a-z0-9-]*)+$/)
})

test('every category but that of own types has types', () => {
  const used = new Set(CATALOG.map((type) => type.category))
  expect([...used]).toEqual(Object.keys(CATEGORIES).filter((category) => category !== 'custom'))
})

test('the names that the contract promises are there', () => {
  for (const name of [
    'camera.unavailable',
    'camera.available',
    'workorder.created',
    'workorder.assigned',
    'workorder.status.changed',
    'system.destination.disabled',
    'system.config.rejected',
  ]) {
    known(name)
  }
})

describe.each(CATALOG.map((type) => [type.name, type] as const))('%s', (name, type) => {
  test('its example passes its schema', () => {
    expect(mistakes(name, type.example.data)).toEqual([])
  })

  test('every field says what it is', () => {
    const { properties } = type.data as { properties: Record<string, { description?: string }> }
    for (const [field, schema] of Object.entries(properties)) expect(schema.description, field).toBeTruthy()
  })

  test('relations and incident name fields of the example', () => {
    const keys = [...(type.incident?.key.matchAll(/\{([^}]+)\}/g) ?? [])].map((match) => match[1]!)
    for (const path of [...Object.values(type.relations ?? {}), ...keys]) expect(at(type, path), path).toBeDefined()
  })

  test.each(LANGUAGES)('its %s words read well, with all the data and with the least', (language) => {
    expectReadable(render(type, language))
    expectReadable(render(type, language, least(type), true))
  })

  test('its English words have no Russian but that of the event', () => {
    const own = JSON.stringify(type.example)
    for (const part of Object.values(render(type, 'en'))) {
      for (const word of part.match(/[а-яё]+/gi) ?? []) expect(own).toContain(word)
    }
  })

  test('its templates leave escaping to the renderer', () => {
    for (const language of LANGUAGES) expect(JSON.stringify(type.templates[language])).not.toMatch(/\|\s*raw/)
  })
})

describe('words', () => {
  const text = (name: string, data: Data) => render(known(name), 'ru', data, true).text
  const title = (name: string, data: Data) => render(known(name), 'ru', data, true).title

  test('one camera is told by its name, several by their share of the place', () => {
    const camera = { camera: 'Вход 3', object: 'Северный парк' }
    expect(title('camera.unavailable', { camera: 'Вход 3' })).toBe('Камера недоступна: Вход 3')
    expect(title('camera.unavailable', camera)).toBe('Камера недоступна: Вход 3 (Северный парк)')
    expect(title('camera.unavailable', { ...camera, count: 43, total: 48 })).toBe(
      'Объект Северный парк: недоступны камеры (43 из 48)',
    )
    expect(title('camera.unavailable', { camera: 'Вход 3', server: 'video-2', count: 48, total: 48 })).toBe(
      'Сервер video-2: недоступны все камеры (48)',
    )
  })

  test('changes read as label, before, after', () => {
    const changes = [
      { field: 'status', from: 'Новый', to: 'В работе' },
      { field: 'assignees', from: [], to: ['a', 'b'] },
      { field: 'archive', label: 'Архив', from: true, to: false },
      { field: 'floor', from: 0, to: null },
    ]
    expect(text('workorder.field.changed', { changes }).split('\n').slice(0, -1)).toEqual([
      'Статус: Новый → В работе',
      'Исполнители: — → a, b',
      'Архив: да → нет',
      'floor: 0 → —',
    ])
  })

  test('a status is told from the changes when the event does not give it apart', () => {
    const changes = [{ field: 'status', from: 'Новый', to: 'В работе' }]
    expect(title('workorder.status.changed', { number: 118, changes })).toBe('Заказ-наряд № 118, статус «В работе»')
    expect(title('workorder.status.changed', { number: 118 })).toBe('Заказ-наряд № 118, статус изменён')
  })

  test('what a person wrote is escaped, and stands in paragraphs in the letter', () => {
    const comment = 'Нужен <b>ключ</b>.\n\nОт щитовой.'
    const { letter } = render(known('ticket.commented'), 'ru', { ticket: 1, comment })
    expect(letter).toContain('<p>Нужен &lt;b&gt;ключ&lt;/b&gt;.</p>\n<p>От щитовой.</p>')
  })

  test('sizes, spans and sums are written for people', () => {
    expect(text('server.storage.low', { server: 's', freeBytes: 9.64e11, totalBytes: 2.4e13 })).toContain(
      'Всего: 24 ТБ\nСвободно: 964 ГБ',
    )
    expect(text('call.called-back', { caller: '1', afterSeconds: 310 })).toContain('Спустя: 5 мин 10 с')
    expect(title('balance.credited', { user: 'anna', sum: '500.00' })).toContain('500.00 ₽')
  })
})

describe('refused', () => {
  test('a camera event without a camera', () => {
    expect(mistakes('camera.unavailable', { object: 'obj-1' })).toEqual([" must have required property 'camera'"])
  })

  test('a fault of access control that was not registered by hand', () => {
    const fault = { fault: 1, target: 'access-control' }
    expect(mistakes('fault.registered', { ...fault, origin: 'manual' })).toEqual([])
    expect(mistakes('fault.registered', { ...fault, origin: 'automatic' })).toContain(
      '/origin must be equal to constant',
    )
    expect(mistakes('fault.registered', { fault: 1, target: 'camera', origin: 'automatic' })).toEqual([])
  })

  test('an application to connect a building without address and region', () => {
    expect(mistakes('ticket.connection.requested', { ticket: 1 })).toHaveLength(2)
  })

  test('a link that is not of the web, a change that cannot be read in a line', () => {
    expect(mistakes('task.created', { url: 'javascript:alert(1)' })).toHaveLength(1)
    expect(mistakes('task.field.changed', { changes: [{ field: 'x', to: { a: 1 } }] })).not.toEqual([])
  })

  test('not what the schema does not name', () => {
    expect(mistakes('camera.unavailable', { camera: 1, vendor: { model: 'x' } })).toEqual([])
  })
})
