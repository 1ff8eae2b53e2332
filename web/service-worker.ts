import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'

/** In the code of the worker, where the list of files goes. */
const BUILD = /\bNABAT_BUILD\b/
/** In the page, where the version goes. */
const VERSION = 'NABAT_VERSION'
const PAGE = 'index.html'

/**
 * Builds the service worker (src/worker) as `sw.js`, with the names of the files it keeps written into it, and puts a
 * version into it and into the page, by which both know whether they are of the same build.
 */
export function serviceWorker(): Plugin {
  let root = ''
  let publicDir = ''
  return {
    name: 'nabat:service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root
      publicDir = config.publicDir
    },
    generateBundle: {
      // The page is there by then.
      order: 'post',
      async handler(_options, bundle) {
        const page = bundle[PAGE]
        if (page?.type !== 'asset') throw new Error(`${PAGE} is not in the build`)
        const html = String(page.source)
        const worker = await codeOf(root)
        const pieces = Object.keys(bundle).filter((name) => name.startsWith('assets/'))
        const version = await versionOf([...pieces, html, worker], publicDir)
        const first = firstOf(html)
        const later = pieces.map((name) => `/${name}`).filter((path) => !first.includes(path))
        page.source = html.replaceAll(VERSION, version)
        const source = worker.replace(BUILD, () => JSON.stringify({ version, first, later }))
        this.emitFile({ type: 'asset', fileName: 'sw.js', source })
      },
    },
  }
}

/** What the page names, and what a notification shows. */
const firstOf = (html: string): string[] => [
  ...new Set(Array.from(html.matchAll(/(?:src|href)="(\/[^"]+)"/g), ([, path]) => path!)),
  '/icon-192.png',
  '/badge.png',
]

/** One classic script: not every browser that we support runs workers made of modules. */
async function codeOf(root: string): Promise<string> {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: join(root, 'src/worker/worker.ts'), formats: ['iife'], name: 'nabatWorker' },
    },
  })
  const [output] = Array.isArray(built) ? built : [built]
  if (output === undefined || !('output' in output)) throw new Error('The service worker was not built')
  return output.output[0].code
}

/** One value for all that the build consists of; names in it hold hashes of their contents. */
async function versionOf(parts: readonly string[], publicDir: string): Promise<string> {
  const hash = createHash('sha256')
  for (const part of parts.toSorted()) hash.update(`${part}\0`)
  for (const name of (await readdir(publicDir)).toSorted()) hash.update(await readFile(join(publicDir, name)))
  return hash.digest('hex').slice(0, 16)
}
