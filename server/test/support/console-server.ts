import { afterEach } from 'vitest'
import { dropDatabase, takeDatabase } from './postgres.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'

/** The stores the console is tried on; what differs between them is below the API, so most tests need one. */
export const STORES = ['sqlite', 'postgres'] as const
export type StoreName = (typeof STORES)[number]

/** What the tests of this file have started; taken down after each. */
const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each()
})

/** A server on one of the stores, for the rest of this test. */
export async function startOn(store: StoreName, options: TestServerOptions = {}): Promise<TestServer> {
  const database = store === 'postgres' ? await takeDatabase() : undefined
  if (database !== undefined) undo.push(() => dropDatabase(database))
  const settings =
    database === undefined ? {} : { NABAT_DATABASE_URL: database, NABAT_SECRET_KEY: 'the key of the console’s tests' }
  const server = await startTestServer({
    ...options,
    env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true', ...settings, ...options.env },
  })
  undo.push(() => server.stop())
  return server
}
