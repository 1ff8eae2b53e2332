#!/usr/bin/env node
// The launcher. Nabat's TypeScript runs as it is under Node 24, which comes as the npm package `node`; started by an
// older Node (a global `npx nabat`, say) this file hands over to that one.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const major = Number(process.versions.node.split('.')[0])

if (major >= 24) {
  module.enableCompileCache(join(here, '..', 'node_modules', '.cache', 'nabat'))
  const { main } = await import('./src/main.ts')
  process.exitCode = await main(process.argv.slice(2), process.env)
} else {
  const node24 = [join(here, '../node_modules/node/bin/node'), join(here, '../../node/bin/node')].find(existsSync)
  if (node24 === undefined) {
    process.stderr.write(
      `Nabat needs Node 24, this is ${process.version}: run "npm install" here, it brings Node 24 as the package "node".\n`,
    )
    process.exit(1)
  }
  const child = spawn(node24, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1))
}
