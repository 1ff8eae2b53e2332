// Writes the generated pages of docs/. With --check it writes nothing and fails when a page is not what it would write.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CATALOG } from '@nabat/api/catalog/catalog.ts'
import { cataloguePage } from './src/catalogue-page.ts'

const PAGES = { 'docs/catalogue.md': () => cataloguePage(CATALOG) }

const check = process.argv.includes('--check')
for (const [path, write] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  const page = write()
  if (!check) {
    await writeFile(file, page)
    console.log(`${path} written`)
  } else if (page !== (await readFile(file, 'utf8').catch(() => ''))) {
    console.error(`${path} is not what the code says: run "npm run docs" and commit it.`)
    process.exitCode = 1
  }
}
