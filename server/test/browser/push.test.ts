import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BrowserContext, Page } from 'playwright-core'
import { startPush, type PushService, type Subscription } from '../standins/push.ts'
import { ask } from '../support/answers.ts'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Window } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { PASSWORD, person, signIn } from '../support/signed-in.ts'
import { until } from '../until.ts'

/*
 * Push messages in Chromium. Its vendor's push service is not there: the browser is made to hand out a subscription of the
 * stand-in, and what the stand-in decrypts is delivered to the worker by DevTools, as the vendor's connection would.
 */

const browser = useBrowser()
let push: PushService
beforeAll(async () => {
  push = await startPush()
})
afterAll(() => push.close())

/** A server that may push to the stand-in, with a rule that tells a person of cameras. */
async function startTelling(login: string): Promise<TestServer> {
  const server = await startOn('sqlite', { env: { NABAT_PUSH_HOSTS: push.host } })
  await person(server, login, ['dispatcher'])
  const rule = { name: login, types: ['camera.unavailable'], to: [{ user: login }] }
  expect((await ask(server.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
  return server
}

/** The browser subscribes to this; kept as long as the window is there. */
function subscribesTo({ context }: Window, subscription: Subscription): Promise<unknown> {
  return context.addInitScript((given) => {
    const KEPT = 'test-subscription'
    const made = (key: number[]) => ({
      endpoint: given.endpoint,
      options: { applicationServerKey: new Uint8Array(key).buffer, userVisibleOnly: true },
      toJSON: () => given,
      unsubscribe: () => Promise.resolve(localStorage.removeItem(KEPT)).then(() => true),
    })
    Object.assign(PushManager.prototype, {
      subscribe: (options: { applicationServerKey: Uint8Array }) => {
        localStorage.setItem(KEPT, JSON.stringify([...options.applicationServerKey]))
        return Promise.resolve(made([...options.applicationServerKey]))
      },
      getSubscription: () => {
        const kept = localStorage.getItem(KEPT)
        return Promise.resolve(kept === null ? null : made(JSON.parse(kept) as number[]))
      },
    })
  }, subscription)
}

/** Delivers to the worker what the push service would. */
async function delivery(context: BrowserContext, page: Page): Promise<(data: string) => Promise<void>> {
  const cdp = await context.newCDPSession(page)
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
      if (first !== undefined) resolve(first.registrationId)
    })
  })
  await cdp.send('ServiceWorker.enable')
  const registrationId = await registered
  const { origin } = new URL(page.url())
  return async (data) => {
    await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data })
  }
}

const shown = (page: Page) =>
  page.evaluate(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications()
    return all.map(({ title, body, tag, silent, requireInteraction, lang }) => ({
      ...{ title, body, tag, silent, requireInteraction, lang },
    }))
  })

/** Clicks on the notification that is shown; gives the addresses that were opened in new windows. */
const click = ({ context }: Window): Promise<string[]> =>
  context.serviceWorkers()[0]!.evaluate(async () => {
    const scope = globalThis as unknown as {
      registration: { getNotifications(): Promise<unknown[]> }
      clients: { openWindow: unknown }
      dispatchEvent(event: Event): void
    }
    const opened: string[] = []
    const done: Promise<unknown>[] = []
    // Only a finger may open windows, and only what it has begun can be waited for.
    scope.clients.openWindow = (url: string) => Promise.resolve(void opened.push(url))
    const [notification] = await scope.registration.getNotifications()
    const Click = (globalThis as unknown as { NotificationEvent: new (type: string, init: unknown) => Event })
      .NotificationEvent
    const event = Object.assign(new Click('notificationclick', { notification }), {
      waitUntil: (act: Promise<unknown>) => void done.push(act),
    })
    scope.dispatchEvent(event)
    await Promise.all(done)
    return opened
  })

it('is offered before the browser asks; what the server sends is shown, and a click opens what it is about', async () => {
  const server = await startTelling('oleg')
  const window = await browser.open(server, { worker: true, screen: 'phone' })
  const { page, context } = window
  const subscription = push.subscription()
  await subscribesTo(window, subscription)
  await page.goto('/sign-in')
  await page.getByLabel('Логин или e-mail').fill('oleg')
  await page.getByLabel('Пароль', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Войти' }).click()
  const offer = page.getByRole('region', { name: 'Показывать уведомления на этом устройстве?' })
  await offer.waitFor()
  await expectAccessible(window)
  await context.grantPermissions(['notifications'], { origin: server.url })
  await offer.getByRole('button', { name: 'Включить' }).click()
  await offer.waitFor({ state: 'hidden' })
  await openPage(window, '/account')
  await page.getByLabel('Это устройство: Включены').waitFor()
  const device = page.getByRole('list', { name: 'Устройства' }).getByRole('listitem')
  expect(await device.count()).toBe(1)

  const deliver = await delivery(context, page)
  await server.send({ type: 'camera.unavailable', data: { camera: 'cam-7', object: 'Склад' }, severity: 'critical' })
  await deliver((await push.next(subscription.endpoint)).plaintext)
  await until(async () => (await shown(page)).length === 1, 10_000, 'a notification')
  const [notification] = await shown(page)
  expect(notification).toMatchObject({ requireInteraction: true, lang: 'ru' })
  expect(notification!.title + notification!.body).toContain('cam-7')
  expect(notification!.tag).toMatch(/^[\w-]{32}$/)
  const read = context.waitForEvent('response', (answer) => answer.url().endsWith('/api/v1/push/clicked'))
  expect(await click(window)).toEqual([])
  await page.getByRole('heading', { level: 1 }).getByText('cam-7').waitFor()
  expect(decodeURIComponent(new URL(page.url()).pathname)).toBe('/incidents/camera:cam-7')
  expect((await read).status()).toBe(204)
  expect(await shown(page)).toEqual([])
})

it('with no window open a click opens one; a message that nobody understands is still shown', async () => {
  const server = await startTelling('vera')
  const window = await browser.open(server, { worker: true })
  const { page, context } = window
  await context.grantPermissions(['notifications'], { origin: server.url })
  const vera = await signIn(server, 'vera')
  await openAs(window, server.url, vera)
  // Subscribed for another server's key, as after a move.
  await context.addInitScript(() => {
    if (location.protocol === 'http:') localStorage['test-subscription'] ??= '[1,2,3]'
  })
  await subscribesTo(window, push.subscription())
  await openPage(window, '/incidents')
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  // Silently, where the permission is there.
  await openPage(window, '/account')
  await page.getByLabel('Это устройство: Включены').waitFor()
  const { body: key } = await ask(vera.call, 'GET', '/api/v1/push')
  const subscribed = await page.evaluate(() => JSON.parse(localStorage['test-subscription'] as string) as number[])
  expect(Buffer.from(subscribed).toString('base64url')).toBe(key['publicKey'])
  const deliver = await delivery(context, page)
  await deliver('not JSON')
  await until(async () => (await shown(page)).length === 1, 10_000, 'a notification')
  expect(await shown(page)).toMatchObject([{ title: 'Набат', body: 'Есть новое. Откройте, чтобы посмотреть.' }])
  await page.goto('about:blank')
  expect(await click(window)).toEqual(['/'])
})

it('a browser that gets another address by itself stays the same device', async () => {
  const server = await startTelling('olga')
  const olga = await signIn(server, 'olga')
  const window = await browser.open(server, { worker: true })
  const { page, context } = window
  await context.grantPermissions(['notifications'], { origin: server.url })
  await openAs(window, server.url, olga)
  const before = push.subscription()
  await subscribesTo(window, before)
  await openPage(window, '/account')
  await page.getByLabel('Это устройство: Включены').waitFor()
  const devices = async () =>
    (await ask(olga.call, 'GET', '/api/v1/devices')).body['items'] as unknown as { id: string }[]
  const [device] = await devices()

  const after = push.subscription()
  await context.serviceWorkers()[0]!.evaluate(
    async ([last, next]) => {
      const done: Promise<unknown>[] = []
      const event = Object.assign(new Event('pushsubscriptionchange'), {
        oldSubscription: { endpoint: last, options: {} },
        newSubscription: { toJSON: () => next },
        waitUntil: (act: Promise<unknown>) => void done.push(act),
      })
      dispatchEvent(event)
      await Promise.all(done)
    },
    [before.endpoint, after] as const,
  )
  expect(await devices()).toMatchObject([{ id: device!.id }])
  await server.send({ type: 'camera.unavailable', data: { camera: 'cam-9', object: 'Склад' } })
  expect((await push.next(after.endpoint)).plaintext).toContain('cam-9')
})

it('a device whose browser has withdrawn leaves the profile at once; another is renamed, tested and switched off', async () => {
  const server = await startTelling('ivan')
  const ivan = await signIn(server, 'ivan')
  const [phone, laptop] = [push.subscription(), push.subscription()]
  for (const [title, subscription] of Object.entries({ Телефон: phone, Ноутбук: laptop }))
    expect((await ask(ivan.call, 'POST', '/api/v1/devices', { ...subscription, title })).status).toBe(201)
  const window = await browser.open(server)
  const { page } = window
  await openAs(window, server.url, ivan)
  await openPage(window, '/account')
  const devices = page.getByRole('list', { name: 'Устройства' }).getByRole('listitem')
  await devices.getByText('Телефон').waitFor()
  expect(await devices.count()).toBe(2)
  push.answer(phone.endpoint, 410)
  await server.send({ type: 'camera.unavailable', data: { camera: 'cam-1', object: 'Склад' } })
  await devices.getByText('Телефон').waitFor({ state: 'hidden' })
  expect(await devices.count()).toBe(1)

  await page.getByRole('button', { name: 'Переименовать: Ноутбук' }).press('Enter')
  await page.getByLabel('Название устройства').fill('Ноутбук на посту')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Проверить: Ноутбук на посту' }).press('Enter')
  await page.getByText('Служба push приняла сообщение').waitFor()
  await expectAccessible(window)
  await page.getByRole('button', { name: 'Выключить уведомления: Ноутбук на посту' }).press('Enter')
  await page.getByText('Пока ни на одном устройстве').waitFor()
})

/** What stands in the way of notifications, and how a browser comes to be like that. */
const OBSTACLES: Readonly<Record<string, () => void>> = {
  'Запрещены в браузере': () => Object.defineProperty(Notification, 'permission', { get: () => 'denied' }),
  'Не могут работать без HTTPS': () => Object.defineProperty(globalThis, 'isSecureContext', { get: () => false }),
  'Сначала на экран «Домой»': () => {
    Reflect.deleteProperty(globalThis, 'PushManager')
    Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4)' })
  },
}

it('says what stands in the way and what to do about it, and asks for nothing then', async () => {
  const server = await startOn('sqlite')
  const anna = await person(server, 'anna', ['staff'])
  for (const [says, make] of Object.entries(OBSTACLES)) {
    const window = await browser.open(server, { screen: 'phone', scheme: 'dark' })
    await openAs(window, server.url, anna)
    await window.context.addInitScript(make)
    await openPage(window, '/account')
    await window.page.getByLabel(`Это устройство: ${says}`).waitFor()
    const section = window.page.getByRole('region', { name: 'Уведомления в браузере' })
    expect(await section.getByRole('button').count()).toBe(0)
    await expectAccessible(window, 'section[aria-labelledby="devices"]')
  }
})
