// `npm run demo`. npm puts the Node of the package "node" in front; whoever calls this file by hand may have another.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`The demonstration runs on Node 24, this is ${process.version}: run "npm run demo".\n`)
  process.exit(1)
}
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/nabat', import.meta.url)))
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2), process.env)
