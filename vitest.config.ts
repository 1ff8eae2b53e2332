import { defineConfig } from 'vitest/config'

const slow = ['server/test/slow/**/*.test.ts']

/** `quick` runs in seconds without anything installed; `slow` starts real processes and Debian's servers. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          include: ['{api,client,server,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...slow],
        },
      },
      { test: { name: 'slow', include: slow, testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
})
