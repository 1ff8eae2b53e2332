import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from '../support/browser.ts'
import { openAs, openPage } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import { administrator } from '../support/signed-in.ts'
import { until } from '../until.ts'

/* Filters that are typed: the list follows while somebody is still typing. */

const browser = useBrowser()

/** Pages with a filter that is typed, what it is called there, and its name in the address. */
const TYPED = [
  ['/events', 'О чём', 'subject'],
  ['/mine', 'Найти', 'q'],
  ['/deliveries', 'Получатель', 'recipient'],
  ['/deliveries', 'Причина', 'reason'],
  ['/people', 'Найти', 'q'],
  ['/people?tab=clients', 'Найти компанию или контакт', 'q'],
  ['/inbox', 'Слова в заголовке', 'q'],
  ['/changes', 'Кто', 'by'],
  ['/reachability', 'Найти человека', 'q'],
] as const

/** Waits until the list is narrowed by it. */
const asks = (page: Page, name: string, wanted: string | null): Promise<void> =>
  page.waitForURL(({ searchParams }) => searchParams.get(name) === wanted)

describe('a filter that is typed', () => {
  it('is followed at every pause, and keeps the focus and the text, the space at its end too', async () => {
    const server = await startOn('sqlite')
    const window = await browser.open(server)
    await openAs(window, server.url, await administrator(server))
    const { page } = window
    for (const [path, label, name] of TYPED) {
      await openPage(window, path)
      const more = page.getByRole('button', { name: 'Ещё отбор' })
      if (name === 'reason') await more.click()
      const field = page.getByRole('search').or(page.getByRole('main')).getByLabel(label, { exact: true }).first()
      await field.click()
      const where = `${path} ${name}`
      for (const [typed, says, wanted] of [
        ['в', 'в', 'в'],
        ['ъезд ', 'въезд ', 'въезд'],
        ['2', 'въезд 2', 'въезд 2'],
      ] as const) {
        await page.keyboard.type(typed)
        await asks(page, name, wanted)
        expect(await field.inputValue(), where).toBe(says)
        expect(await field.evaluate((input) => input === document.activeElement), where).toBe(true)
      }
      for (let n = 'въезд 2'.length; n > 0; n -= 1) await page.keyboard.press('Backspace')
      await asks(page, name, null)
      await page.keyboard.type('х')
      await asks(page, name, 'х')
      expect(await field.inputValue(), where).toBe('х')
    }
  })

  it('is empty when it was emptied from outside, and says what a link asks for', async () => {
    const server = await startOn('sqlite')
    const window = await browser.open(server)
    await openAs(window, server.url, await administrator(server))
    const { page } = window
    await openPage(window, '/events?subject=Склад')
    const field = page.getByLabel('О чём', { exact: true })
    expect(await field.inputValue()).toBe('Склад')
    await field.fill('Въезд')
    await page.getByRole('button', { name: 'Убрать: О чём: Въезд' }).click()
    await asks(page, 'subject', null)
    await until(async () => (await field.inputValue()) === '', 10_000, 'the empty field')
    await field.fill('Касса')
    await page.getByRole('button', { name: 'Сбросить отбор' }).click()
    await until(async () => (await field.inputValue()) === '', 10_000, 'the empty field')
  })
})
