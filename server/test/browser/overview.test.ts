import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Look, type Window } from '../support/chromium.ts'
import { startOn, STORES } from '../support/console-server.ts'
import { addPast } from '../support/past.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, person, type SignedIn } from '../support/signed-in.ts'
import { startReceiver } from '../standins/receiver.ts'
import { until } from '../until.ts'

const browser = useBrowser()
const camera = (subject: string, more: object = {}) => ({
  ...{ type: 'camera.unavailable', source: 'video', subject, data: { camera: subject, object: 'Окраина' }, ...more },
})

async function open(server: TestServer, who: SignedIn, path: string, look?: Look): Promise<Window> {
  const window = await browser.open(server, look)
  await openAs(window, server.url, who)
  await openPage(window, path)
  return window
}

/** A company that tells a receiver, and what the receiver is. */
async function company(store: (typeof STORES)[number] = 'sqlite'): Promise<TestServer> {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  return startOn(store, {
    config: `
workspace: { name: default, title: ООО Пример, timeZone: Europe/Moscow }
channels: [{ name: Приёмник, kind: webhook, url: "${receiver.origin}/hook" }]
users: [{ login: boss, name: Анна, roles: [admin], contacts: [{ channel: inbox }] }]
rules: [{ name: Камеры, types: [camera.*], to: [{ channel: Приёмник }] }]
`,
  })
}

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
/** How many deliveries the list beside this address has. */
async function listedAt(server: TestServer, page: Page): Promise<number> {
  await page.waitForURL('**/deliveries?**')
  const { searchParams } = new URL(page.url())
  const { body } = await ask(server.call, 'GET', `/api/v1/deliveries?limit=500&${searchParams.toString()}`)
  return (body['items'] as unknown as unknown[]).length
}
const figure = (text: string | null): number => Number(/\d+/.exec((text ?? '').replaceAll(/\s/g, ''))?.[0])

describe.each(STORES)('the overview, on %s', (store) => {
  it('is where somebody comes first; it follows what happens, and is calm again', async () => {
    const server = await company(store)
    const { page } = await open(server, await administrator(server), '/')
    await page.waitForURL('**/overview')
    await page.getByRole('heading', { name: 'Здесь будет видно, как уходят сообщения' }).waitFor()
    await page.getByRole('link', { name: 'Первые шаги' }).first().waitFor()
    await server.send(camera('Въезд'))
    const needed = page.getByRole('link', { name: '1 инцидент без ответа' })
    await needed.waitFor()
    await section(page, 'Доставки').getByRole('link', { name: 'отправлено: 1' }).waitFor()
    await ask(server.call, 'POST', '/api/v1/incidents/camera%3A%D0%92%D1%8A%D0%B5%D0%B7%D0%B4/acknowledge')
    await page.getByRole('heading', { name: 'Всё спокойно' }).waitFor()
    await page.getByRole('link', { name: 'в работе 1' }).click()
    await page.waitForURL('**/incidents?state=acknowledged')
    await page.getByText('Въезд').first().waitFor()
  })
})

describe('the overview', () => {
  it('leads from every number to a list that has as many: by mouse, and by the keyboard alone', async () => {
    const server = await company()
    const anna = await administrator(server)
    await server.send([camera('Въезд'), camera('Касса', { severity: 'critical' })])
    await until(async () => {
      const { body } = await ask(server.call, 'GET', '/api/v1/deliveries?state=sent')
      return (body['items'] as unknown as unknown[]).length === 2
    }, 10_000)
    addPast(server.folder, 20, (ago) => (ago === 3 ? 40 : 10))
    const { page } = await open(server, anna, '/overview')
    const deliveries = section(page, 'Доставки')
    for (const word of ['отправлено', 'не отправлено', 'не удалось']) {
      const link = deliveries.getByRole('link', { name: new RegExp(`^${word}: `) })
      const shown = figure(await link.textContent())
      expect(shown).toBeGreaterThan(10)
      await link.click()
      expect(await listedAt(server, page)).toBe(shown)
      await page.goBack()
    }
    // The tallest column, on the part that says how many failed, which is the uppermost.
    await page.locator('.recharts-bar').last().locator('.recharts-bar-rectangle path').first().waitFor()
    await page.locator('.recharts-bar').last().locator('.recharts-bar-rectangle path').first().click()
    await page.waitForURL('**/deliveries?state=failed&from=**')
    const { searchParams } = new URL(page.url())
    expect(Date.parse(searchParams.get('to')!) - Date.parse(searchParams.get('from')!)).toBe(3_600_000)
    expect(await listedAt(server, page)).toBeGreaterThan(0)
    await page.goBack()
    // By the keyboard: the table says the same, row by row.
    await deliveries.getByText('Таблицей').focus()
    await page.keyboard.press('Enter')
    const row = deliveries.getByRole('row').filter({ hasText: '40' })
    const link = row.getByRole('link').first()
    expect(await link.textContent()).toBe('40')
    await link.focus()
    await page.keyboard.press('Enter')
    expect(await listedAt(server, page)).toBe(40)
    await page.goBack()
    const rule = section(page, 'Самые занятые правила').getByRole('listitem').first()
    const made = figure((await rule.textContent())!.replace('Камеры', ''))
    await rule.getByRole('link', { name: 'Камеры' }).click()
    expect(await listedAt(server, page)).toBe(made)
  })

  it('keeps the period in the address, and is fit for a phone and for those who do not see it', async () => {
    const server = await company()
    const anna = await administrator(server)
    await server.send(camera('Въезд'))
    await until(async () => {
      const { body } = await ask(server.call, 'GET', '/api/v1/deliveries?state=sent')
      return (body['items'] as unknown as unknown[]).length === 1
    }, 10_000)
    addPast(server.folder, 160, () => 6)
    for (const look of [{}, { screen: 'phone' }, { scheme: 'dark' }] as const) {
      const window = await open(server, anna, '/overview', look)
      const { page } = window
      await page.getByText('7 дней', { exact: true }).click()
      await page.waitForURL('**/overview?hours=168')
      await until(async () => (await page.locator('.recharts-bar').first().locator('path').count()) > 20, 20_000)
      for (const summary of await page.locator('summary').all()) await summary.click()
      await expectAccessible(window)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wide).toBeLessThanOrEqual(0)
      await page.reload()
      expect(await page.getByRole('radio', { name: '7 дней' }).isChecked()).toBe(true)
    }
  })

  it('is not shown to those who may not look at the log', async () => {
    const server = await company()
    const petr = await person(server, 'petr', ['installer'], { card: { name: 'Пётр' } })
    const { page } = await open(server, petr, '/overview')
    await page.getByText('Эта страница вам недоступна').waitFor()
    expect(await page.getByRole('link', { name: 'Обзор' }).count()).toBe(0)
  })
})
