import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../support/browser.ts'
import { openAs, openPage, openWindow, startChromium, type Window } from '../support/chromium.ts'
import { furnish, type Furnished } from './furnished.ts'
import { addressesOf, consolePaths } from './paths.ts'

/* Every page of the console, with something on it. One window goes through all of them. */

const paths = await consolePaths()
let house: Furnished
let browser: Browser
beforeAll(async () => {
  ;[house, browser] = await Promise.all([furnish(), startChromium()])
})
afterAll(async () => {
  await browser.close()
  await house[Symbol.asyncDispose]()
})

/** Axe takes longer than all the rest: of each page it looks at one of the two; tests of single pages look at more. */
describe.each([
  { screen: 'wide', scheme: 'light', language: 'ru', axe: 0 },
  { screen: 'phone', scheme: 'dark', language: 'en', axe: 1 },
] as const)('$screen, $scheme, $language', ({ axe, ...look }) => {
  let window: Window
  beforeAll(async () => {
    window = await openWindow(browser, house.server.url, look)
    await openAs(window, house.server.url, house.administrator)
  })
  afterAll(() => window.context.close())

  it.each(paths)('the page %s opens without a mistake, is for everybody and fits', async (path) => {
    const before = window.problems.length
    const { address } = addressesOf([path], house.examples).at(-1)!
    await openPage(window, address)
    const { pathname } = new URL(window.page.url())
    expect(decodeURIComponent(pathname)).toBe(decodeURIComponent(address))
    if (paths.indexOf(path) % 2 === axe) await expectAccessible(window)
    const wider = await window.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(wider, 'pixels that are to be scrolled to sideways').toBeLessThanOrEqual(0)
    expect(window.problems.slice(before)).toEqual([])
  })
})
