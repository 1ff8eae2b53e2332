import { describe, expect, it, onTestFinished } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startOn, STORES } from '../../test/support/console-server.ts'
import { administrator, asBrowser, PASSWORD, person, signIn, tokenOf, useLink } from '../../test/support/signed-in.ts'
import type { TestServer } from '../../test/support/server.ts'
import { startMail, type MailLetter, type MailStandIn } from '../../test/standins/mail.ts'

const LINKS = '/api/v1/links'
const invite = (server: TestServer, login: string) => ask(server.call, 'POST', `/api/v1/users/${login}/invite`)
const card = (server: TestServer, body: object) => ask(server.call, 'POST', '/api/v1/users', body)
const open = (server: TestServer, link: string) => ask(asBrowser(server, null), 'GET', `${LINKS}/${tokenOf(link)}`)
const answer = (server: TestServer, link: string, body: object) =>
  ask(asBrowser(server, null), 'POST', `${LINKS}/${tokenOf(link)}`, body)
const accountOf = async (server: TestServer, login: string) =>
  (await ask(server.call, 'GET', `/api/v1/users/${login}`)).body['account']
const forgot = (server: TestServer, login: string, headers = {}) =>
  ask(asBrowser(server, null), 'POST', '/api/v1/password-reset', { login }, headers)

/** A mail server, and the channel that leads to it. */
async function mailAt(): Promise<{ mail: MailStandIn; channel: object }> {
  const mail = await startMail()
  onTestFinished(() => mail.close())
  const from = { address: 'nabat@example.ru', name: 'Набат' }
  const server = { host: '127.0.0.1', port: mail.port, encryption: 'none' }
  return { mail, channel: { name: 'mail', kind: 'smtp', ...server, from, replyTo: 'help@example.ru' } }
}

/** A company with a look of its own. */
async function dress(server: TestServer, settings: object): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob(['picture'], { type: 'image/png' }), 'logo.png')
  const headers = { authorization: `Bearer ${server.key}` }
  const uploaded = await fetch(`${server.url}/api/v1/files`, { method: 'POST', body: form, headers })
  const { id: logo } = (await uploaded.json()) as { id: string }
  const letter = { logo, color: '#ffd400', footer: 'Охрана круглосуточно' }
  expect((await ask(server.call, 'PUT', '/api/v1/workspace', { ...settings, letter })).status).toBe(200)
}

/** Whether a letter has the picture, colour and footer of its company. */
function expectDressed({ html, raw }: MailLetter): void {
  expect(html).toContain('src="cid:logo"')
  expect(html).toMatch(/background:#ffd400;color:#111418/)
  expect(html).toContain('Охрана круглосуточно')
  expect(raw).toMatch(/Content-Id: <logo>/i)
}

/** The link in a letter, the same in its text and its page. */
function linkIn({ text, html }: { readonly text?: string; readonly html?: string }): string {
  const [link] = /http\S+\/(?:invitation|reset)\/[\w-]{43}/.exec(text ?? '') ?? []
  expect(html).toContain(`href="${link}"`)
  return link!
}

describe.each(STORES)('the first administrator, %s', (store) => {
  const adminLink = async (server: TestServer) =>
    String((await ask(server.call, 'POST', '/api/v1/admin-link')).body['link'])

  it('is made by a link that is good once, is an operator, and has a card with the role', async () => {
    const server = await startOn(store)
    const [link, another] = [await adminLink(server), await adminLink(server)]
    expect(link).toMatch(new RegExp(`^${server.url}/setup/[\\w-]{43}$`))
    expect((await open(server, link)).body).toMatchObject({
      kind: 'setup',
      workspace: null,
      login: null,
      account: 'new',
    })
    const wrong = expectError(await answer(server, link, { login: ' ', password: 'x', email: 'duty' }), 400, 'invalid')
    expect([...wrong.keys()].toSorted()).toEqual(['/email', '/login', '/password'])
    const made = await answer(server, link, {
      login: 'Шеф',
      password: PASSWORD,
      name: 'Пётр',
      email: 'boss@example.ru',
    })
    expect(made).toMatchObject({
      status: 201,
      body: { account: { login: 'Шеф', email: 'boss@example.ru', operator: true }, user: { roles: ['admin'] } },
    })
    for (const used of [link, another]) {
      expectError(await open(server, used), 404, 'not_found')
      expectError(await answer(server, used, { login: 'second', password: PASSWORD }), 404, 'not_found')
    }
    expect((await ask(server.call, 'GET', '/api/v1/users/Шеф')).body).toMatchObject({
      ...{ name: 'Пётр', email: 'boss@example.ru', roles: ['admin'] },
      ...{ account: 'active', origin: 'api' },
    })
    await signIn(server, 'boss@example.ru')
  })

  it('takes the card of the file as it is, and stays an operator without its role', async () => {
    const server = await startOn(store, { config: 'users: [{ login: Boss, roles: [staff] }]' })
    const boss = await useLink(server, await adminLink(server), { login: 'boss' })
    expect(boss.session).toMatchObject({ user: { login: 'Boss', roles: ['staff'] }, account: { operator: true } })
    expect((await ask(boss.call, 'GET', '/api/v1/rules')).status).toBe(200)
    expect((await ask(server.call, 'GET', '/api/v1/users')).body['items']).toHaveLength(1)
  })

  it('comes in again by a link of the machine itself: with a new password, all earlier sessions over', async () => {
    const server = await startOn(store)
    const before = await administrator(server)
    const other = await administrator(server, 'other')
    await useLink(server, await adminLink(server), { login: 'BOSS', password: 'совсем новый пароль' })
    expect((await ask(before.call, 'GET', '/api/v1/session')).status).toBe(401)
    expect((await ask(other.call, 'GET', '/api/v1/session')).status).toBe(200)
    await signIn(server, 'boss', 'совсем новый пароль')
    // An administrator's session is no key of the machine.
    expectError(await ask(other.call, 'POST', '/api/v1/admin-link'), 403, 'forbidden')
  })
})

describe.each(STORES)('an invitation, %s', (store) => {
  it('goes out by mail at once, in the person’s language and the company’s look, also while mail is switched off', async () => {
    const { mail, channel } = await mailAt()
    const server = await startOn(store)
    await ask(server.call, 'POST', '/api/v1/channels', channel)
    await dress(server, { title: 'ООО «Пример» <b>', mailOff: true })
    await card(server, { login: 'ivan', name: 'Иван', email: 'ivan@example.ru', roles: ['staff'] })
    await card(server, { login: 'john', email: 'john@example.ru', language: 'en' })
    expect(await accountOf(server, 'ivan')).toBe('none')
    const sent = await invite(server, 'ivan')
    expect(sent.body).toEqual({
      ...{ sentTo: 'ivan@example.ru', link: null },
      expiresAt: expect.stringMatching(/Z$/) as unknown,
    })
    await invite(server, 'john')
    const [first, second] = await mail.waitFor(2)
    expect(first).toMatchObject({ to: ['ivan@example.ru'], subject: 'Приглашение в Набат: ООО «Пример» <b>' })
    expect(first!.text).toContain('Ваш логин — ivan')
    expect(first!.html).toContain('ООО «Пример» &lt;b&gt;')
    expect(second!.subject).toContain('Invitation to Nabat')
    for (const letter of [first!, second!]) expectDressed(letter)
    expect(await accountOf(server, 'ivan')).toBe('invited')
    const link = linkIn(first!)
    expect((await open(server, link)).body).toMatchObject({
      ...{ kind: 'invitation', workspace: 'ООО «Пример» <b>', account: 'new' },
      ...{ login: 'ivan', name: 'Иван', email: 'ivan@example.ru' },
    })
    const ivan = await useLink(server, link)
    expect(ivan.session).toMatchObject({
      account: { login: 'ivan', email: 'ivan@example.ru', name: 'Иван', operator: false },
      user: { login: 'ivan', roles: ['staff'] },
    })
    expect(await accountOf(server, 'ivan')).toBe('active')
    expectError(await open(server, link), 404, 'not_found')
  })

  it('is handed over where it cannot be mailed; the last one is good, until the person leaves', async () => {
    const { mail, channel } = await mailAt()
    const server = await startOn(store)
    await card(server, { login: 'ivan', email: 'ivan@example.ru' })
    const first = String((await invite(server, 'ivan')).body['link'])
    await ask(server.call, 'POST', '/api/v1/channels', channel)
    mail.faults = [{ at: 'rcpt', code: 550, says: 'no such mailbox' }]
    const refused = await invite(server, 'ivan')
    expect(refused.body).toMatchObject({ sentTo: null, link: expect.stringContaining('/invitation/') as unknown })
    expect(mail.letters).toEqual([])
    expectError(await open(server, first), 404, 'not_found')
    const link = String(refused.body['link'])
    expect((await open(server, link)).status).toBe(200)
    await ask(server.call, 'PUT', '/api/v1/users/ivan', { login: 'ivan', enabled: false })
    expectError(await open(server, link), 404, 'not_found')
    expectError(await answer(server, link, { password: PASSWORD }), 404, 'not_found')
    expectError(await invite(server, 'ivan'), 409, 'conflict')
    expectError(await invite(server, 'nobody'), 404, 'not_found')
  })

  it('joins with the account of the same login or address, for whoever knows its password', async () => {
    const server = await startOn(store, { config: 'workspace: { name: second, title: Второе }' })
    const boss = await administrator(server)
    const ivan = await person(server, 'ivan', ['staff'], { card: { email: 'ivan@example.ru' } })
    await ask(boss.call, 'PUT', '/api/v1/session', { workspace: 'second' })
    await ask(boss.call, 'POST', '/api/v1/users', { login: 'petrov', email: 'IVAN@example.ru', roles: ['support'] })
    const link = String((await ask(boss.call, 'POST', '/api/v1/users/petrov/invite')).body['link'])
    expect((await open(server, link)).body).toMatchObject({ account: 'existing', login: 'petrov' })
    const wrong = await answer(server, link, { password: 'not his password' })
    expect(expectError(wrong, 400, 'invalid').get('/password')).toContain('account "ivan"')
    expect((await open(server, link)).status).toBe(200)
    const joined = await useLink(server, link)
    expect(joined.session).toMatchObject({
      account: ivan.session.account,
      workspace: { name: 'second' },
      user: { login: 'petrov', roles: ['support'] },
      workspaces: [{ name: 'default' }, { name: 'second' }],
    })
    // The account has a password already, which is not the company's to change.
    expectError(await ask(boss.call, 'POST', '/api/v1/users/petrov/invite'), 409, 'conflict')
    // One account is one card of a workspace; another login makes another account.
    await ask(boss.call, 'POST', '/api/v1/users', { login: 'ivan' })
    const second = String((await ask(boss.call, 'POST', '/api/v1/users/ivan/invite')).body['link'])
    expectError(await answer(server, second, { password: PASSWORD }), 409, 'conflict')
    const taken = await answer(server, second, { password: PASSWORD, login: 'ivan-2', email: 'ivan@example.ru' })
    expect(expectError(taken, 409, 'conflict').has('/email')).toBe(true)
    expect((await useLink(server, second, { login: 'ivan-2' })).session).toMatchObject({
      account: { login: 'ivan-2', email: null },
      user: { login: 'ivan' },
    })
  })
})

describe.each(STORES)('a lost password, %s', (store) => {
  it('is set anew by a link that is mailed, in the same words whether there is such a person or not', async () => {
    const { mail, channel } = await mailAt()
    const server = await startOn(store)
    await ask(server.call, 'POST', '/api/v1/channels', channel)
    await dress(server, { mailOff: true })
    const before = await person(server, 'ivan', ['staff'])
    await ask(server.call, 'PUT', '/api/v1/users/ivan', { login: 'ivan', roles: ['staff'], email: 'ivan@example.ru' })
    const [known, unknown] = [await forgot(server, 'IVAN'), await forgot(server, 'nobody')]
    expect([known.status, known.body]).toEqual([202, {}])
    expect([unknown.status, unknown.body]).toEqual([202, {}])
    const [letter] = await mail.waitFor(1)
    expect(letter).toMatchObject({ to: ['ivan@example.ru'], subject: 'Новый пароль в Набате' })
    expectDressed(letter!)
    const link = linkIn(letter!)
    expect((await open(server, link)).body).toMatchObject({ kind: 'reset', login: 'ivan', account: 'existing' })
    expectError(await answer(server, link, { password: 'ivan' }), 400, 'invalid')
    // Somebody who asks again and again does not fill the mailbox.
    await forgot(server, 'ivan')
    const after = await useLink(server, link, { password: 'другой пароль' })
    expect((await ask(before.call, 'GET', '/api/v1/session')).status).toBe(401)
    expect((await ask(after.call, 'GET', '/api/v1/session')).status).toBe(200)
    expectError(await answer(server, link, { password: 'третий пароль' }), 404, 'not_found')
    await signIn(server, 'ivan', 'другой пароль')
    expect(mail.letters).toHaveLength(1)
  })

  it('can be helped with by the administrator of the only workspace', async () => {
    const server = await startOn(store)
    await person(server, 'ivan', ['staff'])
    const invited = await invite(server, 'ivan')
    expect(invited.body['link']).toMatch(/\/reset\/[\w-]{43}$/)
    await useLink(server, String(invited.body['link']), { password: 'другой пароль' })
    await administrator(server)
    const boss = await invite(server, 'boss')
    expect(expectError(boss, 409, 'conflict').get('')).toContain('from the sign-in page')
  })
})

describe('a link that is mailed to whoever asks', () => {
  it('leads to this machine or to NABAT_PUBLIC_URL, never where a request says it came to', async () => {
    const { mail, channel } = await mailAt()
    const prepare = async (env: Record<string, string>) => {
      const server = await startOn('sqlite', { env })
      await ask(server.call, 'POST', '/api/v1/channels', channel)
      await person(server, 'ivan', ['staff'], { card: { email: 'ivan@example.ru' } }).catch(() => {})
      const letter = mail.letters.at(-1)
      if (letter !== undefined) await useLink(server, linkIn(letter))
      mail.letters.length = 0
      return server
    }
    const named = await prepare({ NABAT_PUBLIC_URL: 'https://nabat.example.ru' })
    await forgot(named, 'ivan')
    expect(linkIn((await mail.waitFor(1))[0]!)).toMatch(/^https:\/\/nabat\.example\.ru\/reset\//)
    const unnamed = await prepare({})
    const body = JSON.stringify({ login: 'ivan' })
    const { request } = await import('node:http')
    const sent = Promise.withResolvers<number | undefined>()
    const { port } = new URL(unnamed.url)
    const headers = { host: 'evil.example', 'content-type': 'application/json' }
    request({ host: '127.0.0.1', port, path: '/api/v1/password-reset', method: 'POST', headers }, (response) =>
      sent.resolve(response.resume().statusCode),
    ).end(body)
    expect(await sent.promise).toBe(202)
    await forgot(unnamed, 'ivan')
    expect(linkIn((await mail.waitFor(1))[0]!)).toContain(`${unnamed.url}/reset/`)
    expect(mail.letters).toHaveLength(1)
  })
})
