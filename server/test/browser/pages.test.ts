import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage } from '../support/chromium.ts'
import { furnish, type Furnished } from './furnished.ts'
import { addressesOf, consolePaths } from './paths.ts'

/* Every page of the console, with something on it. */

const browser = useBrowser()
const paths = await consolePaths()
let house: Furnished
beforeAll(async () => {
  house = await furnish()
})
afterAll(() => house[Symbol.asyncDispose]())

describe.each(paths)('the page %s', (path) => {
  it.each([
    { screen: 'wide', scheme: 'light', language: 'ru' },
    { screen: 'phone', scheme: 'dark', language: 'en' },
  ] as const)('opens without a mistake, is for everybody and fits: $screen, $scheme, $language', async (look) => {
    const window = await browser.open(house.server, look)
    await openAs(window, house.server.url, house.administrator)
    const { address } = addressesOf([path], house.examples).at(-1)!
    await openPage(window, address)
    const { pathname } = new URL(window.page.url())
    expect(decodeURIComponent(pathname)).toBe(decodeURIComponent(address))
    await expectAccessible(window)
    const wider = await window.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(wider, 'pixels that are to be scrolled to sideways').toBeLessThanOrEqual(0)
  })
})
