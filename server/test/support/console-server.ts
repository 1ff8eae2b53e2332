import { onTestFinished } from 'vitest'
import { dropDatabase, takeDatabase } from './postgres.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'

/** The stores the console is tried on; what differs between them is below the API, so most tests need one. */
export const STORES = ['sqlite', 'postgres'] as const
export type StoreName = (typeof STORES)[number]

/**
 * A server on one of the stores, for the rest of this test: it is stopped after the windows that look at it are closed, which
 * would otherwise complain that it is gone.
 */
export async function startOn(store: StoreName, options: TestServerOptions = {}): Promise<TestServer> {
  const database = store === 'postgres' ? await takeDatabase() : undefined
  const settings =
    database === undefined ? {} : { NABAT_DATABASE_URL: database, NABAT_SECRET_KEY: 'the key of the console’s tests' }
  const server = await startTestServer({
    ...options,
    env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true', ...settings, ...options.env },
  })
  // Called last begun first: the windows come before it.
  onTestFinished(async () => {
    await server.stop()
    if (database !== undefined) await dropDatabase(database)
  })
  return server
}
