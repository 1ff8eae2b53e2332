import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { startMail } from '../standins/mail.ts'
import { startTelegram } from '../standins/telegram.ts'
import { ask } from '../support/answers.ts'
import { useBrowser } from '../support/browser.ts'
import { STORES, type StoreName } from '../support/console-server.ts'
import { dropDatabase, takeDatabase } from '../support/postgres.ts'
import { startServerProcess, type ServerProcess } from '../support/server.ts'
import { PASSWORD } from '../support/signed-in.ts'
import { until } from '../until.ts'

/*
 * The whole of it, as its first administrator goes through it: from the link the server prints to the message in the chat.
 */

const browser = useBrowser()
const DUTY = '-1001234567890'
const BOSSES = '-1005556667778'
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const save = async (page: Page): Promise<void> => {
  await button(page, 'Сохранить').click()
  await page.getByText('Сохранено', { exact: true }).first().waitFor()
}
/** A step of the first ones, with the mark it carries now. */
const step = (page: Page, title: string, mark: 'готово' | 'ещё нет') =>
  page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: title }) })
    .getByRole('img', { name: mark })
    .waitFor()

/** Nabat as people start it, with nobody in it yet. */
async function startFresh(store: StoreName): Promise<ServerProcess> {
  const database = store === 'postgres' ? await takeDatabase() : undefined
  const server = await startServerProcess({
    env: database === undefined ? {} : { NABAT_DATABASE_URL: database, NABAT_SECRET_KEY: 'the key of the story' },
  })
  onTestFinished(async () => {
    await server.stop()
    if (database !== undefined) await dropDatabase(database)
  })
  return server
}

async function setUpBot(page: Page, apiRoot: string): Promise<void> {
  await page.getByRole('link', { name: 'Подключить бота' }).click()
  await heading(page, 'Новый бот')
  await button(page, 'Дополнительно').click()
  await field(page, 'Адрес Bot API').fill(apiRoot)
  await field(page, 'Токен бота').fill('123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
  await page.getByText('Всё работает').waitFor()
  await save(page)
}

async function setUpMail(page: Page, port: number): Promise<void> {
  await page.getByRole('link', { name: 'Настроить почту' }).click()
  await heading(page, 'Исходящая почта')
  await field(page, 'SMTP хост').fill('127.0.0.1')
  await field(page, 'SMTP порт').fill(String(port))
  await page.getByRole('combobox', { name: 'Протокол шифрования' }).click()
  await page.getByRole('option', { name: 'Без шифрования' }).click()
  await field(page, 'E-mail адрес службы техподдержки').fill('help@example.ru')
  await field(page, 'E-mail адрес системы').fill('nabat@example.ru')
  await field(page, 'Имя отправителя писем из системы').fill('Набат')
  await save(page)
}

async function makeRule(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Добавить правило рассылки' }).click()
  await heading(page, 'Новое правило рассылки')
  await field(page, 'Название').fill('Видеонаблюдение')
  await field(page, 'Найти тип события').fill('камера')
  for (const type of ['Камера недоступна', 'Камера снова доступна'])
    await page.getByRole('checkbox', { name: type }).check()
  await field(page, 'Найти тип события').fill('fault.registered')
  await page
    .getByRole('checkbox', { name: /^(?!.*: все типы)/ })
    .first()
    .check()
  for (const chat of [DUTY, BOSSES]) {
    await button(page, 'Добавить получателя').click()
    await page.getByRole('menuitem', { name: 'Чат Telegram' }).click()
    await page.getByRole('combobox', { name: 'Чат или канал' }).last().fill(chat)
  }
  await button(page, 'Добавить получателя').click()
  await page.getByRole('menuitem', { name: 'E-mail' }).click()
  await field(page, 'Адрес').fill('duty@example.ru')
}

it.each(STORES)(
  'from the first start to the message in the chats, and a rule that is changed meanwhile, on %s',
  { timeout: 180_000 },
  async (store) => {
    const [telegram, mail] = await Promise.all([startTelegram(), startMail()])
    onTestFinished(() => Promise.all([telegram.close(), mail.close()]).then(() => undefined))
    const server = await startFresh(store)
    const link = await until(() => /http:\S+\/setup\/\S+/.exec(server.output())?.[0], 10_000, 'the printed link')
    const window = await browser.open(server)
    const { page } = window

    await page.goto(link)
    await field(page, 'Имя и фамилия').fill('Анна Белова')
    await field(page, 'Логин').fill('anna')
    await field(page, 'E-mail').fill('anna@example.ru')
    await field(page, 'Пароль').fill(PASSWORD)
    await button(page, 'Создать администратора').click()
    await heading(page, 'Первые шаги')
    await step(page, 'Куда слать', 'ещё нет')

    await setUpBot(page, telegram.url)
    await page.goto('/')
    await step(page, 'Куда слать', 'готово')
    await setUpMail(page, mail.port)
    // Saving mail sends a letter to try it.
    expect((await mail.waitFor(1))[0]!.to).toEqual(['anna@example.ru'])

    await page.goto('/')
    await makeRule(page)
    await button(page, 'Отправить проверочное сообщение').click()
    await page.getByRole('heading', { name: 'Что вышло' }).waitFor()
    await telegram.waitFor(2)
    await mail.waitFor(2)
    expect(await page.getByRole('img', { name: 'не отправлено' }).count()).toBe(0)
    await save(page)

    await page.goto('/start')
    await step(page, 'О чём и кому', 'готово')
    await button(page, 'Выпустить ключ').click()
    await field(page, 'Название').fill('Видеосервер')
    await page.keyboard.press('Enter')
    const command = await page.getByRole('dialog').locator('pre').last().innerText()
    const key = /Bearer (\S+)'/.exec(command)![1]!
    const body = JSON.parse(/-d '(.+)'$/s.exec(command)![1]!) as object
    await button(page, 'Готово').click()
    await step(page, 'Кто присылает события', 'готово')
    await step(page, 'Первое событие', 'ещё нет')

    const follower = await window.context.newPage()
    await follower.goto('/events')
    await heading(follower, 'События')
    const post = async (event: object): Promise<string> => {
      const answer = await ask(server.call, 'POST', '/api/v1/events', event, { authorization: `Bearer ${key}` })
      expect(answer.status).toBe(202)
      return String(answer.body['events']![0]!['id'])
    }
    const first = await post(body)
    await telegram.waitFor(4)
    await mail.waitFor(3)
    expect(telegram.messages.slice(2).map(({ chat, text }) => [chat, text.includes('cam-1')])).toEqual(
      expect.arrayContaining([
        [DUTY, true],
        [BOSSES, true],
      ]),
    )
    expect(mail.letters[2]).toMatchObject({ to: ['duty@example.ru'] })
    expect(mail.letters[2]!.text).toContain('cam-1')
    // Both windows follow by themselves.
    await heading(page, 'Всё готово')
    await follower.getByRole('listitem').getByRole('link').filter({ hasText: 'cam-1' }).first().click()
    await follower.getByText('Правило «Видеонаблюдение»').first().waitFor()
    for (const place of [DUTY, BOSSES, 'duty@example.ru']) await follower.getByText(place).first().waitFor()

    // The rule loses a chat: what comes now is told to the others, what came before stays as it was.
    await page.goto('/notifications')
    await page.getByRole('link', { name: 'Видеонаблюдение' }).first().click()
    await heading(page, 'Видеонаблюдение')
    await page.getByRole('button', { name: /^Убрать: .*-1005556667778/ }).click()
    await save(page)
    const second = await post({ type: 'camera.unavailable', data: { camera: 'cam-2' } })
    await telegram.waitFor(5)
    await mail.waitFor(4)
    const chatsOf = async (event: string): Promise<unknown[]> => {
      const { deliveries } = (await ask(server.call, 'GET', `/api/v1/events/${event}`)).body as unknown as {
        deliveries: { destination: string }[]
      }
      return deliveries.map(({ destination }) => destination).sort()
    }
    expect(await chatsOf(first)).toHaveLength(3)
    expect(await chatsOf(second)).toHaveLength(2)
    expect(telegram.messages.filter(({ text }) => text.includes('cam-2')).map(({ chat }) => chat)).toEqual([DUTY])
  },
)
