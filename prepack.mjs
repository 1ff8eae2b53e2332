/*
 * Packing of the published packages (api, client). Here they are used from their sources; Node runs no TypeScript inside
 * node_modules, so what is published is built into dist, and for as long as npm packs, `exports` of package.json are the
 * ones under `published`.
 *
 *   prepack:  node ../prepack.mjs           postpack:  node ../prepack.mjs restore
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const OWN = 'package.json'
const KEPT = 'package.json.kept'

// A pack that broke off has left the kept one behind.
if (existsSync(KEPT)) renameSync(KEPT, OWN)

if (process.argv[2] !== 'restore') {
  rmSync('dist', { recursive: true, force: true })
  execFileSync('tsc', ['-p', 'tsconfig.dist.json'], { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  const text = readFileSync(OWN, 'utf8')
  const { published, scripts: _scripts, ...manifest } = JSON.parse(text)
  writeFileSync(KEPT, text)
  writeFileSync(OWN, `${JSON.stringify({ ...manifest, ...published }, null, 2)}\n`)
}
