import { readFileSync } from 'node:fs'

const PACKAGE = new URL('../../package.json', import.meta.url)
/** What the console was built from (web/build.mjs). */
const CONSOLE = new URL('../../../web/dist/.sources', import.meta.url)
const ENOUGH = 12

/** Names what is running: the version of the package and the build of the console, so far as one is there. */
export function runningVersion(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }
  try {
    return `${version}+${readFileSync(CONSOLE, 'utf8').slice(0, ENOUGH)}`
  } catch {
    return version
  }
}
