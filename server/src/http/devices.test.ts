import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { administrator, PASSWORD, person, signIn, type SignedIn } from '../../test/support/signed-in.ts'
import { startPush, type PushService } from '../../test/standins/push.ts'

const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36'
const DEVICES = '/api/v1/devices'

let server: TestServer
let push: PushService
beforeAll(async () => {
  push = await startPush()
  server = await startTestServer({ env: { NABAT_PUSH_HOSTS: push.host } })
}, 60_000)
afterAll(async () => {
  await server.stop()
  await push.close()
})

type Device = Record<'id' | 'title' | 'agent' | 'addedAt' | 'usedAt' | 'endpointHost', string>
const agent = { 'user-agent': AGENT }
const add = async ({ call }: SignedIn, body: object) => {
  const answer = await call('POST', DEVICES, body, agent)
  return { status: answer.status, device: (await answer.json()) as Device }
}
const listed = async ({ call }: SignedIn): Promise<Device[]> =>
  (await ask(call, 'GET', DEVICES)).body['items'] as unknown as Device[]

it('a browser of somebody is added, called by what it is, renamed and removed', async () => {
  const ann = await person(server, 'ann', ['installer'])
  expect((await ask(ann.call, 'GET', '/api/v1/push')).body['publicKey']).toMatch(/^B[\w-]{86}$/)
  const { status, device } = await add(ann, { ...push.subscription(), expirationTime: null })
  expect(status).toBe(201)
  expect(device).toEqual({
    ...{ id: expect.any(String), title: 'Chrome on Windows', agent: AGENT, endpointHost: push.host },
    ...{ addedAt: expect.stringMatching(/Z$/), usedAt: expect.stringMatching(/Z$/) },
  })
  expect(await listed(ann)).toEqual([device])
  const renamed = await ask(ann.call, 'PATCH', `${DEVICES}/${device.id}`, { title: ' Work ' })
  expect(renamed.body).toMatchObject({ id: device.id, title: 'Work' })
  expect((await ann.call('DELETE', `${DEVICES}/${device.id}`)).status).toBe(204)
  expect(await listed(ann)).toEqual([])
  expect((await ann.call('DELETE', `${DEVICES}/${device.id}`)).status).toBe(404)
})

it('a browser that comes again is the same device, also under another endpoint', async () => {
  const bob = await person(server, 'bob', ['installer'])
  const [first, second] = [push.subscription(), push.subscription()]
  const { device } = await add(bob, { ...first, title: 'Phone' })
  expect(await add(bob, first)).toMatchObject({ status: 200, device: { id: device.id, title: 'Phone' } })
  expect(await add(bob, { ...second, replaces: first.endpoint })).toMatchObject({
    status: 200,
    device: { id: device.id },
  })
  expect(await listed(bob)).toHaveLength(1)
})

it('a test goes to the one device, and says what became of it', async () => {
  const cat = await person(server, 'cat', ['installer'])
  const [one, other] = [push.subscription(), push.subscription()]
  const { device } = await add(cat, one)
  await add(cat, other)
  const test = () => ask(cat.call, 'POST', `${DEVICES}/${device.id}/test`)
  expect((await test()).body).toMatchObject({ sent: true, reason: null })
  const { plaintext } = await push.next(one.endpoint)
  expect(JSON.parse(plaintext)).toMatchObject({
    web_push: 8030,
    notification: {
      title: 'A test of notifications',
      body: 'Nabat can write here: Chrome on Windows',
      navigate: '/inbox',
    },
  })
  push.answer(one.endpoint, 410)
  expect((await test()).body).toMatchObject({ sent: false, reason: 'no_device' })
  expect(push.received.some(({ endpoint }) => endpoint === other.endpoint)).toBe(false)
  expect((await listed(cat)).map(({ id }) => id)).not.toContain(device.id)
  expect((await test()).status).toBe(404)
})

it('tests are few in a minute', async () => {
  const dan = await person(server, 'dan', ['installer'])
  const { device } = await add(dan, push.subscription())
  const answers = []
  for (let n = 0; n < 7; n += 1) answers.push(await dan.call('POST', `${DEVICES}/${device.id}/test`))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 429])
  expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0)
})

it('a push service that nobody knows is refused in words, and so are keys that are none', async () => {
  const eve = await person(server, 'eve', ['installer'])
  const good = push.subscription()
  const refused = async (body: object): Promise<string[]> => [
    ...expectError(await ask(eve.call, 'POST', DEVICES, body), 400, 'invalid').keys(),
  ]
  for (const endpoint of [
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/push/1',
    'http://fcm.googleapis.com/fcm/send/1',
    'https://fcm.googleapis.com:8443/fcm/send/1',
    'https://user:word@fcm.googleapis.com/fcm/send/1',
    'https://fcm.googleapis.com.example.ru/1',
    'https://evilnotify.windows.com.example.ru/1',
    'file:///etc/passwd',
    'nothing',
  ])
    expect(await refused({ ...good, endpoint }), endpoint).toEqual(['/endpoint'])
  expect(await refused({ ...good, keys: { ...good.keys, auth: 'AA' } })).toEqual(['/keys/auth'])
  const p256dh = Buffer.alloc(65, 4).toString('base64url')
  expect(await refused({ ...good, keys: { ...good.keys, p256dh } })).toEqual(['/keys/p256dh'])
  expect(await listed(eve)).toEqual([])
})

it('devices are one’s own; others see what they are called', async () => {
  const fay = await person(server, 'fay', ['installer'])
  const boss = await person(server, 'boss', ['admin'])
  const { device } = await add(fay, { ...push.subscription(), title: 'Tablet' })
  for (const [method, path, body] of [
    ['PATCH', '', { title: 'x' }],
    ['DELETE', '', undefined],
    ['POST', '/test', undefined],
  ] as const)
    expect((await boss.call(method, `${DEVICES}/${device.id}${path}`, body)).status).toBe(404)
  expect((await ask(boss.call, 'GET', '/api/v1/users/fay/devices')).body['items']).toEqual([{ title: 'Tablet' }])
  expect((await fay.call('GET', '/api/v1/users/boss/devices')).status).toBe(403)
})

it('an operator without a card is told that there is nobody to write to', async () => {
  const operator = await administrator(server, 'operator')
  expect(await listed(operator)).toEqual([])
  if (operator.session.user === null) {
    const { status } = await add(operator, push.subscription())
    expect(status).toBe(409)
  }
})

it('somebody else who signs in in the same browser takes the device of the one before along', async () => {
  const ida = await person(server, 'ida', ['installer'])
  await person(server, 'hal', ['installer'])
  await add(ida, push.subscription())
  const again = await ask(ida.call, 'POST', '/api/v1/session', { login: 'ida', password: PASSWORD })
  expect(again.status).toBe(201)
  const meanwhile = await signIn(server, 'ida')
  expect(await listed(meanwhile)).toHaveLength(1)
  expect((await ask(ida.call, 'POST', '/api/v1/session', { login: 'hal', password: PASSWORD })).status).toBe(201)
  expectError(await ask(ida.call, 'GET', DEVICES), 401, 'unauthorized')
  expect(await listed(meanwhile)).toEqual([])
})

it('signing out takes the device along', async () => {
  const gus = await person(server, 'gus', ['installer'])
  await add(gus, push.subscription())
  const other = await signIn(server, 'gus')
  expect(await listed(other)).toHaveLength(1)
  await gus.call('DELETE', '/api/v1/session')
  expect(await listed(other)).toEqual([])
})
