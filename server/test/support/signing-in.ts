import type { BrowserContext } from 'playwright-core'
import type { Role } from '@nabat/api/permissions.ts'
import { ask } from './answers.ts'
import type { Window } from './chromium.ts'
import type { TestServer } from './server.ts'

/** Somebody who can sign in. */
export interface Person {
  readonly login: string
  readonly password: string
}

/** Long enough, and none of those that everybody takes. */
const PASSWORD = 'медный колокол на площади'
type Asked = Pick<TestServer, 'call' | 'url'>

/** Makes the administrator of the installation as the first start does, by a one-time link. */
export async function makeAdministrator(server: Asked, login = 'anna', name = 'Анна Смирнова'): Promise<Person> {
  const { link } = await answerOf(server, 201, 'POST', '/api/v1/admin-link')
  return useLink(server, link, { login, name, email: `${login}@example.ru`, password: PASSWORD })
}

/** Invites somebody of the configuration, who has no e-mail address, and accepts for them. */
export async function letIn(server: Asked, login: string): Promise<Person> {
  const { items } = await answerOf(server, 200, 'GET', '/api/v1/users?limit=500')
  const user = items.find((each) => each.login === login)
  if (user === undefined) throw new Error(`there is no user ${login}`)
  const { link } = await answerOf(server, 200, 'POST', `/api/v1/users/${user.id}/invite`)
  return useLink(server, link, { login, password: PASSWORD })
}

/** Makes a user with these roles, who can sign in. */
export async function makePerson(server: Asked, login: string, roles: readonly Role[]): Promise<Person> {
  await answerOf(server, 201, 'POST', '/api/v1/users', { login, name: login, roles })
  return letIn(server, login)
}

/** Signs somebody in for a window, over the API: what it opens next, it opens as they. */
export async function signIn({ context }: { readonly context: BrowserContext }, person: Person): Promise<void> {
  const answer = await context.request.post('/api/v1/session', {
    data: person,
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  if (answer.status() !== 201) throw new Error(`${person.login} cannot sign in: ${await answer.text()}`)
}

/** Opens a page and waits until it is there whole: nothing is on its way to the server or back but the line that follows. */
export async function openPage({ page }: Pick<Window, 'page'>, path: string): Promise<void> {
  await page.goto(path)
  await page.getByRole('main').or(page.locator('form')).first().waitFor()
  await page.waitForFunction(
    () => document.querySelector('[aria-busy="true"], .mantine-Loader-root, .mantine-Skeleton-root') === null,
  )
}

interface Told {
  readonly link: string
  readonly items: readonly { readonly id: string; readonly login: string }[]
}

async function answerOf(server: Asked, status: number, method: string, path: string, body?: object): Promise<Told> {
  const answer = await ask(server.call, method, path, body)
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as unknown as Told
}

async function useLink(server: Asked, link: string, given: Partial<Person> & { password: string }): Promise<Person> {
  const token = new URL(link).pathname.split('/').at(-1)!
  const { login, ...rest } = given
  const body = 'email' in given ? given : rest
  await answerOf(server, 201, 'POST', `/api/v1/links/${token}`, body)
  return { login: login!, password: given.password }
}
