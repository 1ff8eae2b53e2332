import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Look, type Window } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, person, type SignedIn } from '../support/signed-in.ts'
import { until } from '../until.ts'

/* Messages for a person: in two windows and on a phone, in the corner, by the thousand. */

const browser = useBrowser()

const CONFIG = `
workspace: { name: default, title: ООО Пример, timeZone: Europe/Moscow }
rules:
  - { name: Камеры, types: [camera.unavailable, camera.available], to: [{ role: dispatcher, channel: inbox }, { role: client, channel: inbox }] }
`
const camera = (subject: string, more: object = {}) => ({
  type: 'camera.unavailable',
  source: 'video',
  subject,
  data: { camera: subject, object: 'Окраина', reason: 'нет связи' },
  ...more,
})

/** A window of its own browser, with somebody in it on a page. */
async function look(server: TestServer, who: SignedIn, path: string, how?: Look): Promise<Window> {
  const window = await browser.open(server, how)
  await openAs(window, server.url, who)
  await openPage(window, path)
  return window
}

const rows = (page: Page) => page.getByRole('list', { name: 'Ящик', exact: true }).getByRole('listitem')
const bell = (page: Page, name: string) => page.getByRole('banner').getByLabel(name, { exact: true })
const toast = (page: Page, text: string) => page.locator('.mantine-Notification-root').filter({ hasText: text })
const unreadOf = async (who: SignedIn): Promise<number> =>
  Number((await ask(who.call, 'GET', '/api/v1/inbox/counts')).body['unread'])
const holds = (who: SignedIn, count: number) =>
  until(async () => (await unreadOf(who)) === count, 15_000, 'the entries')

describe('an inbox', () => {
  it('in two windows and on a phone: read in one, it is read in all; marked whole, that is taken back', async () => {
    const server = await startOn('sqlite', { config: CONFIG })
    const nina = await person(server, 'nina', ['dispatcher'])
    await server.send([camera('Въезд'), camera('Склад'), camera('Касса')])
    await holds(nina, 3)
    const { page } = await look(server, nina, '/inbox')
    const other = (await look(server, nina, '/events')).page
    const phone = (await look(server, nina, '/inbox', { screen: 'phone', scheme: 'dark' })).page
    for (const each of [page, other, phone]) await bell(each, 'Ящик: 3 непрочитанных').waitFor()
    await expect.poll(() => page.title()).toBe('(3) Ящик · Набат')
    await expectAccessible({ page })
    await expectAccessible({ page: phone })
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)

    await rows(page).filter({ hasText: 'Склад' }).getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: /Склад/ }).waitFor()
    for (const each of [page, other, phone]) await bell(each, 'Ящик: 2 непрочитанных').waitFor()
    const onPhone = rows(phone).filter({ hasText: 'Склад' })
    await expect.poll(() => onPhone.getByRole('img', { name: 'не прочитано' }).count()).toBe(0)

    await page.goBack()
    await page.getByRole('button', { name: 'Прочитать всё' }).click()
    for (const each of [page, other, phone]) await bell(each, 'Ящик: непрочитанных нет').waitFor()
    expect(await other.title()).toBe('События · Набат')
    await page.getByRole('button', { name: 'Вернуть' }).click()
    for (const each of [page, other, phone]) await bell(each, 'Ящик: 2 непрочитанных').waitFor()

    await bell(other, 'Ящик: 2 непрочитанных').click()
    const glance = other.getByRole('dialog')
    await glance.getByRole('link', { name: /Въезд/ }).waitFor()
    await expectAccessible({ page: other })
    await glance.getByRole('link', { name: 'Открыть ящик' }).click()
    await other.waitForURL('**/inbox')
  })
})

describe('an entry', () => {
  it('lives with its incident: opens, grows, is taken on by the keyboard, ends; and stays one', async () => {
    const server = await startOn('sqlite', { config: CONFIG })
    const nina = await person(server, 'nina', ['dispatcher'], { card: { name: 'Нина Седова' } })
    await server.send([camera('Въезд'), camera('Склад')])
    await holds(nina, 2)
    const { page } = await look(server, nina, '/inbox')
    const entry = rows(page).filter({ hasText: 'Въезд' })
    await entry.getByText('открыт', { exact: true }).waitFor()
    // Taken on elsewhere, or here by a key.
    await page.keyboard.press('j')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Склад')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Въезд')
    await page.keyboard.press('m')
    await bell(page, 'Ящик: 1 непрочитанное').waitFor()
    await page.keyboard.press('u')
    await bell(page, 'Ящик: 2 непрочитанных').waitFor()
    await page.keyboard.press('a')
    await entry.getByText('подтвердил(а) Нина Седова').waitFor()
    await page.keyboard.press('x')
    await page.getByText('Отмечено 1 сообщение').waitFor()
    await page.getByRole('button', { name: 'Прочитано', exact: true }).click()
    await bell(page, 'Ящик: 1 непрочитанное').waitFor()

    await entry.getByRole('button', { name: /^Показать текст/ }).click()
    await entry.getByText('нет связи').waitFor()
    await expectAccessible({ page })
    await server.send({ ...camera('Въезд'), type: 'camera.available' })
    await entry.getByText('закончился', { exact: true }).waitFor()
    await entry.getByText('1 обновление').waitFor()
    await bell(page, 'Ящик: 2 непрочитанных').waitFor()
    await expect.poll(() => rows(page).count()).toBe(2)
    expect(await rows(page).first().innerText()).toContain('Въезд')
  })

  it('is found by words and severity, and says so when nothing fits', async () => {
    const server = await startOn('sqlite', { config: CONFIG })
    const nina = await person(server, 'nina', ['dispatcher'])
    await server.send([camera('Въезд'), camera('Склад', { severity: 'critical' })])
    await holds(nina, 2)
    const { page } = await look(server, nina, '/inbox?severity=critical')
    await expect.poll(() => rows(page).count()).toBe(1)
    await page.getByRole('button', { name: 'Убрать: критическое' }).click()
    await expect.poll(() => rows(page).count()).toBe(2)
    await page.keyboard.press('/')
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
    await page.keyboard.type('ВЪЕЗД')
    await expect.poll(() => rows(page).count()).toBe(1)
    await page.getByLabel('Слова в заголовке').fill('такого нет')
    await page.getByRole('heading', { name: 'Ничего не подходит' }).waitFor()
  })
})

describe('somebody who may not look at events', () => {
  it('has the inbox for a home, hears of it at once, and opens an entry where it stands, or what it links to', async () => {
    const server = await startOn('sqlite', { config: CONFIG })
    const vera = await person(server, 'vera', ['client'])
    const window = await browser.open(server)
    await openAs(window, server.url, vera)
    const { page } = window
    await page.goto('/')
    await page.waitForURL('**/inbox')
    await page.getByRole('heading', { name: 'В ящике пусто' }).waitFor()
    await expectAccessible({ page })
    await server.send(camera('Въезд'))
    await rows(page)
      .filter({ hasText: 'Въезд' })
      .getByRole('button', { name: /^не прочитано/ })
      .click()
    await rows(page).getByText('нет связи').waitFor()
    await bell(page, 'Ящик: непрочитанных нет').waitFor()
    expect(await page.getByRole('link', { name: 'К инциденту' }).count()).toBe(0)
    const url = 'https://objects.example/7'
    await server.send(camera('Касса', { data: { camera: 'Касса', object: 'Окраина', url } }))
    const link = rows(page).filter({ hasText: 'Касса' }).getByRole('link').first()
    await expect.poll(() => link.getAttribute('href')).toBe('https://objects.example/7')
    await expect.poll(() => link.getAttribute('target')).toBe('_blank')
  })
})

describe('what is urgent', () => {
  it('appears in one window of a browser, not what was there before; several fold; a click opens it', async () => {
    const server = await startOn('sqlite', { config: CONFIG })
    const nina = await person(server, 'nina', ['dispatcher'])
    await server.send(camera('Давно', { severity: 'critical' }))
    await holds(nina, 1)
    const { page, context } = await look(server, nina, '/events')
    const second = await context.newPage()
    await openPage({ page: second } as Window, '/incidents')
    for (const each of [page, second]) await bell(each, 'Ящик: 1 непрочитанное').waitFor()
    await server.send(camera('Въезд', { severity: 'critical' }))
    const shown = async (text: string): Promise<number> =>
      (await toast(page, text).count()) + (await toast(second, text).count())
    await expect.poll(() => shown('Въезд')).toBe(1)
    await server.send(camera('Обычное', { severity: 'info' }))
    await server.send(Array.from({ length: 7 }, (_, n) => camera(`Ряд ${n}`, { severity: 'critical' })))
    for (const each of [page, second]) await bell(each, 'Ящик: 10 непрочитанных').waitFor()
    await expect.poll(() => shown('и ещё 5')).toBe(1)
    expect([await shown('Въезд'), await shown('Давно'), await shown('Обычное')]).toEqual([1, 0, 0])
    const front = (await toast(page, 'Въезд').count()) === 1 ? page : second
    expect(await toast(front, 'Въезд').getAttribute('role')).toBe('alert')
    await expectAccessible({ page: front }, '.mantine-Notifications-root')
    await toast(front, 'Въезд').getByRole('button', { name: /Въезд/ }).click()
    await front.getByRole('heading', { level: 1, name: /Въезд/ }).waitFor()
    // Read elsewhere, the others go as well.
    await nina.call('POST', '/api/v1/inbox/read')
    await expect.poll(() => shown('Ряд')).toBe(0)
  })

  it('is switched off by severity, on this device', async () => {
    const server = await startOn('sqlite', { config: CONFIG })
    const nina = await person(server, 'nina', ['dispatcher'])
    const { page } = await look(server, nina, '/inbox')
    await page.getByRole('button', { name: 'Всплывающие сообщения' }).click()
    await page.getByLabel('Критические: пока не закроете').uncheck({ force: true })
    await expectAccessible({ page })
    await page.keyboard.press('Escape')
    await server.send(camera('Тихо', { severity: 'critical' }))
    await rows(page).filter({ hasText: 'Тихо' }).waitFor()
    await server.send(camera('Громко', { severity: 'warning' }))
    await toast(page, 'Громко').waitFor()
    expect(await toast(page, 'Тихо').count()).toBe(0)
  })
})

/** Entries like the one there is, put into the store beside the server: sent in the usual way they would take a minute. */
function multiply({ folder }: TestServer, times: number): void {
  const database = new DatabaseSync(join(folder, 'nabat.db'), { timeout: 5_000 })
  database
    .prepare(
      `with recursive n (n) as (select 1 union all select n + 1 from n where n < ?)
       insert into inbox (workspace, login, id, title, body, changed_at, severity, type, search)
       select workspace, login, cast(substr(id, 1, 10) || unhex(printf('%012x', n)) as blob), title || ' № ' || n, body,
         changed_at - n * 60000, severity, type, search from inbox, n`,
    )
    .run(times)
  database.close()
}

it('ten thousand entries scroll smoothly: few are drawn, and no frame takes much longer than in a short list', async ({
  annotate,
}) => {
  const server = await startOn('sqlite', { config: CONFIG })
  const nina = await person(server, 'nina', ['dispatcher'])
  await server.send(camera('Въезд'))
  await holds(nina, 1)
  multiply(server, 9_999)
  const { page } = await look(server, nina, '/inbox')
  await bell(page, 'Ящик: 10000 непрочитанных').waitFor()
  /** Frames of scrolling, milliseconds in order; the first part is of a list that has just begun. */
  const scroll = (frames: number): Promise<number[]> =>
    page.evaluate(async (count) => {
      const took: number[] = []
      let before = performance.now()
      for (let frame = 0; frame < count; frame += 1) {
        window.scrollBy(0, 500)
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        took.push(now - before)
        before = now
      }
      return took.toSorted((a, b) => a - b)
    }, frames)
  const start = await scroll(60)
  const later = await scroll(400)
  const { read, drawn } = await page.evaluate(() => {
    const items = [...document.querySelectorAll<HTMLElement>('[role="listitem"]')]
    return { read: Math.max(...items.map((item) => Number(item.ariaPosInSet))), drawn: items.length }
  })
  const at = (all: readonly number[], share: number): number => all[Math.floor((all.length - 1) * share)]!
  await annotate(
    `frames: median ${at(start, 0.5).toFixed(1)} then ${at(later, 0.5).toFixed(1)} ms, 95 %: ${at(later, 0.95).toFixed(1)} ms; ${read} read, ${drawn} drawn`,
  )
  expect(read).toBeGreaterThan(1_000)
  expect(drawn).toBeLessThan(60)
  expect(at(later, 0.5)).toBeLessThan(3 * Math.max(16, at(start, 0.5)))
})

it('an operator without a card has no bell', async () => {
  const server = await startOn('sqlite', { config: CONFIG })
  const boss = await administrator(server)
  await ask(server.call, 'POST', '/api/v1/workspaces', { name: 'other', title: 'Другая' })
  await ask(boss.call, 'PUT', '/api/v1/session', { workspace: 'other' })
  const { page } = await look(server, boss, '/events')
  await page.getByRole('banner').getByRole('button', { name: 'boss' }).waitFor()
  expect(await page.getByRole('banner').getByLabel(/^Ящик/).count()).toBe(0)
})
