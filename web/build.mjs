// Builds the console into web/dist, when what it is made from has changed since; `--anew` builds it in any case.
// `npm install` calls it (the script `prepare` of the root), and so do the tests that open the console in a browser.
import { createHash } from 'node:crypto'
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const dist = join(here, 'dist')
/** What the console is made from, from here. Versions of packages stand in package.json, exact. */
const SOURCES = [
  'src',
  'public',
  'index.html',
  'package.json',
  'vite.config.ts',
  'compressed.ts',
  'service-worker.ts',
  'build.mjs',
  'tsconfig.json',
  '../tsconfig.json',
  '../api/src',
]
/** What `web/dist` was made from. Content, not times: a checkout or an unpacked archive has times of its own. */
const STAMP = '.sources'
/** Names of the assets this build has made itself. */
const OWN = '.assets'

/** Builds what is not there or not up to date; says whether it did. */
export async function buildConsole({ anew = false, log = 'warn' } = {}) {
  const sources = await digest()
  if (!anew && sources === (await readFile(join(dist, STAMP), 'utf8').catch(() => ''))) return false
  // Built beside and put in place at the end: what is there serves until then, and a build that broke off is none.
  const made = join(here, `dist.${process.pid}`)
  // Vite keeps what is set, and React's other builds are larger and slower: whoever installs or tests may have set it.
  const { NODE_ENV } = process.env
  try {
    process.env.NODE_ENV = 'production'
    const { build } = await import('vite')
    await build({ root: here, logLevel: log, build: { outDir: `dist.${process.pid}` } })
    await keepLast(made)
    await writeFile(join(made, STAMP), sources)
    const last = `${made}.last`
    await rename(dist, last).catch(ignoreMissing)
    await rename(made, dist)
    await rm(last, { recursive: true, force: true })
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
    await rm(made, { recursive: true, force: true })
  }
  return true
}

/**
 * Keeps what the last build has made: a console that is open in a browser, or a server that has not been started again
 * yet, asks for pages by the names of the build it is of.
 */
async function keepLast(made) {
  const own = await readdir(join(made, 'assets'))
  await writeFile(join(made, OWN), own.join('\n'))
  const last = (await readFile(join(dist, OWN), 'utf8').catch(() => '')).split('\n')
  for (const name of last.filter((each) => each !== '' && !own.includes(each)))
    await copyFile(join(dist, 'assets', name), join(made, 'assets', name)).catch(ignoreMissing)
}

function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error
}

/** One value of all sources: names and contents. */
async function digest() {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const path of await filesOf(join(here, source))) {
      hash.update(`${path.slice(here.length)}\0`)
      hash.update(await readFile(path))
    }
  }
  return hash.digest('hex')
}

/** The files of a folder, the file itself, or nothing, in an order that is the same everywhere. */
async function filesOf(path) {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path]
    if (error.code === 'ENOENT') return []
    throw error
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const built = await buildConsole({ anew: process.argv.includes('--anew') })
  console.log(built ? 'The console is built: web/dist' : 'The console is up to date: web/dist')
}
