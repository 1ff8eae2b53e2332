import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crc32, deflateRawSync } from 'node:zlib'
import { ask, expectError, makeKey, type Answer, type Body } from '../../test/support/answers.ts'
import { startTestServer, TEST_KEY, type TestServer } from '../../test/support/server.ts'
import { packed } from '../people/import/xlsx.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    config: `
channels: [{ name: bot, kind: telegram, token: "1000:AAHtoken", enabled: false }]
users: [{ login: chief, name: Сергей Главный, email: chief@example.ru }]
groups: [{ name: из файла, users: [chief] }]
`,
  })
})
afterAll(() => server.stop())

type File = string | Buffer
async function post(
  file: File,
  query = '',
  more: { key?: string; accept?: string; name?: string } = {},
): Promise<Response> {
  const form = new FormData()
  form.append('file', new Blob([typeof file === 'string' ? file : new Uint8Array(file)]), more.name ?? 'people.csv')
  return fetch(`${server.url}/api/v1/users/import${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${more.key ?? TEST_KEY}`,
      'accept-language': 'en',
      ...(more.accept === undefined ? {} : { accept: more.accept }),
    },
    body: form,
  })
}
async function send(...parameters: Parameters<typeof post>): Promise<Answer> {
  const answer = await post(...parameters)
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body }
}
const user = async (login: string): Promise<Body> =>
  (await ask(server.call, 'GET', `/api/v1/users/${encodeURIComponent(login)}`)).body
const rows = ({ body }: Answer): [number, string, string | null, string[]][] =>
  (body['rows'] as unknown as { line: number; action: string; login: string | null; problems: string[] }[]).map(
    ({ line, action, login, problems }) => [line, action, login, problems],
  )

/** Windows-1251 of Russian and ASCII letters. */
const cp1251 = (text: string): Buffer =>
  Buffer.from(
    Array.from(text, (sign) => {
      const code = sign.codePointAt(0)!
      return code >= 0x410 && code <= 0x44f ? code - 0x350 : code
    }),
  )

const xml = (name: string, text: string) => ({ name, bytes: Buffer.from(text) })
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const workbook = (sheet: string) => [
  xml('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
  xml(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Люди" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ),
  xml(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  ),
  xml('xl/worksheets/sheet1.xml', sheet),
]
const sheetOf = (table: readonly (readonly (string | number)[])[]): string => {
  const cell = (value: string | number, at: string): string =>
    typeof value === 'number'
      ? `<c r="${at}"><v>${value}</v></c>`
      : `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`
  const lines = table.map(
    (cells, row) =>
      `<row r="${row + 1}">${cells.map((value, column) => cell(value, `${'ABCDEFGH'[column]}${row + 1}`)).join('')}</row>`,
  )
  return `<worksheet xmlns="${MAIN}"><sheetData>${lines.join('')}</sheetData></worksheet>`
}

describe('POST /api/v1/users/import', () => {
  const CSV = `Логин;ФИО;Телефон;E-mail;Внутренний номер;Руководитель;Роли;Группы;Язык;Часовой пояс;Телеграм;Размер обуви
ivan;Иван Петров;+7 916 123-45-67;ivan@example.ru;101;Анна Сергеевна;Монтажник, склад;Смена А;рус;МСК+2;555;44
anna;Анна Сергеевна;;anna@example.ru;;chief;диспетчер;"Смена А;Смена Б";en;;;
`

  it('shows what would happen and writes nothing', async () => {
    const answer = await send(CSV, '?preview=true')
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ created: 2, changed: 0, same: 0, failed: 0, written: false })
    expect(answer.body['groups']).toEqual(['Смена А', 'Смена Б'])
    expect(rows(answer)).toEqual([
      [2, 'create', 'ivan', []],
      [3, 'create', 'anna', []],
    ])
    const columns = answer.body['columns'] as unknown as { header: string; field: string | null }[]
    expect(columns.at(-1)).toEqual({ header: 'Размер обуви', field: null })
    expect(columns.filter(({ field }) => field === null)).toHaveLength(1)
    expect((await ask(server.call, 'GET', '/api/v1/users/ivan')).status).toBe(404)
  })

  it('writes people, their groups and heads of later lines as one save, with its changes', async () => {
    const before = (await ask(server.call, 'GET', '/api/v1/workspace')).body['version'] as unknown as number
    expect((await send(CSV)).body).toMatchObject({ created: 2, written: true })
    expect(await user('ivan')).toMatchObject({
      ...{ name: 'Иван Петров', phone: '+7 916 123-45-67', email: 'ivan@example.ru', extension: '101', head: 'anna' },
      ...{ roles: ['installer', 'warehouse'], language: 'ru', timeZone: 'Asia/Yekaterinburg' },
      contacts: [{ channel: 'bot', chat: '555' }],
    })
    expect(await user('anna')).toMatchObject({ head: 'chief', roles: ['dispatcher'], language: 'en' })
    const { body: group } = await ask(server.call, 'GET', `/api/v1/groups/${encodeURIComponent('Смена А')}`)
    expect(group['users']).toEqual(['ivan', 'anna'])
    const { body: changes } = await ask(server.call, 'GET', '/api/v1/changes?section=users')
    expect(changes['items']![0]).toMatchObject({ version: before + 1, comment: 'people.csv' })
  })

  it('leaves what is the same, changes what differs, and keeps what the file does not name', async () => {
    const answer = await send('E-mail,Phone\nIVAN@example.ru,+7 495 000-00-00\nanna@example.ru,\n')
    expect(answer.body).toMatchObject({ changed: 1, same: 1, created: 0, written: true })
    expect(await user('ivan')).toMatchObject({ phone: '+7 495 000-00-00', head: 'anna', extension: '101' })
  })

  it('finds people by login whatever its case, by e-mail or by phone, and makes logins of addresses', async () => {
    const answer = await send('login;email;phone\nIVAN;;\n', '?preview=true')
    expect(rows(answer)).toEqual([[2, 'same', 'ivan', []]])
    const made = await send(
      'Фамилия;Имя;почта;моб. телефон\nНовый;Пётр;ivan@other.ru;\n;;;8 (495) 000-00-00\n',
      '?preview=true',
    )
    expect(rows(made)).toEqual([
      [2, 'create', 'ivan2', []],
      [3, 'change', 'ivan', []],
    ])
    expect(made.body['rows']![0]!['name']).toBe('Новый Пётр')
  })

  it('says of each wrong line what is wrong, and writes nothing', async () => {
    const answer = await send(
      `login,email,phone,role,head,time zone,extension,groups
good,,,,,,,Смена В
,,,,,,,Смена В
bad,,call me,boss,Nobody At All,Mars/North,,
good,,,,,,12ab,
chief,,+7 1,,,,,
fine,,,,,,,из файла
`,
    )
    expect(answer.body).toMatchObject({ written: false, failed: 5, created: 1 })
    const problems = new Map(rows(answer).map(([line, , , found]) => [line, found.join(' | ')]))
    expect(problems.get(2)).toBe('')
    expect(problems.get(3)).toContain('a login or an e-mail address is needed')
    for (const part of ['phone', 'the role "boss"', 'the head "Nobody At All"']) expect(problems.get(4)).toContain(part)
    expect(problems.get(5)).toContain('line 2 already')
    expect(problems.get(6)).toContain('comes from the configuration file')
    expect(problems.get(7)).toContain('comes from the configuration file')
    expect((await ask(server.call, 'GET', '/api/v1/users/good')).status).toBe(404)
  })

  it('writes what is right when it is asked to, without what relies on a wrong line', async () => {
    const answer = await send(
      'login,extension,group,head\none,7,Смена Г,\ntwo,x y,Смена Г,\nthree,,,one\n',
      '?skipWrong=true',
    )
    expect(answer.body).toMatchObject({ written: true, created: 2, failed: 1 })
    const { body: group } = await ask(server.call, 'GET', `/api/v1/groups/${encodeURIComponent('Смена Г')}`)
    expect(group['users']).toEqual(['one'])
    expect(await user('three')).toMatchObject({ head: 'one' })
  })

  it('reads what Excel writes: windows-1251, UTF-8 and UTF-16 with their marks, a named separator', async () => {
    const table = 'Логин;Имя\nолег;Олег Северный\n'
    const files = [
      cp1251(table),
      Buffer.from(`\u{feff}${table}`),
      Buffer.from(`\u{feff}${table.replace(';', '\t')}`, 'utf16le'),
    ]
    files[2] = Buffer.from(`\u{feff}${table.replaceAll(';', '\t')}`, 'utf16le')
    files.push(Buffer.from(`sep=|\r\n${table.replaceAll(';', '|')}`))
    for (const file of files) {
      const { body } = await send(file, '?preview=true')
      expect(body['rows']).toMatchObject([{ login: 'олег', name: 'Олег Северный', problems: [] }])
    }
  })

  it('reads a workbook, numbers as they were typed', async () => {
    const table = [
      ['Логин', 'ФИО', 'Телефон', 'Внутренний'],
      ['olga', 'Ольга', 79161234567, 204],
    ]
    const answer = await send(packed(workbook(sheetOf(table))), '', { name: 'people.xlsx' })
    expect(answer.body).toMatchObject({ created: 1, written: true })
    expect(await user('olga')).toMatchObject({ name: 'Ольга', phone: '79161234567', extension: '204' })
  })

  it('refuses a workbook that unpacks to far more than it should', async () => {
    const bomb = deflateRawSync(Buffer.alloc(200 * 1024 * 1024, 0x20))
    const parts = workbook('')
    const archive = packed([...parts.slice(0, 3), { name: 'xl/worksheets/sheet1.xml', bytes: bomb }])
    // The directory says that the last part is compressed.
    const last = archive.lastIndexOf('PK\u0001\u0002')
    archive.writeUInt16LE(8, last + 10)
    expect(crc32(bomb)).toBeGreaterThan(0)
    const details = expectError(await send(archive, '', { name: 'people.xlsx' }), 400, 'invalid')
    expect(details.get('/file')).toContain('too large inside')
  })

  it.each([
    ['an empty file', '', 'no people'],
    ['headers alone', 'login;name\n', 'no people'],
    ['headers that mean nothing', 'a;b\n1;2\n', 'No column is understood (a, b)'],
    ['something that is no table', Buffer.from([1, 2, 0, 3]), '.csv or .xlsx'],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2]), '.xls'],
    ['a broken workbook', Buffer.from('PK\u0003\u0004 and so on'), 'save it once more'],
    ['too many people', `login\n${'x\n'.repeat(10_001)}`, '10,000'],
  ])('says what is wrong with %s', async (_name, file, says) => {
    const details = expectError(await send(file), 400, 'invalid')
    expect(details.get('/file')).toContain(says)
  })

  it('refuses files over 5 MiB', async () => {
    expectError(await send(`login\n${'x'.repeat(5 * 1024 * 1024)}`), 413, 'too_large')
  })

  it('takes the right to change people', async () => {
    expectError(await send('login\nx\n', '', { key: await makeKey(server, 'read') }), 403, 'forbidden')
  })

  it('imports ten thousand people in seconds, telling how far it is', async () => {
    const people = Array.from(
      { length: 10_000 },
      (_, n) => `u${n};Человек ${n};u${n}@big.ru;u${(n * 7) % 10_000};Группа ${n % 50}`,
    )
    const file = `login;ФИО;email;руководитель;группа\n${people.join('\n').replace('u0;Человек 0;u0@big.ru;u0;', 'u0;Человек 0;u0@big.ru;;')}\n`
    const before = Date.now()
    const answer = await post(file, '?skipWrong=true', { accept: 'application/x-ndjson' })
    const lines = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Body)
    expect(Date.now() - before).toBeLessThan(20_000)
    expect(lines[0]).toEqual({ progress: 0, done: 0, total: 10_000 })
    expect(lines.at(-1)!['result']).toMatchObject({ written: true })
    expect(lines.at(-1)!['result']!['created']).toBeGreaterThan(9_990)
  })
})

describe('GET /api/v1/users/import/sample.csv', () => {
  it('is a file that the import understands whole', async () => {
    for (const language of ['ru', 'en']) {
      const answer = await server.call('GET', '/api/v1/users/import/sample.csv', undefined, {
        'accept-language': language,
      })
      expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      const { body } = await send(Buffer.from(await answer.arrayBuffer()), '?preview=true')
      expect(body).toMatchObject({ failed: 0, written: false })
      expect((body['columns'] as unknown as { field: string | null }[]).every(({ field }) => field !== null)).toBe(true)
    }
  })
})
