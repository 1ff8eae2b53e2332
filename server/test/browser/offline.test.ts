import { expect, it } from 'vitest'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Window } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import { administrator, PASSWORD, person } from '../support/signed-in.ts'
import { until } from '../until.ts'

/* The console without a network: what its service worker keeps, and what it must not. */

const browser = useBrowser()
const NO_NETWORK = 'Нет сети: показано сохранённое в'

/** What is asked for fails, and the browser says so. */
const forgiveOffline = ({ forgive }: Window): void => forgive(/ERR_INTERNET_DISCONNECTED|Failed to fetch|network/i)

/** What the worker has kept of answers, by their addresses. */
const answers = ({ page }: Window): Promise<string[]> =>
  page.evaluate(async () =>
    (await (await caches.open('nabat-answers-1')).keys()).map(({ url }) => new URL(url).pathname),
  )

/** Waits until the worker looks after this page, and has this answer and the session. */
async function kept(window: Window, path: string): Promise<void> {
  await window.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await until(
    async () => {
      const paths = await answers(window)
      return paths.some((each) => each.endsWith(path)) && paths.includes('/kept/session')
    },
    15_000,
    `${path} is kept`,
  )
}

/** Waits until every page of the console is kept, those too that nobody has opened. */
const filled = ({ page }: Window): Promise<boolean> =>
  until(
    () =>
      page.evaluate(async () => {
        const later = (await (await fetch('/sw.js')).text()).match(/"later":(\[[^\]]*\])/)![1]!
        const found = await Promise.all((JSON.parse(later) as string[]).map((path) => caches.match(path)))
        return found.every((each) => each !== undefined)
      }),
    30_000,
    'all pages are kept',
  )

it('without a network the application opens, the lists are there, and a bar says when they were stored', async () => {
  const server = await startOn('sqlite')
  const boss = await administrator(server)
  await ask(server.call, 'POST', '/api/v1/keys', { name: 'Видеонаблюдение', rights: 'send' })
  await ask(server.call, 'POST', '/api/v1/groups', { name: 'Дежурная смена', users: [] })
  const window = await browser.open(server, { worker: true })
  await openAs(window, server.url, boss)
  const { page, context } = window
  await openPage(window, '/incidents')
  await kept(window, '/incidents')
  await openPage(window, '/people?tab=groups')
  await kept(window, '/groups')
  await filled(window)
  forgiveOffline(window)

  await context.setOffline(true)
  await page.reload()
  await page.getByText('Дежурная смена').waitFor()
  const bar = page.getByRole('status').getByText(NO_NETWORK)
  await bar.waitFor()
  // One of the two is said, not both.
  expect(await page.getByText('Нет связи с сервером').count()).toBe(0)
  await expectAccessible(window)
  // A page that has been looked at, by its link; its code was kept although nothing needed it then.
  await page.getByRole('link', { name: 'Инциденты' }).click()
  await page.getByRole('heading', { level: 1, name: 'Инциденты' }).waitFor()
  await bar.waitFor()
  // What must not lie on a device does not.
  await page.goto('/keys')
  await page.getByRole('heading', { level: 1, name: 'Ключи API' }).waitFor()
  await page.getByRole('alert').waitFor()
  expect(await page.getByText('Видеонаблюдение').count()).toBe(0)

  await page.goto('/people?tab=groups')
  await page.getByText('Дежурная смена').waitFor()
  await ask(server.call, 'POST', '/api/v1/groups', { name: 'Новая группа', users: [] })
  await context.setOffline(false)
  await page.getByText('Новая группа').waitFor()
  await bar.waitFor({ state: 'hidden' })
})

it('a change without a network fails with words, and nothing of it is lost', async () => {
  const server = await startOn('sqlite')
  const window = await browser.open(server, { worker: true })
  await openAs(window, server.url, await administrator(server))
  const { page, context } = window
  await openPage(window, '/company')
  await kept(window, '/workspace')
  forgiveOffline(window)
  await context.setOffline(true)
  await page.reload()
  const title = page.getByLabel('Название').first()
  await title.fill('ООО «Северная»')
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await page.getByText('Нет сети: ничего не изменено').first().waitFor()
  expect(await title.inputValue()).toBe('ООО «Северная»')
  // Nor is anybody signed out who thinks they are.
  await page.getByRole('button', { name: 'boss', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Выйти' }).click()
  await page.getByText('Нет сети: ничего не изменено').nth(1).waitFor()
  await context.setOffline(false)
  await page.getByRole('status').getByText(NO_NETWORK).waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await page.getByText('Сохранено').first().waitFor()
})

it('what was kept for somebody is gone when they sign out, and when somebody else signs in', async () => {
  const server = await startOn('sqlite')
  const anna = await administrator(server, 'anna')
  await person(server, 'oleg', ['dispatcher'])
  await ask(server.call, 'POST', '/api/v1/groups', { name: 'Только для Анны', users: [] })
  const window = await browser.open(server, { worker: true })
  const { page, context } = window
  const enter = async (login: string): Promise<void> => {
    await page.getByLabel('Логин или e-mail').fill(login)
    await page.getByLabel('Пароль', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.waitForURL((url) => url.pathname !== '/sign-in')
  }
  await page.goto('/sign-in')
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await enter('anna')
  await openPage(window, '/people?tab=groups')
  await page.getByText('Только для Анны').waitFor()
  await kept(window, '/groups')

  await page.getByRole('button', { name: 'anna', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Выйти' }).click()
  await page.waitForURL('**/sign-in**')
  await until(async () => (await answers(window)).length === 0, 5_000, 'nothing is kept')
  await enter('oleg')
  await openPage(window, '/incidents')
  await kept(window, '/incidents')
  forgiveOffline(window)
  await context.setOffline(true)
  await page.goto('/people?tab=groups')
  await page.getByRole('status').getByText(NO_NETWORK).waitFor()
  const { id } = anna.session.account
  expect((await answers(window)).filter((path) => path.startsWith(`/kept/${id}/`))).toEqual([])
})

it('a browser that is too old is told so, in both languages, in place of the console', async () => {
  const server = await startOn('sqlite')
  const window = await browser.open(server, { screen: 'phone' })
  await window.page.addInitScript(() => {
    CSS.supports = () => false
  })
  await window.page.goto('/')
  await window.page.getByRole('heading', { name: 'Этот браузер слишком старый для Набата' }).waitFor()
  await window.page.getByRole('heading', { name: 'This browser is too old for Nabat' }).waitFor()
  expect(await window.page.locator('#root').count()).toBe(0)
  await expectAccessible(window)
})

it('the console can be installed: its description names icons that are there', async () => {
  const server = await startOn('sqlite')
  const described = await fetch(`${server.url}/manifest.webmanifest`)
  expect(described.headers.get('content-type')).toMatch(/^application\/manifest\+json/)
  expect(described.headers.get('cache-control')).toBe('no-cache')
  const {
    icons,
    display,
    start_url: start,
  } = (await described.json()) as {
    icons: { src: string; type: string }[]
    display: string
    start_url: string
  }
  expect([display, start]).toEqual(['standalone', '/'])
  for (const { src, type } of icons) {
    const icon = await fetch(`${server.url}${src}`)
    expect([src, icon.status, icon.headers.get('content-type')?.split(';')[0]]).toEqual([src, 200, type])
  }
  const worker = await fetch(`${server.url}/sw.js`)
  expect(worker.headers.get('cache-control')).toBe('no-cache')
  expect(worker.headers.get('content-type')).toMatch(/javascript/)
})
