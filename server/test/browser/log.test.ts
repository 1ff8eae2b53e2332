import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { expectAccessible, useBrowser } from '../support/browser.ts'
import { openAs, openPage, type Look } from '../support/chromium.ts'
import { startOn, STORES } from '../support/console-server.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, person, type SignedIn } from '../support/signed-in.ts'
import { startReceiver } from '../standins/receiver.ts'
import { until } from '../until.ts'

const browser = useBrowser()

const configuration = (origin: string, more = ''): string => `
workspace: { name: default, title: ООО Пример, timeZone: Europe/Moscow }
users:
  - { login: olga, name: Ольга Петрова, roles: [support], contacts: [{ channel: inbox }] }
  - { login: boris, name: Борис Годунов, roles: [support], enabled: false, contacts: [{ channel: inbox }] }
channels:
  - { name: hook, kind: webhook, url: "${origin}/hook" }
rules:
  - { name: Камеры дежурным, types: [camera.unavailable, camera.available], to: [{ channel: hook }, { role: support }] }
  - { name: Только центр, types: [camera.unavailable], when: { field: data.object, op: eq, value: Центр }, to: [{ role: support }] }
  - { name: Звонки, types: [call.missed], to: [{ channel: hook }] }
${more}
`
const camera = (subject: string, more: object = {}) => ({
  type: 'camera.unavailable',
  source: 'video',
  subject,
  data: { camera: subject, object: 'Окраина', reason: 'нет связи' },
  ...more,
})

/** A window of somebody on a page. */
async function look(server: TestServer, who: SignedIn, path: string, how?: Look): Promise<Page> {
  const window = await browser.open(server, how)
  await openAs(window, server.url, who)
  await openPage(window, path)
  return window.page
}

const rows = (page: Page, name: string) => page.getByRole('list', { name, exact: true }).getByRole('listitem')

describe.each(STORES)('events, on %s', (store) => {
  it('come into view by themselves, and do not move who reads further down', async () => {
    const receiver = await startReceiver()
    const server = await startOn(store, { config: configuration(receiver.origin) })
    const anna = await administrator(server)
    const page = await look(server, anna, '/events')
    await server.send(camera('Въезд'))
    await rows(page, 'События').filter({ hasText: 'Камера недоступна: Въезд' }).waitFor()
    await server.send(Array.from({ length: 80 }, (_, n) => camera(`Склад ${n}`)))
    await rows(page, 'События').filter({ hasText: 'Склад 79' }).waitFor()
    await page.evaluate(() => window.scrollTo(0, 2000))
    const at = rows(page, 'События').filter({ hasText: /Склад 50(?!\d)/ })
    await at.waitFor()
    const before = (await at.boundingBox())!.y
    await server.send(camera('Касса'))
    const total = page.locator('.rows-list > div').first()
    const height = (await total.boundingBox())!.height
    await until(async () => (await total.boundingBox())!.height > height, 10_000, 'the new row')
    expect(Math.abs((await at.boundingBox())!.y - before)).toBeLessThan(8)
    await receiver.close()
  })
})

describe('an event', () => {
  it('shows the way it took: refusals as sentences, whom it did not reach, why it did not come', async () => {
    const receiver = await startReceiver()
    const server = await startOn('sqlite', { config: configuration(receiver.origin) })
    const olga = await person(server, 'nina', ['dispatcher'])
    const { events } = await server.send(camera('Въезд', { attachments: [] }))
    await until(() => receiver.received.length > 0, 10_000, 'the message')
    const page = await look(server, olga, `/events/${events[0]!.id}`)
    await page.getByRole('heading', { level: 1, name: 'Камера недоступна: Въезд' }).waitFor()
    const way = page.getByRole('region', { name: 'Каким путём шло' })
    await way.getByText('Подошло 1 правило из 3').waitFor()
    await way.getByText('data.object равно "Центр", а там "Окраина"').waitFor()
    await way.getByText('Ещё 1 правило — про другие типы событий').waitFor()
    await way.getByText('не отправлено: человек больше не работает').waitFor()
    await way.getByText(/дошло/).first().waitFor()
    await expectAccessible({ page })
    const why = page.getByRole('region', { name: 'Почему не пришло?' })
    await why.getByLabel('Человек или адрес').fill('nina')
    await why.getByRole('button', { name: 'Узнать' }).click()
    await why.getByText('Ни одно правило не называет этого человека').waitFor()
    await why.getByLabel('Человек или адрес').fill('boris')
    await page.keyboard.press('Escape')
    await why.getByRole('button', { name: 'Узнать' }).click()
    await why.getByText('человек больше не работает').waitFor()
    await receiver.close()
  })

  it('is posted to try things out, with what is wrong beside it; filters stand in the address', async () => {
    const receiver = await startReceiver()
    const server = await startOn('sqlite', { config: configuration(receiver.origin) })
    await server.send([camera('Въезд'), { type: 'call.missed', data: { caller: '+79161234567' } }])
    const page = await look(server, await administrator(server), '/events?type=camera.*')
    await expect.poll(() => rows(page, 'События').count()).toBe(1)
    await page.getByRole('button', { name: 'Убрать: camera.*' }).click()
    await rows(page, 'События').filter({ hasText: 'Пропущенный вызов' }).waitFor()
    await page.getByRole('button', { name: 'Послать пробное событие' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Тип события' }).fill('Пропущенный вызов')
    await page.getByRole('option', { name: 'Пропущенный вызов' }).click()
    const body = dialog.getByRole('textbox', { name: 'Событие', exact: true })
    await body.fill('{"type": "call.missed", "data": {}}')
    await dialog.getByRole('button', { name: 'Послать' }).click()
    await dialog.getByText('/data/caller').waitFor()
    await body.fill('{"type": "call.missed", "data": {"caller": "+70000000001"}}')
    await dialog.getByRole('button', { name: 'Послать' }).click()
    await page.waitForURL(/\/events\/[\da-f-]{36}$/)
    await page.getByRole('heading', { level: 1, name: /\+70000000001/ }).waitFor()
    await receiver.close()
  })
})

/** Deliveries like the one there is, put into the store beside the server: sent in the usual way they would take a minute. */
function multiply({ folder }: TestServer, times: number): void {
  const database = new DatabaseSync(join(folder, 'nabat.db'), { timeout: 5_000 })
  database
    .prepare(
      `with recursive n (n) as (select 1 union all select n + 1 from n where n < ?)
       insert into deliveries (workspace, id, event, rule, destination, recipient, state, reason, ended_at)
       select workspace, cast(substr(id, 1, 10) || unhex(printf('%012x', n)) as blob), event, rule, destination, recipient, state, reason,
         ended_at from deliveries, n`,
    )
    .run(times)
  database.close()
}

describe('deliveries', () => {
  it('are cancelled and tried again, many at once, with a summary of what worked', async () => {
    const receiver = await startReceiver()
    const off = configuration(receiver.origin).replace('name: hook,', 'name: hook, enabled: false,')
    const server = await startOn('sqlite', { config: off })
    await server.send(
      Array.from({ length: 250 }, (_, n) => ({ type: 'call.missed', data: { caller: `+7900000${n}` } })),
    )
    const page = await look(server, await administrator(server), '/deliveries?state=waiting')
    await page.getByRole('button', { name: 'Отметить показанные' }).click()
    await page.getByText('Отмечено 100 доставок').waitFor()
    await page.getByRole('button', { name: 'Отметить всё, что подходит под отбор' }).click()
    await page.getByRole('button', { name: 'Отменить', exact: true }).click()
    await page.getByRole('status').getByText('Отменено 250 доставок').waitFor()
    await server.call('POST', '/api/v1/apply', configuration(receiver.origin))
    await page.goto('/deliveries?state=cancelled')
    const first = rows(page, 'Доставки').first()
    await first.getByRole('checkbox').check()
    await page.getByText('Отмечена 1 доставка').waitFor()
    await expectAccessible({ page })
    await page.getByRole('button', { name: 'Снять отметки' }).click()
    await page.getByRole('button', { name: 'Отметить показанные' }).click()
    await page.getByRole('button', { name: 'Отметить всё, что подходит под отбор' }).click()
    await page.getByRole('button', { name: 'Повторить', exact: true }).click()
    await page.getByRole('status').getByText('Пойдут ещё раз: 250 доставок').waitFor()
    await until(() => receiver.received.length > 0, 10_000, 'a message')
    await receiver.close()
  })

  it('scroll smoothly, a hundred thousand of them: few are drawn, more are asked for on the way', async ({
    annotate,
  }) => {
    const server = await startOn('sqlite', {
      config:
        'workspace: { name: default }\nusers: [{ login: olga, roles: [staff] }]\nrules: [{ name: всем, types: [call.missed], to: [{ user: olga }] }]',
    })
    await server.send({ type: 'call.missed', data: { caller: '+79161234567' } })
    multiply(server, 100_000)
    const page = await look(server, await administrator(server), '/deliveries')
    await rows(page, 'Доставки').first().waitFor()
    const frames = await page.evaluate(async () => {
      const took: number[] = []
      let before = performance.now()
      for (let frame = 0; frame < 300; frame += 1) {
        window.scrollBy(0, 400)
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        took.push(now - before)
        before = now
      }
      return took.toSorted((a, b) => a - b)
    })
    const { read, drawn } = await page.evaluate(() => {
      const items = [...document.querySelectorAll<HTMLElement>('[role="listitem"]')]
      return { read: Math.max(...items.map((item) => Number(item.ariaPosInSet))), drawn: items.length }
    })
    const [median, longest] = [frames[frames.length >> 1]!, frames.at(-1)!].map(Math.round)
    await annotate(`frames: median ${median} ms, longest ${longest} ms; ${read} rows read, ${drawn} drawn`)
    expect(read).toBeGreaterThan(300)
    expect(drawn).toBeLessThan(60)
    // The longest says more of the machine, which does other things as well.
    expect(median).toBeLessThan(50)
  })

  it('show the message as its recipient reads it', async () => {
    const receiver = await startReceiver()
    const server = await startOn('sqlite', { config: configuration(receiver.origin) })
    await server.send(camera('Въезд'))
    const page = await look(server, await administrator(server), '/deliveries?recipient=olga')
    await rows(page, 'Доставки')
      .getByRole('link', { name: /Ольга Петрова/ })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Ольга Петрова' }).waitFor()
    await page.getByRole('region', { name: 'Сообщение' }).getByText('Камера недоступна: Въезд').waitFor()
    await expectAccessible({ page })
    await receiver.close()
  })
})

describe('incidents', () => {
  it('are taken on all at once, which is asked about first', async () => {
    const receiver = await startReceiver()
    const server = await startOn('sqlite', { config: configuration(receiver.origin) })
    await server.send([camera('Въезд'), camera('Склад'), camera('Двор')])
    const page = await look(server, await person(server, 'zoya', ['dispatcher']), '/incidents')
    await page.getByRole('button', { name: 'Подтвердить показанные: 3' }).click()
    const question = page.getByRole('dialog')
    await question.getByText('Отменить подтверждение нельзя').waitFor()
    await expectAccessible({ page })
    await question.getByRole('button', { name: 'Отмена' }).click()
    await expect.poll(() => rows(page, 'Открытые').count()).toBe(3)
    await page.getByRole('button', { name: 'Подтвердить показанные: 3' }).click()
    await question.getByRole('button', { name: 'Подтвердить', exact: true }).click()
    await page.getByText('Подтверждено: 3').waitFor()
    await page.getByText('Открытых инцидентов нет').waitFor()
    await receiver.close()
  })

  it('are acknowledged by the keyboard alone, and tell their story; on a phone too', async () => {
    const receiver = await startReceiver()
    const server = await startOn('sqlite', { config: configuration(receiver.origin) })
    await server.send([camera('Въезд'), camera('Склад')])
    const dispatcher = await person(server, 'nina', ['dispatcher'])
    const page = await look(server, dispatcher, '/incidents')
    await expect.poll(() => rows(page, 'Открытые').count()).toBe(2)
    await expectAccessible({ page })
    await page.keyboard.press('j')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Склад')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Въезд')
    await page.keyboard.press('a')
    await expect.poll(() => rows(page, 'Открытые').count()).toBe(1)
    await page.getByRole('tab', { name: /В работе/ }).click()
    await rows(page, 'В работе').getByRole('link').press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Камера недоступна: Въезд' }).waitFor()
    await page.getByText('nina,').waitFor()
    await page.getByRole('region', { name: 'Кому и когда сообщили' }).getByText('Ольга Петрова').waitFor()
    const phone = await browser.open(server, { screen: 'phone', scheme: 'dark' })
    await openAs(phone, server.url, dispatcher)
    for (const path of ['/events', '/deliveries', '/incidents', `/incidents/${encodeURIComponent('camera:Въезд')}`]) {
      await openPage(phone, path)
      expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      await expectAccessible(phone)
    }
    await receiver.close()
  })
})
