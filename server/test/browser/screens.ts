/*
 * `npm run screens`: pictures of every page of the console, at both widths, light and dark, in ./screens. Arguments are
 * beginnings of paths: `npm run screens -- /events /rules` draws those alone.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildConsole } from '../../../web/build.mjs'
import { openAs, openPage, openWindow, SCREENS, startChromium } from '../support/chromium.ts'
import { furnish } from './furnished.ts'
import { addressesOf, consolePaths } from './paths.ts'

const FOLDER = fileURLToPath(new URL('../../../screens', import.meta.url))
/** Longer pages are cut: nobody looks at more. */
const TALLEST = 2_000
/** A page that is not there by then is drawn as it is. */
const PATIENCE_MS = 10_000

const wanted = process.argv.slice(2)
await buildConsole()
await using house = await furnish()
const browser = await startChromium()
const addresses = addressesOf(await consolePaths(), house.examples).filter(
  ({ path }) => wanted.length === 0 || wanted.some((beginning) => path.startsWith(beginning)),
)
if (wanted.length === 0) await rm(FOLDER, { recursive: true, force: true })
await mkdir(FOLDER, { recursive: true })

const pictures: { path: string; file: string }[] = []
let mistakes = 0
for (const screen of Object.keys(SCREENS) as (keyof typeof SCREENS)[])
  for (const scheme of ['light', 'dark'] as const) {
    const look = { screen, scheme } as const
    for (const { path, address, open } of addresses) {
      const window = await openWindow(browser, house.server.url, look)
      window.page.setDefaultTimeout(PATIENCE_MS)
      if (!open) await openAs(window, house.server.url, house.administrator)
      const file = `${path.replaceAll(/[^a-z0-9]+/g, '-').replace(/^-/, '')}-${screen}-${scheme}.png`
      const late = await openPage(window, address).then(
        () => [],
        (error: Error) => [error.message.split('\n')[0]!],
      )
      const height = await window.page.evaluate(() => document.documentElement.scrollHeight)
      const { width } = SCREENS[screen]
      await window.page.setViewportSize({ width, height: Math.min(TALLEST, Math.max(height, SCREENS[screen].height)) })
      await window.page.screenshot({ path: join(FOLDER, file) })
      const problems = [...late, ...window.problems]
      for (const problem of problems) console.error(`${path} (${screen}, ${scheme}): ${problem}`)
      mistakes += problems.length
      pictures.push({ path, file })
      await window.context.close()
    }
    console.log(`${screen}, ${scheme}: ${addresses.length} pages`)
  }
await browser.close()

const rows = addresses.map(({ path }) => {
  const own = pictures.filter((picture) => picture.path === path)
  const images = own.map(({ file }) => `<a href="${file}"><img loading="lazy" src="${file}" alt="${file}"></a>`)
  return `<h2>${path}</h2><div>${images.join('')}</div>`
})
await writeFile(
  join(FOLDER, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Screens</title><style>body{font-family:sans-serif;margin:2rem}
div{display:flex;gap:1rem;align-items:start;overflow:auto}img{max-height:600px;border:1px solid #888}</style>${rows.join('\n')}`,
)
console.log(`${pictures.length} pictures in ${FOLDER}, ${mistakes} mistakes behind them`)
process.exitCode = mistakes === 0 ? 0 : 1
