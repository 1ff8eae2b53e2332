import { buildConsole } from '../../../web/build.mjs'

/** Called by vitest before the first test of the console: builds it when it has changed since it was built. */
export default async function setUp(): Promise<void> {
  await buildConsole()
}
