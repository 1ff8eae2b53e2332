import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import type { Window } from '../support/chromium.ts'
import { startDemoProcess, type DemoProcess } from '../support/demo.ts'

/*
 * `npm run demo` as somebody goes through it who knows nothing. NABAT_SCREENS names a folder for a picture of each step.
 */

const browser = useBrowser()
const PATIENCE_MS = 20_000

let demo: DemoProcess
beforeAll(async () => {
  demo = await startDemoProcess()
}, 90_000)
afterAll(() => demo.stop().then(() => undefined))

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
/** What has arrived at one place. */
const place = (page: Page, name: string): Locator => page.getByRole('article', { name, exact: true })
/** The newest message there, once it says that. */
const bubble = (page: Page, at: string, text: string | RegExp): Locator =>
  place(page, at).getByRole('listitem').filter({ hasText: text }).first()
const story = (page: Page): Locator => page.getByRole('status').filter({ has: page.getByRole('link') })

/** Pictures of the tour, when somebody asks for them. */
function album({ page }: Window, screen: string): (name: string) => Promise<void> {
  const folder = process.env['NABAT_SCREENS']
  let count = 0
  return async (name) => {
    count += 1
    if (folder !== undefined)
      await page.screenshot({ path: join(folder, `demo-${screen}-${count}-${name}.png`), fullPage: true })
  }
}

/** Opens the printed link. */
async function enter(screen: 'wide' | 'phone'): Promise<Window> {
  const window = await browser.open(demo, { screen })
  window.page.setDefaultTimeout(PATIENCE_MS)
  await window.page.goto(demo.link)
  await window.page.getByRole('heading', { level: 1, name: 'Демонстрация' }).waitFor()
  await window.page.getByRole('button', { name: 'камера перестала отвечать' }).waitFor()
  return window
}

async function expectFits({ page }: Window): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(wider).toBeLessThanOrEqual(0)
}

describe('the demonstration', () => {
  it.each(['wide', 'phone'] as const)(
    'a camera fails, is taken on, and comes back in the same message, %s',
    async (screen) => {
      const window = await enter(screen)
      const { page } = window
      const shot = album(window, `${screen}-camera`)
      await shot('entered')
      await press(page, 'камера перестала отвечать')
      await bubble(page, 'Telegram: Дежурные', 'Камера недоступна').waitFor()
      await story(page).getByText('Дежурные · Бот дежурных: отправлено').waitFor()
      const name = (await bubble(page, 'Telegram: Дежурные', 'Камера недоступна').innerText()).match(/К-\d+ [а-я]+/)![0]
      await shot('fails')
      await expectAccessible(window)
      await expectFits(window)

      await page.goto(`/incidents/${encodeURIComponent(`camera:${name}`)}`)
      await page.getByText('Это демонстрация').waitFor()
      await page.getByRole('button', { name: 'Подтвердить' }).first().click()
      await page.getByText('подтверждён').first().waitFor()
      await shot('taken-on')

      await page.getByRole('link', { name: 'К демонстрации' }).click()
      await press(page, 'камера снова заработала')
      await story(page).getByText(`Камера снова доступна: ${name}`).waitFor()
      const edited = bubble(page, 'Telegram: Дежурные', `Камера снова доступна: ${name}`)
      await edited.getByText('изменено').waitFor()
      await edited.getByText('Как было').click()
      await edited.getByText('Камера недоступна').waitFor()
      await shot('back')
      await edited.getByRole('link', { name: /^Почему/ }).click()
      await page.getByText('Правило «Камеры — в чат дежурных»').first().waitFor()
    },
  )

  it('sixteen cameras leave as one summary; orders and calls reach whom they concern', async () => {
    const window = await enter('wide')
    const { page } = window
    const shot = album(window, 'tour')
    await press(page, 'у дома пропал канал')
    await bubble(page, 'Telegram: Алина Соколова', 'Авария: недоступен сегмент сети').waitFor()
    await bubble(page, 'Telegram: Дежурные', 'Сразу 16 событий').waitFor()
    await shot('uplink')

    // By night the installer sleeps until somebody says that it is day.
    const day = page.getByRole('button', { name: 'у монтажника день', exact: true })
    if (await day.isEnabled()) await day.click()
    await press(page, 'у монтажника ночь')
    await press(page, 'заказ-наряд передали монтажнику')
    await story(page)
      .getByText(/Иван Петров.*тихие часы/)
      .waitFor()
    expect(await place(page, 'Telegram: Иван Петров').count()).toBe(0)
    await shot('night')
    await press(page, 'у монтажника день')
    await bubble(page, 'Telegram: Иван Петров', 'передан: Заменить камеру').waitFor()
    await shot('order')

    await press(page, 'на звонок не ответили')
    const letter = bubble(page, 'Почта: Ольга Лебедева', 'Пропущенный вызов')
    await letter.getByRole('button', { name: 'Открыть письмо' }).click()
    await page.frameLocator('iframe').getByText('Анна Смирнова').first().waitFor()
    await shot('call')
    await expectAccessible(window)

    await press(page, 'клиент завёл обращение')
    await bubble(page, 'Mattermost: support', 'Новое обращение').waitFor()
    await shot('ticket')
  })

  it('while Telegram is silent what is urgent goes by mail', async () => {
    const window = await enter('wide')
    const { page } = window
    await press(page, 'Telegram не отвечает минуту')
    await page.getByText('Telegram молчит до').waitFor()
    await bubble(page, 'Почта: Алина Соколова', 'Авария: недоступен сервер video-1').waitFor()
    await story(page).getByText('обходной путь').first().waitFor()
    await album(window, 'telegram')('down')
    await press(page, 'Telegram ответил')
    await page.getByText('Telegram молчит до').waitFor({ state: 'hidden' })
  })

  it('is no page of any other server, and ends cleanly', async () => {
    const answer = await fetch(`${demo.url}/api/v1/demo/enter/wrong`, { redirect: 'manual' })
    expect(answer.status).toBe(404)
    expect((await fetch(`${demo.url}/api/v1/demo`)).status).toBe(401)
    expect(await demo.stop()).toContain('Остановлено.')
  })
})
