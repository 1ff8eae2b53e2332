import { Secret, TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startOn, STORES } from '../../test/support/console-server.ts'
import { administrator, asBrowser, PASSWORD, person, tokenOf, type SignedIn } from '../../test/support/signed-in.ts'
import type { TestServer } from '../../test/support/server.ts'

const PATH = '/api/v1/session/second-factor'
/** The code an application shows so many steps from now. */
const codeIn = (secret: string, steps: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })
const enter = (server: TestServer, login: string, code?: string) =>
  ask(asBrowser(server, null), 'POST', '/api/v1/session', { login, password: PASSWORD, ...(code && { code }) })

/** Switches the second factor on with the code of the step before; the next two are still good. */
async function switchOn({ call }: SignedIn): Promise<{ secret: string; recovery: string[] }> {
  const begun = await ask(call, 'POST', PATH, { password: PASSWORD })
  expect(begun.status).toBe(201)
  const secret = String(begun.body['secret'])
  const confirmed = await ask(call, 'PUT', PATH, { code: codeIn(secret, -1) })
  expect(confirmed.status).toBe(200)
  return { secret, recovery: confirmed.body['recoveryCodes'] as unknown as string[] }
}

describe.each(STORES)('the second factor, %s', (store) => {
  it('is asked for once a code has confirmed it, and takes each code once', async () => {
    const server = await startOn(store)
    const ivan = await person(server, 'ivan', ['dispatcher'])
    const wrongPassword = await ask(ivan.call, 'POST', PATH, { password: 'another' })
    expect(expectError(wrongPassword, 400, 'invalid').get('/password')).toBe('This is not your password')
    const begun = await ask(ivan.call, 'POST', PATH, { password: PASSWORD })
    expect(begun.body['uri']).toMatch(/^otpauth:\/\/totp\/Nabat:ivan\?issuer=Nabat&secret=[A-Z2-7]{32}&/)
    expectError(await ask(ivan.call, 'PUT', PATH, { code: '000000' }), 400, 'invalid')
    // Begun is not on: nobody is locked out by a picture that was never scanned.
    expect((await enter(server, 'ivan')).status).toBe(201)

    const { secret, recovery } = await switchOn(ivan)
    expect(new Set(recovery).size).toBe(10)
    expect((await ask(ivan.call, 'GET', PATH)).body).toEqual({ since: expect.any(String) as unknown, recoveryLeft: 10 })
    expectError(await ask(ivan.call, 'POST', PATH, { password: PASSWORD }), 409, 'conflict')
    const without = await enter(server, 'ivan')
    expect(expectError(without, 401, 'unauthorized').get('/code')).toBe(
      'Enter the code of the application, or a recovery code',
    )
    expect(expectError(await enter(server, 'ivan', '123'), 401, 'unauthorized').get('/code')).toContain('wrong')
    const code = codeIn(secret, 0)
    expect((await enter(server, 'ivan', `${code.slice(0, 3)} ${code.slice(3)}`)).status).toBe(201)
    expectError(await enter(server, 'ivan', code), 401, 'unauthorized')
  })

  it('lets in by a recovery code, once and however it is typed', async () => {
    const server = await startOn(store)
    const ivan = await person(server, 'ivan', ['dispatcher'])
    const { recovery, secret } = await switchOn(ivan)
    expect((await enter(server, 'ivan', ` ${recovery[0]!.replace('-', ' ').toUpperCase()}`)).status).toBe(201)
    expectError(await enter(server, 'ivan', recovery[0]), 401, 'unauthorized')
    expect((await ask(ivan.call, 'GET', PATH)).body['recoveryLeft']).toBe(9)
    const renewed = await ask(ivan.call, 'POST', `${PATH}/recovery`, { code: codeIn(secret, 0) })
    expect((renewed.body['recoveryCodes'] as unknown as string[]).length).toBe(10)
    expectError(await enter(server, 'ivan', recovery[1]), 401, 'unauthorized')
    expectError(await ask(ivan.call, 'POST', `${PATH}/off`, { code: 'x' }), 400, 'invalid')
    const off = await ask(ivan.call, 'POST', `${PATH}/off`, {
      code: (renewed.body['recoveryCodes'] as unknown as string[])[3],
    })
    expect(off.status).toBe(204)
    expect((await enter(server, 'ivan')).status).toBe(201)
  })

  it('is asked for by links too: whoever reads the mail does not have the phone', async () => {
    const server = await startOn(store)
    const ivan = await person(server, 'ivan', ['dispatcher'])
    const { secret } = await switchOn(ivan)
    const users = await ask(server.call, 'GET', '/api/v1/users')
    const { id } = (users.body['items'] as unknown as { id: string; login: string }[]).find(
      ({ login }) => login === 'ivan',
    )!
    const { body } = await ask(server.call, 'POST', `/api/v1/users/${id}/invite`)
    const link = `/api/v1/links/${tokenOf(String(body['link']))}`
    const nobody = asBrowser(server, null)
    expect((await ask(nobody, 'GET', link)).body['code']).toBe(true)
    const answer = { password: 'совсем другой пароль' }
    expect(expectError(await ask(nobody, 'POST', link, answer), 401, 'unauthorized').has('/code')).toBe(true)
    expect((await ask(nobody, 'POST', link, { ...answer, code: codeIn(secret, 0) })).status).toBe(201)
  })

  it('is reset by an administrator, by the operator alone for whoever works elsewhere too, and by a link of the machine', async () => {
    const server = await startOn(store)
    const operator = await administrator(server)
    const admin = await person(server, 'admin', ['admin'])
    const ivan = await person(server, 'ivan', ['dispatcher'])
    const reset = async (by: SignedIn, login: string): Promise<number> => {
      const users = await ask(server.call, 'GET', '/api/v1/users')
      const { id } = (users.body['items'] as unknown as { id: string; login: string }[]).find(
        (user) => user.login === login,
      )!
      return (await ask(by.call, 'DELETE', `/api/v1/users/${id}/second-factor`)).status
    }
    await switchOn(ivan)
    expect(await reset(ivan, 'ivan')).toBe(403)
    expect(await reset(admin, 'ivan')).toBe(204)
    expect(await reset(admin, 'ivan')).toBe(404)
    expect((await enter(server, 'ivan')).status).toBe(201)

    await switchOn(operator)
    expect(await reset(admin, 'boss')).toBe(409)
    expectError(await enter(server, 'boss'), 401, 'unauthorized')
    await administrator(server)
    expect((await enter(server, 'boss')).status).toBe(201)
  })

  it('slows guessing down by itself', async () => {
    const server = await startOn(store)
    await switchOn(await person(server, 'ivan', ['dispatcher']))
    const statuses = []
    for (let i = 0; i < 7; i++) {
      statuses.push((await enter(server, 'ivan', '000 00x')).status)
      // An empty one between two guesses is none that was right.
      expectError(await enter(server, 'ivan', ' '), 401, 'unauthorized')
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    // Without a code nothing is guessed: it is still said that one is wanted.
    expectError(await enter(server, 'ivan'), 401, 'unauthorized')
  })
})
