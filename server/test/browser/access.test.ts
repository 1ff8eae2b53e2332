import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Role } from '@nabat/api/permissions.ts'
import { startMail, type MailStandIn } from '../standins/mail.ts'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Window } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, asBrowser, PASSWORD, person, signIn, type SignedIn } from '../support/signed-in.ts'

/* Who comes in and how, as they see it. */

const browser = useBrowser()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const pathOf = (page: Page): string => new URL(page.url()).pathname

/** A window of its own, in which somebody has signed in. */
async function windowOf(server: TestServer, who: SignedIn, path: string): Promise<Window> {
  const window = await browser.open(server)
  await openAs(window, server.url, who)
  await openPage(window, path)
  return window
}

async function signInAt(page: Page, login: string, password = PASSWORD): Promise<void> {
  await field(page, 'Логин или e-mail').fill(login)
  await field(page, 'Пароль').fill(password)
  await button(page, 'Войти').click()
}

/** A mail channel of the workspace `default`, and where its letters arrive. */
async function withMail(server: TestServer): Promise<MailStandIn> {
  const mail = await startMail()
  onTestFinished(() => mail.close())
  const { status } = await ask(server.call, 'POST', '/api/v1/channels', {
    name: 'Почта',
    kind: 'smtp',
    host: '127.0.0.1',
    port: mail.port,
    encryption: 'none',
    from: { address: 'nabat@example.ru', name: 'Набат' },
    replyTo: 'help@example.ru',
  })
  expect(status).toBe(201)
  return mail
}

/** The one-time link in the last letter to somebody. */
async function linkFor(mail: MailStandIn, count: number, kind: 'invitation' | 'reset'): Promise<string> {
  const letter = (await mail.waitFor(count)).at(-1)!
  const found = new RegExp(`http://\\S+/${kind}/[\\w-]+`).exec(letter.text)?.[0]
  if (found === undefined) throw new Error(`no link in the letter: ${letter.text}`)
  return found
}

describe('one-time links', () => {
  it('make the first administrator once', async () => {
    const server = await startOn('sqlite')
    const { body } = await ask(server.call, 'POST', '/api/v1/admin-link')
    const link = String(body['link'])
    const { page } = await browser.open(server, { screen: 'phone' })
    await page.goto(link)
    await heading(page, 'Первый администратор')
    await expectAccessible({ page })
    await field(page, 'Имя и фамилия').fill('Анна Белова')
    await field(page, 'Логин').fill('anna')
    await field(page, 'E-mail').fill('anna@example.ru')
    await field(page, 'Пароль').fill('12345678')
    await button(page, 'Создать администратора').click()
    // What the server says of the password stands beside it, and nothing that was typed is gone.
    await page.locator('[aria-invalid="true"]').waitFor()
    expect(await field(page, 'Логин').inputValue()).toBe('anna')
    await field(page, 'Пароль').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await heading(page, 'Первые шаги')

    const other = await browser.open(server)
    await other.page.goto(link)
    await heading(other.page, 'Ссылка больше не действует')
    await other.page.getByRole('link', { name: 'Ко входу' }).click()
    await signInAt(other.page, 'ANNA@example.ru')
    await heading(other.page, 'Первые шаги')
  })

  it('invite somebody new, and somebody who has an account already', async () => {
    const server = await startOn('sqlite')
    const boss = await administrator(server, 'boss')
    const mail = await withMail(server)
    const made = await ask(boss.call, 'POST', '/api/v1/users', {
      login: 'olga',
      name: 'Ольга',
      email: 'olga@example.ru',
      roles: ['dispatcher'],
    })
    await ask(boss.call, 'POST', `/api/v1/users/${String(made.body['id'])}/invite`)
    const { page } = await browser.open(server)
    await page.goto(await linkFor(mail, 1, 'invitation'))
    await heading(page, 'Приглашение')
    expect(await field(page, 'Логин').inputValue()).toBe('olga')
    await field(page, 'Пароль').fill(PASSWORD)
    await button(page, 'Принять приглашение').click()
    await heading(page, 'Обзор')

    const second = await ask(boss.call, 'POST', '/api/v1/workspaces', {
      name: 'sever',
      title: 'ООО Север',
      administrator: { email: 'olga@example.ru' },
    })
    expect(second.status).toBe(201)
    const given = (second.body['invitation'] as unknown as { link: string | null }).link
    await page.goto(given ?? (await linkFor(mail, 2, 'invitation')))
    await page.getByText('Вас приглашает ООО Север. Вход в Набат у вас уже есть').waitFor()
    await field(page, 'Пароль').fill('чужой пароль')
    await button(page, 'Принять приглашение').click()
    await page.locator('[aria-invalid="true"]').waitFor()
    await field(page, 'Пароль').fill(PASSWORD)
    await button(page, 'Принять приглашение').click()
    await heading(page, 'Первые шаги')
    await page.getByRole('button', { name: 'Кабинет: ООО Север' }).waitFor()
  })

  it('set a forgotten password anew', async () => {
    const server = await startOn('sqlite')
    await person(server, 'olga', ['dispatcher'], { card: { email: 'olga@example.ru' } })
    const mail = await withMail(server)
    const { page } = await browser.open(server)
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Забыли пароль?' }).click()
    await expectAccessible({ page })
    await field(page, 'Логин или e-mail').fill('olga')
    await button(page, 'Прислать ссылку').click()
    await page.getByRole('status').getByText('письмо уже в пути').waitFor()
    await page.goto(await linkFor(mail, 1, 'reset'))
    await heading(page, 'Новый пароль')
    expect(await page.getByText('приглашают').count()).toBe(0)
    await field(page, 'Пароль').fill('снег на рассвете')
    await button(page, 'Сменить пароль').click()
    await heading(page, 'Обзор')
    expect((await signIn(server, 'olga', 'снег на рассвете')).session.account.login).toBe('olga')
    await expect(signIn(server, 'olga')).rejects.toThrow('401')
  })
})

it('whoever guesses a password has to wait, and sees for how long', { timeout: 90_000 }, async () => {
  const server = await startOn('sqlite')
  await person(server, 'olga', ['dispatcher'])
  const { page } = await browser.open(server)
  await page.goto('/sign-in')
  const alert = page.getByRole('alert')
  const waits = alert.getByText(/Повторите через \d+ секунд/).first()
  for (let tries = 0; tries < 10 && !(await waits.isVisible()); tries++) {
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/session'))
    await signInAt(page, 'olga', 'наугад')
    await answered
    await alert.waitFor()
  }
  await waits.waitFor()
  await alert.getByText('Можно пробовать снова.').waitFor()
  await signInAt(page, 'olga')
  await heading(page, 'Обзор')
})

it('whose session was ended on another device signs in and is back where they were', async () => {
  const server = await startOn('sqlite')
  await administrator(server, 'anna')
  const home = await browser.open(server)
  await home.page.goto('/account')
  await signInAt(home.page, 'anna')
  await heading(home.page, 'Профиль')
  const { page: away } = await windowOf(server, await signIn(server, 'anna'), '/catalogue')
  const list = home.page.getByRole('list', { name: 'Сеансы' })
  await list.getByText('этот', { exact: true }).waitFor()
  expect(await list.getByText('Chrome, Linux').count()).toBeGreaterThan(0)
  await expectAccessible(home)
  await button(home.page, 'Завершить все остальные').click()
  await home.page.getByText('Сеанс завершён').waitFor()
  expect(await list.getByRole('listitem').count()).toBe(1)

  await away.getByRole('link', { name: 'Изменения' }).click()
  await heading(away, 'Вход в Набат')
  await signInAt(away, 'anna')
  await heading(away, 'Изменения')
  expect(pathOf(away)).toBe('/changes')

  await field(home.page, 'Нынешний пароль').fill('не тот')
  await field(home.page, 'Новый пароль').fill('снег на рассвете')
  await button(home.page, 'Сменить').click()
  await home.page.getByText('Это не ваш пароль').waitFor()
  await field(home.page, 'Нынешний пароль').fill(PASSWORD)
  await button(home.page, 'Сменить').click()
  await home.page.getByText('Пароль сменён').waitFor()
  await away.getByRole('link', { name: 'События' }).click()
  await heading(away, 'Вход в Набат')
})

it('a tab that shows another workspace than was chosen meanwhile writes into neither, and goes over', async () => {
  const server = await startOn('sqlite')
  const anna = await administrator(server, 'anna')
  await ask(anna.call, 'POST', '/api/v1/workspaces', { name: 'sever', title: 'ООО Север' })
  const window = await windowOf(server, anna, '/keys')
  const { page } = window
  await button(page, 'Выпустить ключ').click()
  await field(page, 'Название').fill('Камеры')

  const other = await window.context.newPage()
  await openPage({ ...window, page: other }, '/events')
  await other.getByRole('button', { name: /^Кабинет: / }).click()
  await other.getByRole('menuitem', { name: 'ООО Север' }).click()
  await other.getByRole('button', { name: 'Кабинет: ООО Север' }).waitFor()
  await heading(other, 'Первые шаги')

  const refused = page.waitForResponse((answer) => answer.url().endsWith('/keys') && answer.status() === 409)
  await page.getByRole('dialog').getByRole('button', { name: 'Выпустить ключ' }).click()
  expect((await refused).request().headers()['nabat-workspace']).toBe('default')
  await page.getByRole('button', { name: 'Кабинет: ООО Север' }).waitFor()
  await page.getByText('Вы перешли в кабинет «ООО Север» в другой вкладке').waitFor()
  await page.getByRole('heading', { name: 'Ключей пока нет' }).waitFor()
  expect((await ask(server.call, 'GET', '/api/v1/keys')).body['items']).toHaveLength(0)
})

it('a key is shown once, works, and is revoked', async () => {
  const server = await startOn('sqlite')
  const { page } = await windowOf(server, await administrator(server), '/keys')
  await button(page, 'Выпустить ключ').press('Enter')
  await page.keyboard.type('Видеонаблюдение')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Ключ «Видеонаблюдение» выпущен' })
  const key = (await dialog.locator('pre').first().innerText()).trim()
  expect(await dialog.locator('pre').last().innerText()).toContain(`${server.url}/api/v1/events`)
  expect(await dialog.locator('pre').last().innerText()).toContain(key)
  await expectAccessible({ page })
  const post = () =>
    ask(
      server.call,
      'POST',
      '/api/v1/events',
      { type: 'camera.unavailable', data: { camera: 'cam-1' } },
      { authorization: `Bearer ${key}` },
    )
  expect((await post()).status).toBe(202)
  await button(dialog.page(), 'Готово').click()
  expect(await page.getByText(key).count()).toBe(0)
  await expectAccessible({ page })
  await button(page, 'Отозвать ключ «Видеонаблюдение»').click()
  await page.keyboard.press('Escape')
  expect((await post()).status).toBe(202)
  await button(page, 'Отозвать ключ «Видеонаблюдение»').click()
  await button(page, 'Отозвать').click()
  await page.getByRole('heading', { name: 'Ключей пока нет' }).waitFor()
  expect((await post()).status).toBe(401)
})

it('the operator makes a workspace with its administrator, blocks, opens, removes and brings it back', async () => {
  const server = await startOn('sqlite')
  const { page } = await windowOf(server, await administrator(server), '/workspaces')
  await button(page, 'Создать кабинет').click()
  await field(page, 'Название компании').fill('ООО «Северный Ветер»')
  expect(await field(page, 'Короткое имя').inputValue()).toBe('severnyy-veter')
  await field(page, 'E-mail первого администратора').fill('boss@sever.ru')
  await page.getByRole('dialog').getByRole('button', { name: 'Создать кабинет' }).click()
  const link = (await page.getByRole('dialog').locator('pre').innerText()).trim()
  await button(page, 'Готово').click()

  const theirs = await browser.open(server)
  await theirs.page.goto(link)
  await field(theirs.page, 'Пароль').fill(PASSWORD)
  await button(theirs.page, 'Принять приглашение').click()
  await heading(theirs.page, 'Первые шаги')

  const title = 'ООО «Северный Ветер»'
  const line = page.getByRole('listitem').filter({ hasText: 'severnyy-veter' })
  const choose = async (item: string): Promise<void> => {
    await button(page, `Действия с «${title}»`).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  await expectAccessible({ page })
  await choose('Заблокировать')
  await field(page, 'Причина').fill('Договор закончился')
  await page.keyboard.press('Enter')
  await line.getByText('Договор закончился').waitFor()
  await theirs.page.getByRole('link', { name: 'Изменения' }).click()
  await theirs.page.getByText('Договор закончился').first().waitFor()
  await choose('Разблокировать')
  await page.getByText(`«${title}» снова работает`).waitFor()
  await choose('Удалить')
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click()
  await line.getByText('Удалён').waitFor()
  await choose('Вернуть')
  await page.getByText(`«${title}» снова здесь`).waitFor()
  await button(page, `Войти в кабинет «${title}»`).click()
  await heading(page, 'Первые шаги')
  await page.getByRole('link', { name: 'Изменения' }).click()
  await page.getByText('Состояние кабинета').first().waitFor()
})

it('a page of another site in the same browser changes nothing', async () => {
  const server = await startOn('sqlite')
  const { page } = await windowOf(server, await administrator(server), '/keys')
  const foreign = createServer((_request, response) => response.end('Чужая страница')).listen(0, '127.0.0.1')
  onTestFinished(() => void foreign.close())
  await once(foreign, 'listening')
  await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`)
  // As a form would be sent, which asks nobody's leave; the cookie goes with it, since only the port is another.
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/keys'))
  await page.evaluate(
    (url) =>
      fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"name":"x","rights":"all"}' }),
    `${server.url}/api/v1/keys`,
  )
  const answer = await answered
  // Without the cookie it would be a 401.
  expect(answer.status()).toBe(403)
  expect((await ask(server.call, 'GET', '/api/v1/keys')).body['items']).toHaveLength(0)
  await page.goto(`${server.url}/keys`)
  await page.getByRole('heading', { name: 'Ключей пока нет' }).waitFor()
})

const OWN = ['Ящик', 'Что меня касалось']
const LOG = ['Обзор', 'События', 'Доставки', 'Инциденты', ...OWN]
/** What each role has in its menu, and a page with a call of it that it has not. */
const ROLES: Readonly<Record<Role, readonly [menu: readonly string[], path: string, call: string]>> = {
  admin: [
    [
      ...LOG,
      'Уведомления',
      'Тишина',
      'Люди',
      'Расписания',
      'Шаблоны',
      'Карточка компании',
      'Каталог событий',
      'Кого не достать',
      'Изменения',
      'Конфигурация',
      'Ключи API',
    ],
    '/workspaces',
    '/workspaces',
  ],
  technologist: [
    [...LOG, 'Уведомления', 'Тишина', 'Люди', 'Шаблоны', 'Каталог событий', 'Кого не достать'],
    '/notifications/rules/new',
    '/rules',
  ],
  support: [[...LOG, 'Тишина', 'Люди', 'Каталог событий', 'Кого не достать'], '/keys', '/keys'],
  dispatcher: [[...LOG, 'Тишина', 'Люди', 'Каталог событий', 'Кого не достать'], '/changes', '/changes'],
  warehouse: [[...OWN, 'Каталог событий'], '/events', '/events'],
  installer: [[...OWN, 'Каталог событий'], '/deliveries', '/deliveries'],
  staff: [[...OWN, 'Каталог событий'], '/people', '/users'],
  client: [OWN, '/catalogue', '/catalog'],
}

it('everybody sees the pages of their role, and no others', async () => {
  const server = await startOn('sqlite')
  for (const [role, [menu, path, call]] of Object.entries(ROLES)) {
    await person(server, role, [role as Role])
    const { page } = await browser.open(server)
    await page.goto('/sign-in')
    await signInAt(page, role)
    await page.waitForURL((url) => !['/', '/sign-in'].includes(url.pathname))
    await page.getByRole('heading', { level: 1 }).waitFor()
    // Their words alone, without figures of what there is to do.
    const links = page.getByRole('navigation', { name: 'Разделы' }).locator('a .mantine-NavLink-label')
    expect(await links.allInnerTexts(), role).toEqual(menu)
    await openPage({ page } as Window, path)
    await heading(page, 'Эта страница вам недоступна')
    expect(await page.title(), role).toBe('Эта страница вам недоступна · Набат')
    const status = await page.evaluate(async (url) => (await fetch(url)).status, `/api/v1${call}`)
    expect(status, role).toBe(403)
    await page.context().close()
  }
})

it('a session that was made by hand is none', async () => {
  const server = await startOn('sqlite')
  await administrator(server)
  const call = asBrowser(server, 'nabat_session=nothing')
  expect((await ask(call, 'GET', '/api/v1/session')).status).toBe(401)
})
