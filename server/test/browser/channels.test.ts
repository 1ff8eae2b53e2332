import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { MAIL_CERTIFICATE, startMail } from '../standins/mail.ts'
import { startReceiver } from '../standins/receiver.ts'
import { startTelegram } from '../standins/telegram.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Look } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, person, type SignedIn } from '../support/signed-in.ts'
import { until } from '../until.ts'

/* Ways out, set up as a person does. */

const browser = useBrowser()
const TOKEN = '2000:AAHthe-right-token-of-this-bot'
const LOGIN = { user: 'nabat@example.ru', password: 'пароль приложения' }

async function look(server: TestServer, who: SignedIn, path: string, how?: Look): Promise<Page> {
  const window = await browser.open(server, how)
  await openAs(window, server.url, who)
  window.page.setDefaultTimeout(10_000)
  await openPage(window, path)
  return window.page
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
async function choose(page: Page, list: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: list }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
/** Waits until a saved channel has an address of its own. */
const saved = (page: Page): Promise<void> => page.waitForURL(/\/notifications\/channels\/\d+/)

describe('a bot', () => {
  it('is looked at as soon as its token is typed; a chat it is added to is picked by its name', async () => {
    await using telegram = await startTelegram({ tokens: [TOKEN] })
    const server = await startOn('sqlite')
    const page = await look(server, await administrator(server), '/notifications')
    await page.getByRole('link', { name: 'Подключить бота' }).click()
    await button(page, 'Дополнительно').click()
    await field(page, 'Адрес Bot API').fill(telegram.url)
    await field(page, 'Токен бота').fill(TOKEN.replace('right', 'wrong'))
    await page.getByText('Токен не принят').waitFor()
    await expectAccessible({ page })
    await field(page, 'Токен бота').fill(TOKEN)
    await page.getByText('токен принят, это бот @nabat_2000_bot').waitFor()
    await button(page, 'Сохранить').click()
    await saved(page)

    await page.getByText('Бота пока никуда не добавили').waitFor()
    await until(() => telegram.updates.isPolled('2000'), 5_000, 'the bot to listen')
    const chat = { id: -1002001, type: 'channel', title: 'Объекты: север', username: 'north' } as const
    telegram.updates.member('2000', chat, { status: 'administrator', can_post_messages: true })
    const line = page.getByRole('list', { name: 'Чаты бота' }).getByRole('listitem').filter({ hasText: chat.title })
    await line.getByText('канал · @north · -1002001').waitFor()
    await line.getByRole('button', { name: 'Проверить: Объекты: север' }).click()
    await page.getByText('Сообщение отправлено: Объекты: север').waitFor()
    expect(telegram.messages).toMatchObject([{ chat: '-1002001' }])
    expect(await page.content()).not.toContain(TOKEN)
    expect(await field(page, 'Токен бота').inputValue()).toBe('сохранён и скрыт')
    await expectAccessible({ page })
    await line.getByRole('link', { name: 'Правило для этого чата: Объекты: север' }).click()
    await page.getByText('Объекты: север').first().waitFor()
  })
})

describe('mail', () => {
  it('says what is missing until all of it is there, and sends a test letter when it is saved, by each encryption', async () => {
    await using plain = await startMail({ auth: LOGIN })
    await using starttls = await startMail({ tls: 'starttls', auth: LOGIN })
    await using tls = await startMail({ tls: 'tls', auth: LOGIN })
    const config = 'workspace: { name: default, title: ООО Пример, systemContact: boss@example.ru }'
    const server = await startOn('sqlite', { config })
    const page = await look(server, await administrator(server), '/notifications/channels/new/smtp', {
      screen: 'phone',
    })
    const missing = page.getByText(/письма будут ждать, пока не заполнено/)
    await missing.getByText('адрес службы техподдержки, адрес системы, имя отправителя').waitFor()
    await field(page, 'SMTP хост').fill('127.0.0.1')
    await field(page, 'SMTP порт').fill('2525, наверное')
    await choose(page, 'Протокол шифрования', 'Без шифрования')
    await page.getByRole('switch', { name: 'Аутентификация SMTP' }).click()
    await field(page, 'SMTP логин').fill(LOGIN.user)
    await field(page, 'SMTP пароль').fill(LOGIN.password)
    // The mailbox is proposed; the rest of what was missing was proposed with it.
    await expectField(page, 'E-mail адрес системы', LOGIN.user)
    await field(page, 'Имя отправителя писем из системы').fill('')
    await button(page, 'Сохранить').click()
    // What the server says stands beside the field, which has the focus.
    await page.locator('[aria-invalid="true"]:focus').waitFor()
    expect(await field(page, 'SMTP порт').getAttribute('aria-invalid')).toBe('true')
    await expectAccessible({ page })
    await field(page, 'SMTP порт').fill(String(plain.port))
    await button(page, 'Сохранить').click()
    await saved(page)
    await missing.getByText('имя отправителя').waitFor()

    await page.getByRole('main').getByRole('link', { name: 'Уведомления' }).click()
    await page.getByText('не готов, не заполнено: имя отправителя').waitFor()
    await page.getByRole('link', { name: 'Почта', exact: true }).click()
    await field(page, 'Имя отправителя писем из системы').fill('Набат')
    await button(page, 'Сохранить').click()
    await page.getByText('Проверочное письмо для boss@example.ru').waitFor()
    expect(await plain.waitFor(1)).toMatchObject([{ to: ['boss@example.ru'], user: LOGIN.user, encrypted: false }])

    await field(page, 'SMTP порт').fill(String(starttls.port))
    await choose(page, 'Протокол шифрования', 'TLS')
    await button(page, 'Дополнительно').click()
    await field(page, 'Свой удостоверяющий центр (PEM)').fill(MAIL_CERTIFICATE)
    await button(page, 'Сохранить').click()
    expect(await starttls.waitFor(1)).toMatchObject([{ user: LOGIN.user, encrypted: true }])

    await field(page, 'SMTP хост').fill('ssl://127.0.0.1')
    await field(page, 'SMTP порт').fill(String(tls.port))
    await choose(page, 'Протокол шифрования', 'SSL')
    await field(page, 'Свой удостоверяющий центр (PEM)').fill('')
    await button(page, 'Сохранить').click()
    // A certificate nobody knows is no success.
    await page.getByText('Есть неполадка').waitFor()
    expect(tls.letters).toHaveLength(0)
    await page.getByRole('switch', { name: 'Проверять сертификат сервера' }).click()
    await button(page, 'Сохранить').click()
    expect(await tls.waitFor(1)).toMatchObject([{ user: LOGIN.user, encrypted: true }])
    await page.getByText('Всё работает').waitFor()
    await expectAccessible({ page })
  })

  it('knows the services people have, and asks for no more than the choice demands', async () => {
    const server = await startOn('sqlite', { config: 'workspace: { name: default, title: ООО Пример }' })
    const page = await look(server, await administrator(server), '/notifications/channels/new/smtp')
    expect(await field(page, 'SMTP логин').count()).toBe(0)
    await choose(page, 'Почтовый сервис', 'Яндекс Почта')
    await page.getByText(/Разрешите доступ почтовых программ/).waitFor()
    await expectField(page, 'SMTP хост', 'smtp.yandex.ru')
    await expectField(page, 'SMTP порт', '465')
    await field(page, 'SMTP логин').fill('nabat@yandex.ru')
    await field(page, 'SMTP логин').blur()
    await expectField(page, 'E-mail адрес службы техподдержки', 'nabat@yandex.ru')
    await expectField(page, 'E-mail адрес системы', 'nabat@yandex.ru')
    await expectField(page, 'Имя отправителя писем из системы', 'ООО Пример')
    expect(await page.getByText('Почта не готова').count()).toBe(0)
  })

  it('is all that a technologist sees of the ways out', async () => {
    const server = await startOn('sqlite')
    const page = await look(server, await person(server, 'pavel', ['technologist']), '/notifications')
    await page.getByRole('heading', { name: 'Настройка SMTP' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Настройка TG-бота' }).count()).toBe(0)
    expect(await page.getByRole('heading', { name: 'Вебхуки' }).count()).toBe(0)
    await expectAccessible({ page })
  })
})

describe('a webhook', () => {
  it('is made by keyboard, signed with a secret that is shown once, and comes back when its removal is undone', async () => {
    const receiver = await startReceiver()
    const server = await startOn('sqlite')
    const page = await look(server, await administrator(server), '/notifications/channels/new/webhook')
    await field(page, 'Адрес').focus()
    await page.keyboard.type(receiver.url)
    await tabTo(page, 'Придумать секрет')
    await page.keyboard.press('Enter')
    const secret = await page.getByText(/^whsec_[\w+/]{32}$/).textContent()
    expect(secret).toMatch(/^whsec_[\w+/]{32}$/)
    await tabTo(page, 'Сохранить')
    await page.keyboard.press('Enter')
    await saved(page)
    await page.getByText('Ни одно правило его не называет').waitFor()
    await expectAccessible({ page })

    await server.call('POST', '/api/v1/rules', { name: 'Камеры', types: ['camera.*'], to: [{ channel: 'Вебхук' }] })
    await page.getByRole('heading', { name: 'Называет 1 правило' }).waitFor()
    await server.send({ type: 'camera.unavailable', data: { camera: 'Въезд' } })
    const [call] = await receiver.waitFor(1)
    expect(call!.headers['webhook-signature']).toMatch(/^v1,/)
    await page.reload()
    await button(page, 'Заменить').waitFor()
    expect(await page.content()).not.toContain(secret)
    await server.call('DELETE', '/api/v1/rules/Камеры')

    await tabTo(page, 'Удалить')
    await page.keyboard.press('Enter')
    await page.getByText('Удалено: Вебхук').waitFor()
    await page.getByRole('button', { name: 'Вернуть' }).press('Enter')
    await page.getByRole('link', { name: 'Вебхук', exact: true }).click()
    await button(page, 'Проверить').click()
    await page.getByText('Всё работает').waitFor()
    await receiver.close()
  })

  it('that does not answer says so on its card, since when and why, until it does', async () => {
    const receiver = await startReceiver()
    receiver.answer(500)
    const server = await startOn('sqlite', {
      config: `
channels: [{ name: Учёт, kind: webhook, url: "${receiver.url}" }]
rules: [{ name: Камеры, types: ["camera.*"], to: [{ channel: Учёт }] }]`,
    })
    const page = await look(server, await administrator(server), '/notifications', { screen: 'phone' })
    await page.getByText('готов · из файла').waitFor()
    await server.send(
      Array.from({ length: 6 }, (_, n) => ({ type: 'camera.unavailable', data: { camera: `Въезд ${n}` } })),
    )
    await page.getByText(/не отвечает с \d\d:\d\d/).waitFor()
    await page.getByRole('link', { name: 'Учёт', exact: true }).click()
    await page
      .getByRole('alert')
      .getByText(/не отвечает с/)
      .waitFor()
    await page.getByText('Описано в файле конфигурации').waitFor()
    expect(await field(page, 'Адрес').isDisabled()).toBe(true)
    await expectAccessible({ page })
    await receiver.close()
  })
})

async function expectField(page: Page, name: string, value: string): Promise<void> {
  await until(async () => (await field(page, name).inputValue()) === value, 5_000, `${name}: ${value}`)
}

/** Tab by Tab until a button has the focus; fails when it is not among the next forty. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? '')
    if (focused.trim() === name) return
  }
  throw new Error(`no way by keyboard to ${name}`)
}
