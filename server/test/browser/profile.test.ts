import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startTelegram, type TelegramStandIn } from '../standins/telegram.ts'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Window } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { person, useLink, type SignedIn } from '../support/signed-in.ts'
import { until } from '../until.ts'

/* What everybody sets up for himself. */

const browser = useBrowser()
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

/** A company with a bot, and where its messages arrive. */
async function company(more = '') {
  const telegram = await startTelegram()
  onTestFinished(() => telegram.close())
  const server = await startOn('sqlite', {
    config: `
workspace: { name: default, title: ООО Пример }
channels: [{ name: Бот, kind: telegram, token: "1000:AAHtoken", apiRoot: "${telegram.url}" }]
${more}`,
  })
  return { server, telegram }
}

/** A window in which somebody looks at his profile. */
async function profileOf(server: TestServer, who: SignedIn, look = {}): Promise<Window> {
  const window = await browser.open(server, look)
  await openAs(window, server.url, who)
  await openPage(window, '/account')
  await window.page.getByRole('heading', { name: 'Способы связи' }).waitFor()
  return window
}

let written = 0
/** Somebody writes to the bot; what it answers him. */
async function write(telegram: TelegramStandIn, text: string, id: number): Promise<string> {
  const before = telegram.messages.length
  const chat = { id, type: 'private', first_name: 'Ольга', username: `olga_${id}` }
  const from = { ...chat, is_bot: false, language_code: 'ru' }
  telegram.updates.push('1000', { message: { message_id: (written += 1), date: 1, chat, from, text } })
  await telegram.waitFor((messages) => messages.length > before, 20_000)
  return telegram.messages.at(-1)!.text
}

/** Asks for a code; what is to be sent to the bot. */
async function codeOn(page: Page): Promise<string> {
  await button(page, 'Привязать Telegram').click()
  await page.getByText('Ждём сообщения').waitFor()
  return page.locator('[data-code]').innerText()
}

/** On a phone nothing may hang out at the side. */
async function expectFine(window: Window): Promise<void> {
  await expectAccessible(window)
  await window.page.setViewportSize({ width: 390, height: 844 })
  await until(() => window.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await expectAccessible(window)
  await window.page.setViewportSize({ width: 1440, height: 900 })
}

describe('Telegram', () => {
  it('is linked by a code: not by a wrong one, not twice, and an account to one person', async () => {
    const { server, telegram } = await company()
    const olga = await person(server, 'olga', ['staff'], { card: { name: 'Ольга Лебедева' } })
    const window = await profileOf(server, olga)
    const { page } = window
    await page.getByText('Привяжите Telegram').waitFor()
    const sent = await codeOn(page)
    expect(sent).toMatch(/^\/start [A-HJ-NP-Z2-9]{8}$/)
    await page.getByRole('img', { name: 'QR-код' }).waitFor()
    const link = page.getByRole('link', { name: 'Открыть @nabat_1000_bot' })
    expect(await link.getAttribute('href')).toBe(`https://t.me/nabat_1000_bot?start=${sent.slice(7)}`)
    expect(await write(telegram, '/start QQQQ2222', 501)).toContain('Такого кода нет')
    expect(await page.getByText('Ждём сообщения').isVisible()).toBe(true)
    // Nobody touches the page: it hears of it.
    expect(await write(telegram, sent, 501)).toContain('Готово')
    await page.getByText('Привязано: @olga_501').waitFor()
    await page.getByRole('list', { name: 'Способы связи' }).getByText('@olga_501').waitFor()
    await expectFine(window)
    expect(await write(telegram, sent, 502)).toContain('уже не действует')

    const ivan = await person(server, 'ivan', ['staff'])
    const { page: other } = await profileOf(server, ivan)
    const second = await codeOn(other)
    expect(await write(telegram, second, 501)).toContain('к другому человеку')
    expect(await other.getByText('Ждём сообщения').isVisible()).toBe(true)
    expect(await write(telegram, second.slice(7).toLowerCase(), 502)).toContain('Готово')
    await other.getByText('Привязано: @olga_502').waitFor()

    const before = telegram.messages.length
    await button(page, 'Отвязать: @olga_501').click()
    expect((await telegram.waitFor(before + 1, 20_000)).at(-1)).toMatchObject({ chat: '501' })
    await page.getByText('Telegram отвязан').waitFor()
    await button(page, 'Вернуть').click()
    await button(page, 'Отвязать: @olga_501').waitFor()
    expect((await telegram.waitFor(before + 2, 20_000)).at(-1)!.text).toContain('снова привязан')
  })
})

describe('the profile', () => {
  it('decides what comes and which way: wishes, order, and what is critical comes all the same', async () => {
    const { server, telegram } = await company()
    const contacts = [{ channel: 'Бот', chat: '501' }, { channel: 'inbox' }]
    const olga = await person(server, 'olga', ['staff'], { card: { name: 'Ольга Лебедева', contacts } })
    const rule = { name: 'Ольге', types: ['camera.unavailable'], to: [{ user: 'olga' }] }
    await ask(server.call, 'POST', '/api/v1/rules', rule)
    const happens = (camera: string, severity: string) =>
      server.send({ type: 'camera.unavailable', severity, subject: camera, data: { camera } })
    const inbox = async (): Promise<string[]> => {
      const { body } = await ask(olga.call, 'GET', '/api/v1/inbox')
      return (body['items'] as unknown as { title: string }[]).map(({ title }) => title)
    }
    await happens('первая', 'info')
    await telegram.waitFor(1, 20_000)
    const { page } = await profileOf(server, olga)
    await page.getByLabel('Камеры и объекты: Бот').uncheck()
    await page.getByText('Изменения не сохранены').waitFor()
    await button(page, 'Сохранить').click()
    await page.getByText('Изменения не сохранены').waitFor({ state: 'detached' })
    await happens('вторая', 'info')
    await until(async () => (await inbox()).length === 1, 20_000, 'the entry of the inbox')
    await happens('третья', 'critical')
    await telegram.waitFor(2, 20_000)
    expect(telegram.messages.map(({ text }) => /первая|вторая|третья/.exec(text)?.[0])).toEqual(['первая', 'третья'])
    // And back, by the button that the notice offers.
    await button(page, 'Вернуть').click()
    await until(() => page.getByLabel('Камеры и объекты: Бот').isChecked())

    // The order, by the keyboard alone: the focus stays with the way that is moved.
    await button(page, 'Выше: 2, Ящик в консоли').focus()
    await page.keyboard.press('Enter')
    await until(async () => (await page.locator(':focus').getAttribute('aria-label')) === 'Ниже: 1, Ящик в консоли')
    await button(page, 'Сохранить').click()
    await page.getByText('Изменения не сохранены').waitFor({ state: 'detached' })
    await happens('четвёртая', 'info')
    await until(async () => (await inbox()).some((title) => title.includes('четвёртая')), 20_000, 'the entry')
    expect(telegram.messages).toHaveLength(2)
  })

  it('saves language, zone and hours, shows mistakes at their fields, and asks before changes are left behind', async () => {
    const { server } = await company()
    const olga = await person(server, 'olga', ['staff'], { card: { name: 'Ольга Лебедева' } })
    const window = await profileOf(server, olga)
    const { page } = window
    await page.getByRole('combobox', { name: 'Часовой пояс' }).fill('екатер')
    await page.getByRole('option', { name: /Asia\/Yekaterinburg/ }).click()
    await button(page, 'Сохранить').click()
    await until(async () => {
      const { body } = await ask(olga.call, 'GET', '/api/v1/session')
      return (body['user'] as unknown as { timeZone: string }).timeZone === 'Asia/Yekaterinburg'
    }, 20_000)
    await page.getByText('Изменения не сохранены').waitFor({ state: 'detached' })
    await page.getByRole('switch', { name: 'Тихие часы' }).check({ force: true })
    const hours = page.getByRole('group', { name: 'Тихие часы' })
    await hours.getByLabel('до').fill('22:00')
    await button(page, 'Сохранить').click()
    const section = page.getByRole('region', { name: 'Часы' })
    await section.getByRole('alert').first().waitFor()
    await expectAccessible(window)
    await hours.getByLabel('до').fill('07:30')
    await page.getByRole('link', { name: 'Каталог событий' }).click()
    await page.getByRole('dialog').getByText('они пропадут').waitFor()
    await button(page, 'Остаться').click()
    await button(page, 'Сохранить').click()
    await page.getByText('Изменения не сохранены').waitFor({ state: 'detached' })
    const { body } = await ask(olga.call, 'GET', '/api/v1/profile')
    expect(body['user']).toMatchObject({ quietHours: { from: '22:00', to: '07:30' }, timeZone: 'Asia/Yekaterinburg' })
  })

  it('of a card from the file is for looking: it says whom to ask', async () => {
    const { server } = await company('users: [{ login: filed, name: Пётр, contacts: [{ channel: inbox }] }]')
    await person(server, 'chief', ['admin'], { card: { name: 'Анна Белова' } })
    const { body } = await ask(server.call, 'POST', '/api/v1/users/filed/invite')
    const window = await profileOf(server, await useLink(server, String(body['link'])), {
      screen: 'phone',
      scheme: 'dark',
    })
    const { page } = window
    await page.getByText('Попросите администратора (Анна Белова)').waitFor()
    expect(await page.getByLabel('Камеры и объекты: Ящик').isDisabled()).toBe(true)
    expect(await button(page, 'Привязать Telegram').count()).toBe(0)
    await expectAccessible(window)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  })
})
