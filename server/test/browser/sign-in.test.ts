import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '@nabat/api/text.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import { administrator, PASSWORD, person } from '../support/signed-in.ts'

const browser = useBrowser()
const TITLE = { ru: 'Вход в Набат', en: 'Sign in to Nabat' }

describe('the sign-in page', () => {
  it('is where somebody comes who has not signed in, in the language of their browser, for everybody to use', async () => {
    const server = await startOn('sqlite')
    for (const language of LANGUAGES) {
      for (const look of [
        { screen: 'wide', scheme: 'light' },
        { screen: 'phone', scheme: 'dark' },
      ] as const) {
        const { page } = await browser.open(server, { language, ...look })
        await page.goto('/')
        await page.getByRole('heading', { name: TITLE[language] }).waitFor()
        expect(new URL(page.url()).pathname).toBe('/sign-in')
        expect(await page.locator('html').getAttribute('lang')).toBe(language)
        await expectAccessible({ page })
      }
    }
  })

  it('lets in whoever knows the password, and brings them to the page they wanted', async () => {
    const server = await startOn('sqlite')
    await administrator(server, 'anna')
    const { page } = await browser.open(server)
    await page.goto('/account')
    await page.getByLabel('Логин или e-mail').fill('anna')
    await page.getByLabel('Пароль', { exact: true }).fill('не тот пароль')
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.getByRole('alert').getByText('Неверный логин или пароль').waitFor()
    await page.getByLabel('Пароль', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.waitForURL('**/account')
    await page.getByRole('heading', { level: 1 }).waitFor()
  })

  it('is not shown to somebody who has signed in', async () => {
    const server = await startOn('sqlite')
    const window = await browser.open(server)
    await openAs(window, server.url, await person(server, 'oleg', ['dispatcher']))
    await openPage(window, '/sign-in')
    await window.page.waitForURL((url) => url.pathname !== '/sign-in')
  })
})
