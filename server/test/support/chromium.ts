import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { Language } from '@nabat/api/text.ts'
import { chromiumProgram } from '../needs.ts'
import type { SignedIn } from './signed-in.ts'

/*
 * Chromium, and one look at the console in it. Whatever the console does wrong behind the picture is collected: errors it
 * writes or throws, what the content security policy refused, answers 5xx.
 */

/** Nothing in the background, nothing over the network but what the page asks for; no sandbox, since tests may be root. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Containers have little of it.
  '--disable-dev-shm-usage',
]

/** Widths and heights the console is looked at. */
export const SCREENS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const

/** How somebody looks at the console. */
export interface Look {
  readonly language?: Language
  readonly screen?: keyof typeof SCREENS
  readonly scheme?: 'light' | 'dark'
  /** IANA, of the browser. */
  readonly timeZone?: string
  /** With the console's service worker, which others do without: it would keep the whole of it for every window. */
  readonly worker?: true
}

/** One window of its own, with cookies of its own. */
export interface Window {
  readonly context: BrowserContext
  readonly page: Page
  /** What has gone wrong behind the picture so far. */
  readonly problems: readonly string[]
  /** Problems like this one are expected here. */
  forgive(pattern: RegExp): void
}

/** Starts the browser; whoever starts it closes it. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumProgram(), headless: true, args: FLAGS })
}

/** Opens a window on a server; paths that `goto` is given may then begin with a slash. */
export async function openWindow(browser: Browser, url: string, look: Look = {}): Promise<Window> {
  const { language = 'ru', screen = 'wide', scheme = 'light', timeZone = 'Europe/Moscow' } = look
  const context = await browser.newContext({
    baseURL: url,
    locale: language === 'ru' ? 'ru-RU' : 'en-GB',
    viewport: SCREENS[screen],
    colorScheme: scheme,
    timezoneId: timeZone,
    reducedMotion: 'reduce',
    hasTouch: screen === 'phone',
    isMobile: screen === 'phone',
    serviceWorkers: look.worker === true ? 'allow' : 'block',
  })
  const found: string[] = []
  const forgiven: RegExp[] = []
  await context.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
      console.error(`the policy refused ${effectiveDirective}: ${blockedURI} (${sourceFile}:${lineNumber})`),
    ),
  )
  context.on('weberror', (thrown) => {
    const { name, message, stack } = thrown.error()
    found.push(`thrown: ${name}: ${message} at ${thrown.page()?.url() ?? ''}\n${stack ?? ''}`)
  })
  context.on('console', (message) => {
    if (message.type() !== 'error') return
    const { url: from } = message.location()
    // A refusal of the API is an answer like others; 5xx are collected below.
    if (message.text().startsWith('Failed to load resource') && new URL(from).pathname.startsWith('/api/')) return
    found.push(`console: ${message.text()} (${from})`)
  })
  context.on('response', (response) => {
    if (response.status() >= 500) found.push(`${response.status()}: ${response.request().method()} ${response.url()}`)
  })
  return {
    context,
    page: await context.newPage(),
    get problems() {
      return found.filter((problem) => !forgiven.some((pattern) => pattern.test(problem)))
    },
    forgive: (pattern) => void forgiven.push(pattern),
  }
}

/** Gives a window the session of somebody who has signed in (`signed-in.ts`): what it opens next, it opens as they. */
export async function openAs({ context }: Window, url: string, { cookie }: Pick<SignedIn, 'cookie'>): Promise<void> {
  const [name, value] = cookie.split('=', 2)
  await context.addCookies([{ name: name!, value: value!, url, httpOnly: true, sameSite: 'Lax' }])
}

/** What is drawn while something is on its way. */
const LOADING = '[aria-busy="true"], .mantine-Loader-root, .mantine-Skeleton-root'

/** Opens a page and waits until all of it is there. */
export async function openPage({ page }: Window, path: string): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForFunction((selector) => document.querySelector(selector) === null, LOADING)
}
