import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { axeViolations } from './axe.ts'
import { openWindow, startChromium, type Look, type Window } from './chromium.ts'
import type { TestServer } from './server.ts'

/** Where pictures of the last moment of failed tests are put. */
const FAILED = fileURLToPath(new URL('../../../node_modules/.cache/nabat/browser', import.meta.url))

export interface TestBrowser {
  /**
   * Opens a window on a server, for the rest of this test. At its end the test fails when something has gone wrong behind
   * the picture; when it failed anyway, a picture of that moment is kept.
   */
  open(server: Pick<TestServer, 'url'>, look?: Look): Promise<Window>
}

/** The browser of a test file: called once, at its top. Each test gets windows of its own. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser?.close())
  return {
    async open(server, look) {
      const window = await openWindow(browser!, server.url, look)
      onTestFinished(async ({ task }) => {
        if (task.result?.state === 'fail') {
          const name = task.name.replaceAll(/[^\p{L}\d]+/gu, '-').slice(0, 80)
          await window.page.screenshot({ path: join(FAILED, `${name}.png`), timeout: 5_000 }).catch(() => undefined)
        }
        await window.context.close()
        expect(window.problems).toEqual([])
      })
      return window
    },
  }
}

/** Fails with what axe finds wrong with the page as it is now. */
export async function expectAccessible({ page }: Pick<Window, 'page'>, within?: string): Promise<void> {
  expect(await axeViolations(page, within)).toEqual([])
}
