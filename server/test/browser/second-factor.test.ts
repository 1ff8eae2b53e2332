import { readFile } from 'node:fs/promises'
import { Secret, TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage } from '../support/chromium.ts'
import { ask } from '../support/answers.ts'
import { startOn } from '../support/console-server.ts'
import { administrator, PASSWORD, person } from '../support/signed-in.ts'

const browser = useBrowser()
const codeIn = (secret: string, steps: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })

describe('the second factor', () => {
  it('is switched on by keyboard, asked for at the next sign-in, and reset by an administrator', async () => {
    const server = await startOn('sqlite')
    const boss = await administrator(server)
    const window = await browser.open(server)
    const { page } = window
    await openAs(window, server.url, await person(server, 'oleg', ['dispatcher']))
    await openPage(window, '/account')
    await page.getByRole('button', { name: 'Включить', exact: true }).press('Enter')
    await page.getByLabel('Ваш пароль').fill('не тот')
    await page.keyboard.press('Enter')
    await page.getByText('Это не ваш пароль').waitFor()
    await page.getByLabel('Ваш пароль').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('img', { name: 'QR-код для приложения' }).waitFor()
    await expectAccessible(window)
    const secret = (
      await page
        .locator('pre')
        .filter({ hasText: /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/ })
        .innerText()
    ).replaceAll(' ', '')
    await page.getByLabel('Код из приложения').fill('000000')
    await page.keyboard.press('Enter')
    await page.getByText('Код не подошёл').waitFor()
    await page.getByLabel('Код из приложения').fill(codeIn(secret, -1))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Коды восстановления' }).waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Скачать' }).click(),
    ])
    const codes = (await readFile(await file.path(), 'utf8')).match(/^\w{5}-\w{5}$/gm)!
    expect(codes.length).toBe(10)
    await expectAccessible(window)
    await page.getByRole('button', { name: 'Сохранил, продолжить' }).click()
    await page.getByText('Осталось 10 кодов восстановления').waitFor()

    window.forgive(/401/)
    await page.getByRole('button', { name: 'oleg' }).click()
    await page.getByRole('menuitem', { name: 'Выйти' }).click()
    const enter = async (code?: string): Promise<void> => {
      await page.getByLabel('Логин или e-mail').fill('oleg')
      await page.getByLabel('Пароль', { exact: true }).fill(PASSWORD)
      if (code !== undefined) await page.getByLabel('Код из приложения').fill(code)
      await page.keyboard.press('Enter')
    }
    await enter()
    await page.getByLabel('Код из приложения').waitFor()
    await expectAccessible(window)
    await page.getByLabel('Код из приложения').fill('123456')
    await page.keyboard.press('Enter')
    await page.getByText('Код не подошёл').waitFor()
    await page.getByLabel('Код из приложения').fill(codes[0]!)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname !== '/sign-in')

    const admin = await browser.open(server, { screen: 'phone', scheme: 'dark' })
    admin.forgive(/404/)
    await openAs(admin, server.url, boss)
    await openPage(admin, '/people/users/oleg')
    await admin.page.getByRole('button', { name: 'Сбросить второй фактор' }).click()
    await admin.page.getByRole('button', { name: 'Точно сбросить?' }).click()
    await admin.page.getByText('Второй фактор сброшен').waitFor()
    const { status } = await ask(server.call, 'DELETE', '/api/v1/users/oleg/second-factor')
    expect(status).toBe(404)
  })
})

describe('what concerned oneself', () => {
  it('is found, and says why it did or did not come', async () => {
    const server = await startOn('sqlite')
    const ivan = await person(server, 'ivan', ['installer'], { card: { preferences: { cameras: { inbox: false } } } })
    await ask(server.call, 'POST', '/api/v1/rules', {
      ...{ name: 'Всё Ивану', types: ['camera.*', 'server.*'], to: [{ user: 'ivan', channel: 'inbox' }] },
    })
    await server.send([
      { type: 'camera.unavailable', data: { camera: 'Подъезд 3' } },
      { type: 'server.unavailable', data: { server: 'Архив' } },
    ])
    const window = await browser.open(server, { screen: 'phone' })
    const { page } = window
    await openAs(window, server.url, ivan)
    await openPage(window, '/mine')
    const camera = page.getByRole('button', { name: /Подъезд 3/ })
    await camera.getByText('не отправлено').waitFor()
    await camera.press('Enter')
    await page.getByRole('listitem').getByRole('listitem').getByText('получатель так не хочет').waitFor()
    await expectAccessible(window)
    await page.getByRole('button', { name: 'Отбор' }).click()
    await page.getByLabel('Найти').fill('архив')
    await page.getByRole('button', { name: /Архив/ }).waitFor()
    await camera.waitFor({ state: 'detached' })
    await page.getByLabel('Найти').fill('такого нет')
    await page.getByText('Ничего не нашлось').waitFor()
  })
})
