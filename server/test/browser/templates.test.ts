import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startMail, type MailStandIn } from '../standins/mail.ts'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Look, type Window } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, person, type SignedIn } from '../support/signed-in.ts'

/* Own words for messages: written with what the editor proposes, looked at, saved, and sent. */

const browser = useBrowser()
const CAMERA = { type: 'camera.unavailable', subject: 'cam-1', data: { camera: 'Въезд', object: 'Склад' } }

interface House {
  readonly server: TestServer
  readonly mail: MailStandIn
  readonly boss: SignedIn
  readonly look: (path: string, how?: Look, who?: SignedIn) => Promise<Window>
  /** Stores a template for cameras that are down; gives its id. */
  readonly store: (template: object) => Promise<string>
}

/** A company whose alarms go by mail. */
async function house(): Promise<House> {
  const mail = await startMail()
  const server = await startOn('sqlite', {
    config: `
channels: [{ name: mail, kind: smtp, host: 127.0.0.1, port: ${mail.port}, encryption: none,
  from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }]
rules: [{ name: Камеры, types: ["camera.*"], to: [{ channel: mail, address: duty@example.ru }] }]`,
  })
  const boss = await administrator(server)
  return {
    server,
    mail,
    boss,
    async look(path, how, who = boss) {
      const window = await browser.open(server, how)
      window.page.setDefaultTimeout(15_000)
      await openAs(window, server.url, who)
      await openPage(window, path)
      return window
    },
    async store(template) {
      const { status, body } = await ask(server.call, 'POST', '/api/v1/templates', {
        name: 'камеры',
        type: 'camera.unavailable',
        ...template,
      })
      expect({ status, body }).toMatchObject({ status: 201 })
      return String(body['id'])
    },
  }
}

const editor = (page: Page, name = 'Текст') => page.getByRole('textbox', { name, exact: true })
const preview = (page: Page) => page.getByRole('region', { name: 'Как это увидят' })
const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) })
const saved = (page: Page) => page.getByText('Сохранено', { exact: true }).first().waitFor()

/** Takes what is proposed; the list lets a moment go by after it has come up, lest it be taken by accident. */
async function accept(page: Page, name: string): Promise<void> {
  const option = page.getByRole('option', { name })
  await option.waitFor()
  await expect
    .poll(async () => {
      await page.keyboard.press('Enter')
      return option.count()
    })
    .toBe(0)
}

/** Goes on with the Tab key until what has the focus is called so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null
      return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? ''
    })
    if (focused.startsWith(name)) return
  }
  throw new Error(`"${name}" was not reached by the keyboard`)
}

it('words are written by the keyboard alone, looked at as they are typed, saved, and sent', async () => {
  const here = await house()
  const { page } = await here.look('/templates')
  await page.getByRole('heading', { name: 'Пока везде слова по умолчанию' }).waitFor()
  await page.getByRole('searchbox', { name: 'Поиск' }).focus()
  await page.keyboard.type('camera.unavailable')
  await tabTo(page, 'Изменить слова: Камера недоступна')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/templates/new?type=camera.unavailable')
  await editor(page).waitFor()
  await tabTo(page, 'Текст')
  // The tabs come before their editor; the arrows go between them.
  await page.keyboard.press('ArrowLeft')
  await tabTo(page, 'Заголовок')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Пропала {{ event.data.cam')
  await accept(page, 'event.data.camera')
  await page.keyboard.type(' на {{ obj')
  await accept(page, 'event.data.object')
  await page.keyboard.type('!')
  await preview(page)
    .getByText(/Пропала .+ на .+!/)
    .first()
    .waitFor()
  await expectAccessible({ page })
  // The Tab key leaves the editor, as it leaves any field.
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('.cm-editor') ?? null)).toBeNull()
  await page.keyboard.press('Control+s')
  await page.waitForURL(/\/templates\/\d+$/)
  await here.server.send(CAMERA)
  await here.mail.waitFor(1)
  expect(here.mail.letters[0]!.subject).toBe('Пропала Въезд на Склад!')
})

it('a mistake is underlined where it is, as the server words it, and what has it is not saved', async () => {
  const here = await house()
  const { page } = await here.look('/templates/new?type=camera.unavailable')
  await editor(page).fill('Первая строка\nвторая {{ event.data.camera | upcas }}')
  const mistake = page.getByRole('button', { name: /Текст: строка 2, место \d+/ })
  await mistake.waitFor()
  await page.locator('.cm-lintRange-error').first().waitFor()
  await expectAccessible({ page })
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await page.getByText(/Ошибка в шаблоне/).waitFor()
  expect((await ask(here.server.call, 'GET', '/api/v1/templates')).body['items']).toEqual([])
  await mistake.click()
  expect(await editor(page).evaluate((element) => element === document.activeElement)).toBe(true)

  await editor(page).fill('{% for a in (1..99999) %}{% for b in (1..99999) %}{{ b }}{% endfor %}{% endfor %}')
  await page.getByText(/100 мс/).waitFor()

  // A name that the event does not have is no mistake, and is put right by a click.
  await editor(page).fill('{{ event.data.camra }}')
  await page.getByText(/может быть: event\.data\.camera/).waitFor()
})

it('what stands in an event is text in every preview, whatever it looks like', async () => {
  const here = await house()
  const evil = '<script>document.title="злой"</script><img src=x onerror="document.title=1"><b>жирно</b>'
  const { events } = await here.server.send({ ...CAMERA, data: { camera: evil } })
  const { page } = await here.look('/templates/new?type=camera.unavailable')
  await editor(page).fill('{{ event.data.camera }}')
  await page.getByRole('combobox', { name: 'На каком событии показать' }).click()
  await page.getByRole('option', { name: /злой/ }).click()
  for (const name of ['Telegram', 'Push', 'Mattermost', 'Без разметки']) {
    await preview(page).getByRole('tab', { name, exact: true }).click()
    await preview(page).getByRole('tabpanel', { name }).getByText('onerror').first().waitFor()
  }
  await tab(page, 'Письмо').first().click()
  await editor(page, 'Письмо').fill('<p style="color: rgb(200, 0, 0)">{{ event.data.camera }}</p>')
  const letter = page.frameLocator('iframe')
  await letter.locator('p', { hasText: 'onerror' }).waitFor()
  expect(await letter.locator('p', { hasText: 'onerror' }).evaluate((each) => getComputedStyle(each).color)).toBe(
    'rgb(200, 0, 0)',
  )
  expect(await letter.locator('img[src="x"], body script').count()).toBe(0)
  expect(await page.title()).not.toContain('злой')

  // An event of another workspace is none.
  expect((await ask(here.server.call, 'POST', '/api/v1/workspaces', { name: 'other', title: 'Другие' })).status).toBe(
    201,
  )
  const answer = await ask(here.boss.call, 'PUT', '/api/v1/session', { workspace: 'other' })
  expect(answer.status).toBe(200)
  const foreign = await ask(here.boss.call, 'POST', '/api/v1/templates/preview', {
    type: 'camera.unavailable',
    event: events[0]!.id,
  })
  expect(foreign.status).toBe(400)
  expect(JSON.stringify(foreign.body)).not.toContain('злой')
})

it('a link in a preview looks like one and leads nowhere', async () => {
  const here = await house()
  const { page } = await here.look('/templates/new?type=camera.unavailable')
  await editor(page).fill(
    '<b>Камера</b> <a href="https://example.ru/1">видно здесь</a> <a href="javascript:x()">тут</a>',
  )
  await preview(page).getByRole('tab', { name: 'Telegram', exact: true }).click()
  const panel = preview(page).getByRole('tabpanel', { name: 'Telegram' })
  await panel.getByTitle('https://example.ru/1').getByText('видно здесь').waitFor()
  await panel.locator('b', { hasText: /^Камера$/ }).waitFor()
  await panel.getByText('тут').waitFor()
  expect(await panel.locator('a').count()).toBe(0)
  await expectAccessible({ page })
})

it('words for one channel go before those for all, and the page says so', async () => {
  const here = await house()
  const all = await here.store({ text: 'всем' })
  await here.store({ name: 'почта', channel: 'mail', text: 'почте', letter: '<p>почте</p>' })
  const contacts = [{ channel: 'mail', address: 'boss@example.ru' }]
  await ask(here.server.call, 'PUT', '/api/v1/users/boss', { login: 'boss', roles: ['admin'], contacts })
  const window = await here.look(`/templates/${all}`, { screen: 'phone', scheme: 'dark' })
  const { page } = window
  await page.getByText('Эти слова — для всех каналов и обоих языков. Кроме тех').waitFor()
  await page.getByRole('link', { name: 'mail · оба языка: текст, письмо' }).waitFor()
  await expectAccessible(window)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
  // The most exact words are what the person gets.
  await page.getByRole('button', { name: 'Отправить мне' }).click()
  await page.getByText('mail · boss@example.ru · отправлено').waitFor()
  expect(here.mail.letters.at(-1)!.html).toContain('почте')
  await page.getByRole('combobox', { name: 'Канал' }).click()
  await page.getByRole('option', { name: 'mail' }).click()
  await page.getByText('Для этих же сообщений слова уже есть').waitFor()
})

it('words are rolled back to an earlier version, and deleted for the default ones, and both can be taken back', async () => {
  const here = await house()
  const id = await here.store({ text: 'первые' })
  await ask(here.server.call, 'PUT', `/api/v1/templates/${id}`, { name: 'камеры', type: CAMERA.type, text: 'вторые' })
  const { page } = await here.look(`/templates/${id}`)
  await page.getByRole('button', { name: 'Прежние версии' }).click()
  const versions = page.getByRole('dialog', { name: 'Прежние версии' })
  await versions.getByRole('button', { name: 'Показать изменения' }).first().click()
  await versions.getByText('первые').waitFor()
  await expectAccessible({ page })
  await versions.getByRole('button', { name: 'Вернуть эту версию' }).last().click()
  await versions.waitFor({ state: 'detached' })
  await editor(page).getByText('первые').waitFor()
  await page.getByRole('alert').getByRole('button', { name: 'Вернуть' }).click()
  await editor(page).getByText('вторые').waitFor()

  await page.getByRole('button', { name: 'Удалить свои слова' }).click()
  await page.waitForURL(/\/templates$/)
  await page.getByRole('heading', { name: 'Пока везде слова по умолчанию' }).waitFor()
  const notice = page.getByRole('alert').filter({ hasText: 'Удалено: камеры' })
  await notice.getByRole('button', { name: 'Вернуть' }).click()
  await page.getByRole('link', { name: 'все каналы · оба языка: текст' }).waitFor()
})

it('unsaved words are not left by accident, nor saved over those of somebody else', async () => {
  const here = await house()
  const id = await here.store({ text: 'старые' })
  const pavel = await person(here.server, 'pavel', ['technologist'])
  const { page } = await here.look(`/templates/${id}`, {}, pavel)
  await editor(page).fill('мои')
  await page.getByRole('link', { name: 'Каталог событий' }).click()
  await page.getByRole('dialog', { name: 'Изменения не сохранены' }).getByRole('button', { name: 'Остаться' }).click()
  await ask(here.server.call, 'PUT', `/api/v1/templates/${id}`, { name: 'камеры', type: CAMERA.type, text: 'чужие' })
  await page.getByRole('alert').getByRole('button', { name: 'Сохранить мою поверх' }).click()
  await saved(page)
  expect((await ask(here.server.call, 'GET', `/api/v1/templates/${id}`)).body['text']).toBe('мои')
})
