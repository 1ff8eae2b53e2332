import { describe, expect, it } from 'vitest'
import { startMail } from '../standins/mail.ts'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Window } from '../support/chromium.ts'
import { startOn, STORES } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, PASSWORD, person } from '../support/signed-in.ts'
import { until } from '../until.ts'

const browser = useBrowser()

/** A server with mail, and a window of its administrator. */
async function office(store: (typeof STORES)[number] = 'sqlite', look = {}) {
  const server = await startOn(store)
  const boss = await administrator(server, 'boss')
  const window = await browser.open(server, look)
  await openAs(window, server.url, boss)
  return { server, window, page: window.page }
}

async function withMail(server: TestServer) {
  const mail = await startMail()
  const channel = {
    ...{ name: 'Почта', kind: 'smtp', host: '127.0.0.1', port: mail.port, encryption: 'none' },
    ...{ from: { address: 'nabat@example.ru', name: 'Набат' }, replyTo: 'help@example.ru' },
  }
  const { status } = await ask(server.call, 'POST', '/api/v1/channels', channel)
  expect(status).toBe(201)
  return mail
}

/** On a phone, in the dark, nothing may hang out at the side either. */
async function expectFine(window: Window): Promise<void> {
  await expectAccessible(window)
  await window.page.setViewportSize({ width: 390, height: 844 })
  await until(() => window.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await expectAccessible(window)
  await window.page.setViewportSize({ width: 1440, height: 900 })
}

describe.each(STORES)('people, on %s', (store) => {
  it('a card is made, mistakes stand beside their fields, and whoever is invited by it signs in', async () => {
    const { server, window, page } = await office(store)
    await using mail = await withMail(server)
    await openPage(window, '/people')
    await page.getByRole('link', { name: 'Добавить сотрудника' }).click()
    await page.getByLabel('Имя и фамилия').fill('Ольга Лебедева')
    await page.getByLabel('Логин').fill('olga')
    await page.getByLabel('E-mail').fill('olga@example.ru')
    await page.getByLabel('Телефон').fill('не телефон')
    await page.getByText('Диспетчер', { exact: true }).click()
    await page.getByRole('combobox', { name: 'Часовой пояс' }).fill('екатер')
    await page.getByRole('option', { name: /Asia\/Yekaterinburg/ }).click()
    await page.getByRole('button', { name: 'Сохранить' }).click()
    await until(async () => (await page.getByLabel('Телефон').getAttribute('aria-invalid')) === 'true')
    await page.getByLabel('Телефон').fill('+7 916 000-11-22')
    await page.getByRole('button', { name: 'Сохранить' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ольга Лебедева' }).waitFor()
    await page.getByText('Сообщения доходят.').waitFor()
    expect((await ask(server.call, 'GET', '/api/v1/users/olga')).body).toMatchObject({
      roles: ['dispatcher', 'staff'],
      timeZone: 'Asia/Yekaterinburg',
      email: 'olga@example.ru',
    })

    await page.getByRole('button', { name: 'Пригласить' }).click()
    await page.getByText('Письмо отправлено: olga@example.ru').waitFor()
    const letter = await until(() => mail.letters[0])
    const [link] = /http:\/\/\S+\/invitation\/[\w-]+/.exec(letter.text) ?? []
    const hers = await browser.open(server)
    await hers.page.goto(new URL(link!).pathname)
    await hers.page.getByLabel('Пароль', { exact: true }).fill(PASSWORD)
    await hers.page.getByRole('button').last().click()
    await hers.page.waitForURL('**/overview')
    await page.reload()
    await page.getByText('Входит со своим паролем.').waitFor()

    // Whose session ends while they look on is sent to sign in, with a 401 behind the picture.
    await hers.page.close()
    await page.getByRole('button', { name: 'Завершить сеансы' }).click()
    await page.getByText('Сеансы завершены').waitFor()
  })
})

describe('people', () => {
  it('are found by phone and by name, and several are put into a group, which is taken back, and switched off', async () => {
    const { server, window, page } = await office()
    for (const [login, name, phone] of [
      ['ivan', 'Иван Петров', '+7 916 123-45-67'],
      ['sergey', 'Сергей Ким', '+7 916 765-43-21'],
      ['anna', 'Анна Орлова', '+7 495 111-22-33'],
    ])
      await ask(server.call, 'POST', '/api/v1/users', { login, name, phone, roles: ['installer'] })
    await ask(server.call, 'POST', '/api/v1/groups', { name: 'Смена', users: [] })
    await openPage(window, '/people')
    await page.getByLabel('Найти').fill('8916')
    await until(async () => (await page.getByRole('link', { name: /Ким|Петров|Орлова/ }).count()) === 2)
    await page.getByRole('checkbox', { name: 'Отметить: Иван Петров' }).check()
    await page.getByRole('link', { name: /Сергей Ким/ }).focus()
    await page.keyboard.press('x')
    await page.getByText('Отмечено 2').waitFor()
    await page.getByRole('button', { name: 'Добавить в группу' }).click()
    await page.getByRole('menuitem', { name: 'Смена' }).click()
    const members = async () =>
      (await ask(server.call, 'GET', '/api/v1/groups/%D0%A1%D0%BC%D0%B5%D0%BD%D0%B0')).body['users']
    await until(async () => ((await members()) as unknown as string[]).length === 2)
    await page.getByRole('button', { name: 'Вернуть' }).click()
    await until(async () => ((await members()) as unknown as string[]).length === 0)
    await page.getByRole('checkbox', { name: 'Отметить: Иван Петров' }).check()
    await page.getByRole('button', { name: 'Отключить' }).click()
    await page.getByText('Отключён 1 сотрудник').waitFor()
    expect((await ask(server.call, 'GET', '/api/v1/users/ivan')).body).toMatchObject({ enabled: false })
    await expectFine(window)
  })

  it('contacts are put in order by keyboard alone', async () => {
    const { server, window, page } = await office()
    await using mail = await withMail(server)
    expect(mail.letters).toEqual([])
    const contacts = [{ channel: 'Почта', address: 'one@example.ru' }, { channel: 'inbox' }]
    await ask(server.call, 'POST', '/api/v1/users', { login: 'ivan', contacts })
    await openPage(window, '/people/users/ivan')
    await page.getByRole('button', { name: 'Ниже: 1, Почта' }).focus()
    await page.keyboard.press('Enter')
    await until(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Выше: 2, Почта'))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('one@example.ru')
    await page.keyboard.press('Enter')
    await page.getByText('Сохранено').waitFor()
    expect((await ask(server.call, 'GET', '/api/v1/users/ivan')).body['contacts']).toEqual(contacts.toReversed())
    await expectFine(window)
  })

  it('groups stand below each other, never below themselves; client companies have their contacts', async () => {
    const { server, window, page } = await office()
    await ask(server.call, 'POST', '/api/v1/groups', { name: 'Компания' })
    await ask(server.call, 'POST', '/api/v1/groups', { name: 'Отдел', parent: 'Компания' })
    await openPage(window, '/people?tab=groups')
    await page.getByRole('link', { name: /Компания/ }).click()
    await page.getByRole('combobox', { name: 'Добавить людей' }).fill('bos')
    await page.getByRole('option', { name: /boss/ }).click()
    await page.getByRole('link', { name: 'boss' }).waitFor()
    await page.getByRole('button', { name: 'Сохранить' }).click()
    await page.getByText('Сохранено').waitFor()
    // There is nothing that it could stand below.
    expect(await page.getByLabel('Входит в').count()).toBe(0)
    await expectFine(window)

    await openPage(window, '/people?tab=clients')
    await page.getByRole('link', { name: 'Добавить клиента' }).first().click()
    await page.getByLabel('Название').fill('ООО Ромашка')
    await page.getByRole('button', { name: 'Сохранить' }).click()
    await page.getByRole('heading', { level: 1, name: 'ООО Ромашка' }).waitFor()
    await openPage(window, '/people?tab=clients')
    await page.getByRole('button', { name: 'Добавить контакт: ООО Ромашка' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Имя и фамилия').fill('Вера Цветкова')
    await form.getByLabel('E-mail').fill('vera@romashka.example')
    await page.keyboard.press('Enter')
    await page.getByRole('list', { name: 'Контакты: ООО Ромашка' }).getByText('Вера Цветкова').waitFor()
    expect((await ask(server.call, 'GET', '/api/v1/users?who=clients')).body['items']).toMatchObject([
      { name: 'Вера Цветкова', roles: ['client'] },
    ])
    await expectFine(window)
  })

  it('a table is looked at row by row, and nothing is lost by what is wrong in it', async () => {
    const { server, window, page } = await office()
    await ask(server.call, 'POST', '/api/v1/users', { login: 'ivan', name: 'Иван' })
    await openPage(window, '/people/import')
    const table =
      'Логин;ФИО;Роли;Группы;Обувь\nivan;Иван Петров;;;42\nolga;Ольга;диспетчер;Смена;38\nbad;Плохо;космонавт;;\n'
    const choose = (name: string, text: string) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await choose('чужое.csv', 'a;b\n1;2\n')
    await page.getByRole('alert').getByText('Ни один столбец не понятен').waitFor()
    await choose('люди.csv', table)
    await page.getByText('Не поняли и пропустим: Обувь').waitFor()
    await page.getByText('роль «космонавт» неизвестна').waitFor()
    await page.getByText('Появятся группы: Смена').waitFor()
    expect(await page.getByRole('list', { name: 'Строки файла' }).getByText('Иван Петров').count()).toBe(2)
    const write = page.getByRole('button', { name: 'Записать 2 человек' })
    expect(await write.isDisabled()).toBe(true)
    await expectFine(window)
    await page.getByLabel('Пропустить и записать остальное').check()
    await write.click()
    await page.getByText('Готово').waitFor()
    await page.getByText('Добавлено 1').or(page.getByText('Добавлен 1')).waitFor()
    expect((await ask(server.call, 'GET', '/api/v1/users/ivan')).body['name']).toBe('Иван Петров')
    expect((await ask(server.call, 'GET', '/api/v1/users/bad')).status).toBe(404)
    await page.getByRole('link', { name: 'К списку людей' }).click()
    await page.getByRole('link', { name: /Ольга/ }).waitFor()
  })

  it('who cannot be reached is told with the reason, and mended in place', async () => {
    const { server, window, page } = await office()
    await using mail = await withMail(server)
    await ask(server.call, 'POST', '/api/v1/users', { login: 'ivan', name: 'Иван', email: 'ivan@example.ru' })
    await ask(server.call, 'POST', '/api/v1/rules', { name: 'Ивану', types: ['camera.*'], to: [{ user: 'ivan' }] })
    await ask(server.call, 'POST', '/api/v1/rules', {
      name: 'Никому',
      types: ['camera.*'],
      to: [{ role: 'warehouse' }],
    })
    await server.send({ type: 'camera.unavailable', data: { camera: 'c-1' } })
    await until(() => mail.letters[0])
    const { body } = await ask(server.call, 'GET', '/api/v1/destinations')
    const id = (body['items'] as unknown as { id: string }[])[0]!.id
    await ask(server.call, 'POST', `/api/v1/destinations/${id}/disable`)
    await openPage(window, '/reachability')
    await page.getByText('адрес отключён: отключено вручную').first().waitFor()
    await page.getByText('1 правило никого не достаёт').or(page.getByText('2 правила никого не достают')).waitFor()
    await expectFine(window)
    await page.getByRole('button', { name: 'Включить снова: ivan@example.ru' }).click()
    await until(async () => (await page.getByRole('button', { name: /Включить снова/ }).count()) === 0)
    await page.getByText('Все', { exact: true }).click()
    await page
      .getByRole('list', { name: 'Как достать: Иван' })
      .getByRole('img', { name: 'работает', exact: true })
      .waitFor()
  })

  it('are looked at by a dispatcher, who may change nothing of them', async () => {
    const server = await startOn('sqlite')
    await ask(server.call, 'POST', '/api/v1/users', { login: 'ivan', name: 'Иван', phone: '+7 916 123-45-67' })
    const window = await browser.open(server, { screen: 'phone', scheme: 'dark' })
    await openAs(window, server.url, await person(server, 'duty', ['dispatcher']))
    await openPage(window, '/people')
    expect(await window.page.getByRole('link', { name: 'Добавить сотрудника' }).count()).toBe(0)
    expect(await window.page.getByRole('checkbox').count()).toBe(0)
    await window.page.getByRole('link', { name: /Иван/ }).click()
    await window.page.getByText('Только просмотр').waitFor()
    expect(await window.page.getByRole('link', { name: '+7 916 123-45-67' }).getAttribute('href')).toBe(
      'tel:+79161234567',
    )
    await window.page.getByText('Не достать: нет ни одного контакта.').waitFor()
    expect(await window.page.getByRole('button', { name: 'Сохранить' }).count()).toBe(0)
    await expectAccessible(window)
  })
})
