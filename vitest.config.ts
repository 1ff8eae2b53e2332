import { defineConfig } from 'vitest/config'

const slow = ['server/test/slow/**/*.test.ts']
const browser = ['server/test/browser/**/*.test.ts']

/**
 * `quick` runs in seconds without anything installed; `browser` looks at the console in Chromium; `slow` starts real
 * processes and Debian's servers.
 */
export default defineConfig({
  test: {
    // Two at once, on a large machine too: what a test says of time should not depend on how many others run beside it.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'quick',
          include: ['{api,client,server,web,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', ...slow, ...browser],
          globalSetup: ['server/test/support/postgres-setup.ts'],
          // Some post a hundred events to a real server; a busy machine takes its time for as many commits.
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: browser,
          globalSetup: ['server/test/support/postgres-setup.ts', 'server/test/support/console-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // One file after another, after the quick ones: they measure, kill processes and take fixed ports.
        test: { name: 'slow', include: slow, testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
      },
    ],
  },
})
