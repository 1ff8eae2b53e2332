import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { useBrowser } from '../support/browser.ts'
import { openAs, openPage } from '../support/chromium.ts'
import { startOn } from '../support/console-server.ts'
import { administrator } from '../support/signed-in.ts'

/* The server is brought up to date while the console is open. */

const browser = useBrowser()
const NEXT = 'feedfeedfeedfeed'

/** In front of a server: from when it is told, the console it gives out is of another version. */
async function startFront(url: string): Promise<{ readonly url: string; update(): void }> {
  let updated = false
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const onward = request(`${url}${asked.url}`, {
      method: asked.method,
      headers: { ...asked.headers, 'accept-encoding': 'identity', 'if-none-match': '' },
    })
    asked.pipe(onward)
    const [given] = (await once(onward, 'response')) as [IncomingMessage]
    const { 'content-length': _length, etag: _etag, ...headers } = given.headers
    answer.writeHead(given.statusCode!, headers)
    if (!updated || !(asked.url === '/sw.js' || given.headers['content-type']?.startsWith('text/html') === true))
      return void given.pipe(answer)
    const says = await text(given)
    answer.end(says.replaceAll(/(?<=version" content="|"version":")[0-9a-f]{16}/g, NEXT))
  }
  const server = createServer((asked, answer) => void pass(asked, answer).catch(() => answer.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    update: () => void (updated = true),
  }
}

it('a newer console waits until a window asks for it; the others go on, and are told as well', async () => {
  const server = await startOn('sqlite')
  const front = await startFront(server.url)
  const window = await browser.open(front, { worker: true })
  await openAs(window, front.url, await administrator(server))
  const { page, context } = window
  const versionOf = (one: typeof page) => one.locator('meta[name="nabat-version"]').getAttribute('content')
  await openPage(window, '/incidents')
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  const other = await context.newPage()
  await other.goto('/silences')
  await other.getByRole('heading', { level: 1 }).waitFor()
  const before = await versionOf(page)

  front.update()
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.update())
  const notice = page.getByRole('status').getByText('Есть новая версия консоли')
  await notice.waitFor()
  expect(await versionOf(page)).toBe(before)
  await page.getByRole('button', { name: 'Обновить' }).click()
  await page.waitForFunction((next) => document.querySelector(`meta[content="${next}"]`) !== null, NEXT)
  await page.getByRole('heading', { level: 1, name: 'Инциденты' }).waitFor()
  await notice.waitFor({ state: 'hidden' })

  // The other window is as it was, opens pages it has not opened yet, and may follow when it likes.
  expect(await versionOf(other)).toBe(before)
  await other.getByRole('status').getByText('Есть новая версия консоли').waitFor()
  await other.getByRole('link', { name: 'Ключи API' }).click()
  await other.getByRole('heading', { level: 1, name: 'Ключи API' }).waitFor()
  await other.getByRole('button', { name: 'Обновить' }).click()
  await other.waitForFunction((next) => document.querySelector(`meta[content="${next}"]`) !== null, NEXT)
})
