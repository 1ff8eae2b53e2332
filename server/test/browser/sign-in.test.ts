import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '@nabat/api/text.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { startOn, STORES } from '../support/console-server.ts'

const browser = useBrowser()
const TITLE = { ru: 'Вход в Набат', en: 'Sign in to Nabat' }

describe.each(STORES)('the sign-in page, on %s', (store) => {
  it('is where somebody comes who has not signed in, in the language of their browser, for everybody to use', async () => {
    const server = await startOn(store)
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
})
