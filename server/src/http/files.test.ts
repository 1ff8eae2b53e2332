import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Answer } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { attachment } from './routes/files.ts'
import { startMail, type MailStandIn } from '../../test/standins/mail.ts'

let mail: MailStandIn
let server: TestServer
beforeAll(async () => {
  mail = await startMail()
  server = await startTestServer({
    config: `
channels:
  - { name: mail, kind: smtp, host: 127.0.0.1, port: ${mail.port}, encryption: none,
      from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
rules: [{ name: all, types: [workorder.file.added], to: [{ channel: mail, address: duty@example.ru }] }]
`,
  })
})
afterAll(async () => {
  await server.stop()
  await mail.close()
})

async function upload(content: string | Uint8Array, name: string, key = server.key): Promise<Answer> {
  const form = new FormData()
  form.append('file', new Blob([content as BlobPart], { type: 'application/pdf' }), name)
  const response = await fetch(`${server.url}/api/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'accept-language': 'en' },
    body: form,
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
}

/** What a browser makes of the header: `filename*` is a token, an encoding and a language before it. */
function nameIn(disposition: string): string {
  const parts = /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''([\w!#$&+.^`|~%-]+)$/.exec(disposition)
  return decodeURIComponent(parts![1]!)
}

describe('the header of a download', () => {
  it('holds any name, in ASCII and whole, and nothing of it breaks the header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const header = attachment(name)
        expect(nameIn(header)).toBe(name)
        expect(header.split('"')).toHaveLength(3)
        expect(new Headers({ 'content-disposition': header }).get('content-disposition')).toBe(header)
      }),
    )
  })
})

const withFile = (file: unknown, id: string) => ({
  type: 'workorder.file.added',
  id,
  data: { workorder: '118' },
  attachments: [{ file, name: 'акт.pdf' }],
})
const isStored = async (id: string): Promise<boolean> => {
  const { body } = await ask(server.call, 'GET', `/api/v1/events?eventId=${id}`)
  return (body['items'] as unknown as unknown[]).length > 0
}

describe('POST /api/v1/files', () => {
  it('keeps a file, which then goes with the letter of an event', async () => {
    const { status, body } = await upload('%PDF-1.7 содержимое', 'черновик.pdf')
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'черновик.pdf', mediaType: 'application/pdf', size: 29 })
    await server.send(withFile(body['id'], 'with-file'))
    const [letter] = await mail.waitFor(1)
    expect(letter!.attachments).toMatchObject([{ name: 'акт.pdf' }])
    expect(Buffer.from(letter!.attachments[0]!.content).toString()).toBe('%PDF-1.7 содержимое')
  })

  it('gives it back as a download that no browser runs', async () => {
    const { body } = await upload('<script>alert(1)</script>', '../../etc/"x".html')
    const file = await server.call('GET', `/api/v1/files/${String(body['id'])}`)
    expect(await file.text()).toBe('<script>alert(1)</script>')
    expect(file.headers.get('content-type')).toBe('application/octet-stream')
    expect(file.headers.get('x-content-type-options')).toBe('nosniff')
    expect(body['name']).toBe('"x".html')
    expect(file.headers.get('content-disposition')).toBe(
      `attachment; filename="_x_.html"; filename*=UTF-8''%22x%22.html`,
    )
  })

  it.each(['акт № 5 (копия).pdf', '"кавычки" и пробелы.txt', "апостроф'*()!.txt", '100 %25.txt', 'смайл 😀.png'])(
    'keeps the name %s and gives it back',
    async (name) => {
      const { body } = await upload('x', name)
      expect(body['name']).toBe(name)
      const { headers } = await server.call('GET', `/api/v1/files/${String(body['id'])}`)
      expect(nameIn(headers.get('content-disposition')!)).toBe(name)
    },
  )

  it('takes a key for sending, and shows the file only to one that may read', async () => {
    const key = await makeKey(server, 'send')
    const { status, body } = await upload('x', 'x.txt', key)
    expect(status).toBe(201)
    const path = `/api/v1/files/${String(body['id'])}`
    expectError(await ask(withKey(server, key), 'GET', path), 403, 'forbidden')
  })

  it('413 for more than 20 MiB, 415 for what is no form, 400 for a form without a file', async () => {
    expectError(await upload(new Uint8Array(20 * 1024 * 1024 + 1), 'big.bin'), 413, 'too_large')
    expect((await upload(new Uint8Array(20 * 1024 * 1024), 'large.bin')).status).toBe(201)
    expectError(await ask(server.call, 'POST', '/api/v1/files', {}), 415, 'unsupported_media_type')
    const form = new FormData()
    form.append('note', 'no file here')
    const response = await fetch(`${server.url}/api/v1/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}` },
      body: form,
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { details: [{ path: '/file' }] } })
  })
})

describe('an event with attachments', () => {
  const unknown = '0198d1c0-0000-7000-8000-000000000000'

  it.each([unknown, 'nonsense', ''])(
    'is refused when the file "%s" is not there, and nothing is stored',
    async (file) => {
      const good = { type: 'workorder.created', id: `good beside ${file}`, data: {} }
      const batch = [good, withFile(file, `bad ${file}`)]
      const details = expectError(await ask(server.call, 'POST', '/api/v1/events', batch), 400, 'invalid')
      expect([...details.keys()]).toEqual(['/1/attachments/0/file'])
      expect(await isStored(`bad ${file}`)).toBe(false)
      expect(await isStored(good.id)).toBe(false)
    },
  )

  it('names each file that is not there, beside other mistakes', async () => {
    const { body } = await upload('x', 'x.txt')
    const batch = [
      { ...withFile(unknown, 'two'), attachments: [body['id'], unknown].map((file) => ({ file, name: 'a' })) },
      { type: 'workorder.creatd', data: {} },
    ]
    const details = expectError(await ask(server.call, 'POST', '/api/v1/events', batch), 400, 'invalid')
    expect([...details.keys()].sort()).toEqual(['/0/attachments/1/file', '/1/type'])
    expect(details.get('/0/attachments/1/file')).toBe('There is no such file: upload it first')
  })

  it('keeps at most twenty of them', async () => {
    const { body } = await upload('x', 'x.txt')
    const many = Array.from({ length: 21 }, () => ({ file: body['id'], name: 'a' }))
    const event = { ...withFile('', 'many'), attachments: many }
    expect([...expectError(await ask(server.call, 'POST', '/api/v1/events', event), 400, 'invalid').keys()]).toEqual([
      '/attachments',
    ])
  })
})
