import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const DIST = fileURLToPath(new URL('../../../web/dist', import.meta.url))
const MOST = 300 * 1024

/** Files of the console that are loaded before the first page is asked for: what the document names, and what that imports. */
async function firstLoad(): Promise<string[]> {
  const page = await readFile(join(DIST, 'index.html'), 'utf8')
  const found = new Set(Array.from(page.matchAll(/(?:src|href)="\/([^"]+)"/g), ([, path]) => path!))
  for (const path of found) {
    if (!path.endsWith('.js')) continue
    const code = await readFile(join(DIST, path), 'utf8')
    // Imported at once: import…from"./x.js" and import"./x.js"; not import("./x.js").
    for (const [, name] of code.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) found.add(`assets/${name!}`)
  }
  return ['index.html', ...found]
}

it('what the browser loads before the first page is at most 300 KB, compressed', async () => {
  const files = await firstLoad()
  expect(files.filter((path) => /^assets\/.*\.(js|css)$/.test(path)).length).toBeGreaterThan(1)
  const sizes = await Promise.all(
    files.map(async (path) => [path, gzipSync(await readFile(join(DIST, path)), { level: 9 }).length] as const),
  )
  const whole = sizes.reduce((sum, [, size]) => sum + size, 0)
  expect(whole, JSON.stringify(sizes.toSorted((one, other) => other[1] - one[1]))).toBeLessThanOrEqual(MOST)
})
