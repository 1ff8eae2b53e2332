// What `npm install` does at its end (the script `prepare`): builds the console when it is not up to date, and compiles
// the server once, so that the first start is as quick as the others.
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { buildConsole } from '../web/build.mjs'

if (Number(process.versions.node.split('.')[0]) < 24) {
  // npm puts the Node of the package "node" in front; whoever calls this file by hand may have another.
  console.error(`Nabat is prepared by Node 24, this is ${process.version}: run "npm install".`)
  process.exit(1)
}
if (await buildConsole()) console.log('The console is built: web/dist')
// After the build: what built it is not needed again.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/nabat', import.meta.url)))
for (const path of ['./src/main.ts', './src/commands/serve.ts', './src/channels/mail/pool.ts'])
  await import(path).catch((error) => console.error(`The server will not start: ${error.message}`))
