import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Page } from 'playwright-core'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import { startTestServer } from '../support/server.ts'
import { administrator } from '../support/signed-in.ts'

/* What is around every page. */

const browser = useBrowser()
const focused = (page: Page) =>
  page.evaluate(() => ({
    id: document.activeElement?.id,
    name: document.activeElement?.getAttribute('aria-label'),
  }))
const choose = async (page: Page, person: string, item: string): Promise<void> => {
  await page.getByRole('button', { name: person, exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

it('whoever goes to another page is in its content, told its name, at its top', async () => {
  const server = await startOn('sqlite')
  const boss = await administrator(server)
  const window = await browser.open(server)
  await openAs(window, server.url, boss)
  const { page } = window
  await openPage(window, '/catalogue')
  expect(await page.title()).toBe('Каталог событий · Набат')
  // The way to the content comes first, for those who go by the keyboard.
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('К содержанию')
  await page.evaluate(() => scrollTo(0, 500))
  await page.getByRole('link', { name: 'Изменения' }).press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Изменения' }).waitFor()
  expect(await page.title()).toBe('Изменения · Набат')
  expect(await focused(page)).toEqual({ id: 'content', name: 'Изменения' })
  expect(await page.evaluate(() => scrollY)).toBe(0)
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Каталог событий' }).waitFor()
  expect(await focused(page)).toMatchObject({ name: 'Каталог событий' })
})

it('language and appearance are chosen at the door and inside, and stay', async () => {
  const server = await startOn('sqlite')
  const boss = await administrator(server)
  const window = await browser.open(server)
  const { page } = window
  const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme')
  await openPage(window, '/sign-in')
  await page.getByRole('button', { name: 'Оформление: Тёмное' }).click()
  expect(await scheme()).toBe('dark')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sign in to Nabat' }).waitFor()
  expect(await page.title()).toBe('Sign in to Nabat · Nabat')
  await expectAccessible(window)
  await openAs(window, server.url, boss)
  await openPage(window, '/keys')
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
  expect(await scheme()).toBe('dark')
  await choose(page, 'boss', 'Русский')
  await page.getByRole('heading', { level: 1, name: 'Ключи API' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('ru')
  expect(await page.title()).toBe('Ключи API · Набат')
  await choose(page, 'boss', 'Светлое')
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Ключи API' }).waitFor()
  expect(await scheme()).toBe('light')
})

it('an address that names nothing says so', async () => {
  const server = await startOn('sqlite')
  const window = await browser.open(server, { screen: 'phone' })
  await openAs(window, server.url, await administrator(server))
  await openPage(window, '/nothing/here')
  await window.page.getByRole('heading', { level: 1, name: 'Такой страницы нет' }).waitFor()
  expect(await window.page.title()).toBe('Такой страницы нет · Набат')
  await expectAccessible(window)
  // The menu of a phone: opened, used, and out of the way again.
  const menu = window.page.getByRole('button', { name: 'Меню' })
  await menu.press('Enter')
  await window.page.getByRole('link', { name: 'Ключи API' }).click()
  await window.page.getByRole('heading', { level: 1, name: 'Ключи API' }).waitFor()
  expect(await menu.getAttribute('aria-expanded')).toBe('false')
})

it('while the server is away the console says so; when it is back, what was missed is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-away-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const first = await startTestServer({ folder })
  const window = await browser.open(first)
  await openAs(window, first.url, await administrator(first))
  const { page } = window
  await openPage(window, '/keys')
  await page.getByRole('heading', { name: 'Ключей пока нет' }).waitFor()
  // What a server answers that is about to stop.
  window.forgive(/^503: GET /)
  await first.stop()
  const bar = page.getByRole('status').getByText('Нет связи с сервером')
  await bar.waitFor()
  await expectAccessible(window)
  await using second = await startTestServer({ folder, env: { NABAT_PORT: new URL(first.url).port } })
  await ask(second.call, 'POST', '/api/v1/keys', { name: 'Видеонаблюдение', rights: 'send' })
  await page.getByText('Видеонаблюдение').waitFor()
  await bar.waitFor({ state: 'hidden' })
})

it('what changes while the first answer is on its way is asked for again', async () => {
  const server = await startOn('sqlite')
  const window = await browser.open(server)
  await openAs(window, server.url, await administrator(server))
  const { page } = window
  await openPage(window, '/catalogue')
  const { promise: changed, resolve: release } = Promise.withResolvers<void>()
  const { promise: answered, resolve: hold } = Promise.withResolvers<void>()
  await page.route(
    '**/api/v1/groups?*',
    async (route) => {
      const before = await route.fetch()
      hold()
      await changed
      await route.fulfill({ response: before })
    },
    { times: 1 },
  )
  await page.getByRole('link', { name: 'Люди', exact: true }).click()
  await answered
  // What is asked for at every change says that the page has heard of this one.
  const heard = page.waitForRequest('**/api/v1/counts')
  await ask(server.call, 'POST', '/api/v1/groups', { name: 'Смена А' })
  await heard
  release()
  await page.getByRole('tab', { name: 'Группы' }).click()
  await page.getByRole('list', { name: 'Группы' }).getByText('Смена А').waitFor()
})
