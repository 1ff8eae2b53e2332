import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { startMail } from '../standins/mail.ts'
import { startReceiver } from '../standins/receiver.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { ask } from '../support/answers.ts'
import { openAs, openPage, type Look } from '../support/chromium.ts'
import { startOn, STORES } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, person, type SignedIn } from '../support/signed-in.ts'
import { until } from '../until.ts'

/* What is set for the whole company: silences, schedules, the card, own types, changes, the file. */

const browser = useBrowser()

async function look(server: TestServer, who: SignedIn, path: string, how?: Look): Promise<Page> {
  const window = await browser.open(server, how)
  await openAs(window, server.url, who)
  window.page.setDefaultTimeout(10_000)
  await openPage(window, path)
  return window.page
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const camera = (subject: string) => ({ type: 'camera.unavailable', subject, data: { camera: subject } })
const hooked = (url: string): string => `
workspace: { name: default, title: ООО Пример, timeZone: Europe/Moscow }
channels: [{ name: hook, kind: webhook, url: "${url}" }]
rules: [{ name: Камеры, types: ["camera.*"], to: [{ channel: hook }] }]
`

describe('a silence', () => {
  it('is begun from an event, with a reason, keeps the like of it quiet, and is ended before its time', async () => {
    const receiver = await startReceiver()
    const server = await startOn('sqlite', { config: hooked(receiver.url) })
    const [first] = (await server.send(camera('Въезд'))).events
    await receiver.waitFor(1)
    const dispatcher = await person(server, 'alina', ['dispatcher'])
    const page = await look(server, dispatcher, `/events/${first!.id}`, { screen: 'phone' })
    await page
      .getByRole('main')
      .getByRole('link', { name: /тишин|молч/i })
      .click()
    await page.waitForURL(/\/silences\/new/)
    await button(page, 'Сохранить').click()
    // A silence without a reason is none.
    await page.locator('[aria-invalid="true"]').first().waitFor()
    expect(await field(page, 'Почему').getAttribute('aria-invalid')).toBe('true')
    await expectAccessible({ page })
    await field(page, 'Почему').fill('Меняем камеру')
    await button(page, 'На час').click()
    await button(page, 'Сохранить').click()
    const line = page.getByRole('list', { name: 'Тишина' }).getByRole('listitem')
    await line.getByText('Меняем камеру').waitFor()
    await line.getByText(/осталось .* завёл alina/).waitFor()

    const [silenced] = (await server.send(camera('Въезд'))).events
    await server.send(camera('Склад'))
    await receiver.waitFor(2)
    expect(receiver.received.map(({ body }) => body.includes('Склад'))).toEqual([false, true])
    const { body } = await ask(server.call, 'GET', `/api/v1/events/${silenced!.id}`)
    expect(body['deliveries']).toMatchObject([{ state: 'suppressed' }])

    await line.getByRole('button', { name: /^Ещё час/ }).click()
    await line.getByText(/осталось 1 ч/).waitFor()
    await line.getByRole('button', { name: /^Закончить сейчас/ }).click()
    await page.getByText('Тишины нет: оповещения приходят обо всём').waitFor()
    await server.send(camera('Въезд'))
    await receiver.waitFor(3)
    await expectAccessible({ page })
    await receiver.close()
  })
})

describe.each(STORES)('changes, on %s', (store) => {
  it('are told as they are made, shown with what differs, and taken back', async () => {
    const server = await startOn(store)
    const page = await look(server, await administrator(server), '/changes')
    const rule = { name: 'Камеры', types: ['camera.*'], to: [{ role: 'dispatcher' }] }
    const made = await ask(server.call, 'POST', '/api/v1/rules', rule)
    const path = `/api/v1/rules/${String(made.body['id'])}`
    await server.call('PUT', path, { ...rule, throttle: { key: 'subject', per: '10m' } })
    const row = page.getByRole('button', { name: /Камеры/ })
    await row.filter({ hasText: 'изменено' }).click()
    await page.getByText('10m').waitFor()
    await expectAccessible({ page })
    await button(page, 'Вернуть как было').click()
    await until(async () => (await ask(server.call, 'GET', path)).body['throttle'] === undefined)
    await server.call('DELETE', path)
    await page.getByRole('button', { name: /удалено/ }).click()
    await button(page, 'Вернуть удалённое').click()
    await until(async () => (await ask(server.call, 'GET', path)).status === 200)
    await page.getByRole('combobox', { name: 'Раздел' }).click()
    await page.getByRole('option', { name: 'Каналы' }).click()
    await page.getByText('Ничего не подходит').waitFor()
  })
})

describe('the configuration as a file', () => {
  it('is taken down, edited, looked at and applied; a bad one says in which lines', async () => {
    const server = await startOn('sqlite')
    const rule = { name: 'Камеры', types: ['camera.*'], to: [{ role: 'dispatcher' }] }
    await server.call('POST', '/api/v1/apply', 'rules: [{ name: Старое, types: ["call.*"], to: [{ role: support }] }]')
    await server.call('POST', '/api/v1/rules', rule)
    const page = await look(server, await administrator(server), '/configuration')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Скачать файл' }).click()
    const text = await readFile(await (await download).path(), 'utf8')
    expect(text).toContain('Камеры')

    await field(page, 'Текст файла').fill('rules:\n  - name: Плохое\n    types: [camera.nowhere]\n    to: []\n')
    await button(page, 'Что изменится').click()
    const mistakes = page.getByRole('alert')
    await mistakes.getByText('строка 3').waitFor()
    await expectAccessible({ page })
    await field(page, 'Текст файла').fill(
      'rules:\n  - name: Новое\n    types: [camera.unavailable]\n    to: [{ role: support }]\n',
    )
    await button(page, 'Что изменится').click()
    await page.getByRole('heading', { name: 'Появится' }).waitFor()
    await page.getByRole('heading', { name: 'Будет удалено' }).waitFor()
    await page.getByText('Правила: Старое').waitFor()
    await expectAccessible({ page })
    expect((await ask(server.call, 'GET', '/api/v1/rules/Старое')).status).toBe(200)
    await button(page, 'Применить').click()
    await page.getByText(/Применено, версия/).waitFor()
    expect((await ask(server.call, 'GET', '/api/v1/rules/Новое')).status).toBe(200)
    expect((await ask(server.call, 'GET', '/api/v1/rules/Старое')).status).toBe(404)
  })
})

describe('the company card', () => {
  it('names the company everywhere, signs letters and stops them, and is guarded while it is not saved', async () => {
    await using mail = await startMail()
    const server = await startOn('sqlite', {
      config: `
channels: [{ name: mail, kind: smtp, host: 127.0.0.1, port: ${mail.port}, encryption: none,
  from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }]
rules: [{ name: Камеры, types: ["camera.*"], to: [{ channel: mail, address: duty@example.ru }] }]`,
    })
    const page = await look(server, await administrator(server), '/company', { screen: 'phone', scheme: 'dark' })
    await field(page, 'Название').fill('УК Южная')
    await field(page, 'Подпись под уведомлениями').fill('Диспетчерская, 8 800 100-20-30')
    await field(page, 'Складывать в сводку, если очередь дольше').fill('скоро')
    await button(page, 'Сохранить').click()
    await page.locator('[aria-invalid="true"]:focus').waitFor()
    await expectAccessible({ page })
    await button(page, 'Меню').click()
    await page.getByRole('link', { name: 'Тишина' }).click()
    await page.getByRole('dialog', { name: 'Изменения не сохранены' }).waitFor()
    await page.keyboard.press('Escape')
    await button(page, 'Меню').click()
    await field(page, 'Складывать в сводку, если очередь дольше').fill('5m')
    await button(page, 'Сохранить').click()
    await page.getByText('Сохранено').waitFor()
    await page.getByRole('banner').getByText('УК Южная').waitFor()
    await server.send(camera('Въезд'))
    const [letter] = await mail.waitFor(1)
    expect(letter!.text).toContain('8 800 100-20-30')

    await page.getByRole('switch', { name: 'Использовать оповещения по почте' }).click()
    await button(page, 'Сохранить').click()
    await until(async () => (await ask(server.call, 'GET', '/api/v1/workspace')).body['mailOff'] as unknown as boolean)
    const [event] = (await server.send(camera('Склад'))).events
    const { body } = await ask(server.call, 'GET', `/api/v1/events/${event!.id}`)
    expect(body['deliveries']).toMatchObject([{ state: 'suppressed' }])
  })
})

describe('an event type of one’s own', () => {
  it('is made, chosen by those who post, raised by the clock, and removed', async () => {
    const server = await startOn('sqlite')
    const page = await look(server, await administrator(server), '/catalogue')
    await page.getByRole('link', { name: 'Своё событие' }).click()
    await field(page, 'Имя типа').fill('Насос')
    await field(page, 'Название').fill('Насос остановился')
    await button(page, 'Сохранить').click()
    await page.locator('[aria-invalid="true"]').first().waitFor()
    expect(await field(page, 'Имя типа').getAttribute('aria-invalid')).toBe('true')
    await field(page, 'Имя типа').fill('pump.stopped')
    await page.getByRole('combobox', { name: 'Инцидент' }).click()
    await page.getByRole('option', { name: 'открывает' }).click()
    await field(page, 'Ключ инцидента').fill('pump:{data.pump}')
    await expectAccessible({ page })
    await button(page, 'Сохранить').click()
    await page.waitForURL(/\/catalogue$/)
    await page.getByRole('searchbox').fill('pump')
    await page.getByRole('button', { name: /Насос остановился/ }).click()
    await page.getByText('открывает').waitFor()
    await expectAccessible({ page })
    await expect(server.send({ type: 'pump.stopped', data: {} })).rejects.toThrow('pump')
    await server.send({ type: 'pump.stopped', data: { pump: 'Н-1' } })
    expect((await ask(server.call, 'GET', '/api/v1/incidents/pump%3AН-1')).status).toBe(200)

    await openPage({ page } as never, '/schedules/new')
    await field(page, 'Название').fill('Проверка насосов')
    await field(page, 'Часы и дни').fill('0 25 * * *')
    await button(page, 'Сохранить').click()
    await page.getByText(/она принимает|0-23/).waitFor()
    await button(page, 'По понедельникам в 10:00').click()
    await button(page, 'Сохранить').click()
    await page.waitForURL(/\/schedules\/\d+/)
    const times = page.getByText('Ближайшее:').getByRole('listitem')
    await times.first().waitFor()
    expect(await times.count()).toBe(5)
    for (const text of await times.allTextContents()) expect(text).toMatch(/^понедельник.*10:00/)

    await openPage({ page } as never, '/catalogue')
    await page.getByRole('searchbox').fill('pump')
    await page.getByRole('button', { name: /Насос остановился/ }).click()
    await page.getByRole('link', { name: 'Изменить' }).click()
    await button(page, 'Удалить').click()
    await page.getByText('Удалено: pump.stopped').waitFor()
    await page.getByRole('button', { name: 'Вернуть' }).click()
    await until(async () => (await ask(server.call, 'GET', '/api/v1/types/pump.stopped')).status === 200)
  })
})
