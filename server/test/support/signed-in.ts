import type { Role } from '@nabat/api/permissions.ts'
import type { Session } from '@nabat/api/session.ts'
import { ask } from './answers.ts'
import type { TestServer } from './server.ts'

type Call = TestServer['call']

/** Somebody who has signed in, and calls as the console does: with a cookie, from its own origin, without a key. */
export interface SignedIn {
  readonly call: Call
  readonly session: Session
  /** `nabat_session=…` */
  readonly cookie: string
}

/** Of everybody tests make. */
export const PASSWORD = 'камера на въезде'

/** Calls without a key, as a browser that has this cookie, or none. */
export const asBrowser =
  (server: TestServer, cookie: string | null): Call =>
  (method, path, body, headers = {}) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: {
        'accept-language': 'en',
        origin: server.url,
        ...(cookie === null ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

/** The cookie an answer sets, without its attributes. */
export const cookieOf = (headers: Headers): string => headers.get('set-cookie')?.split(';')[0] ?? ''

async function begin(server: TestServer, path: string, body: object): Promise<SignedIn> {
  const answer = await ask(asBrowser(server, null), 'POST', path, body)
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  const cookie = cookieOf(answer.headers)
  return { call: asBrowser(server, cookie), session: answer.body as unknown as Session, cookie }
}

/** Signs in with a login or an e-mail address. */
export const signIn = (server: TestServer, login: string, password = PASSWORD): Promise<SignedIn> =>
  begin(server, '/api/v1/session', { login, password })

/** Uses a link such as `http://…/invitation/<token>`. */
export const useLink = (server: TestServer, link: string, answer: object = {}): Promise<SignedIn> =>
  begin(server, `/api/v1/links/${tokenOf(link)}`, { password: PASSWORD, ...answer })

/** The token at the end of a link. */
export const tokenOf = (link: string): string => link.slice(link.lastIndexOf('/') + 1)

/** Makes an administrator, who is an operator too, and signs in as him. */
export async function administrator(server: TestServer, login = 'boss'): Promise<SignedIn> {
  const { body } = await ask(server.call, 'POST', '/api/v1/admin-link')
  return useLink(server, String(body['link']), { login })
}

/** Makes a person with these roles in the workspace of a caller, invites him, and signs in as him. */
export async function person(
  server: TestServer,
  login: string,
  roles: readonly Role[],
  more: { readonly card?: object; readonly by?: Call } = {},
): Promise<SignedIn> {
  const by = more.by ?? server.call
  const made = await ask(by, 'POST', '/api/v1/users', { login, roles, ...more.card })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  const { body } = await ask(by, 'POST', `/api/v1/users/${String(made.body['id'])}/invite`)
  return useLink(server, String(body['link']))
}
