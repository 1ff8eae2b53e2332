import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** They measure, or take what all processes share: one after another, with nothing beside them. */
const alone = ['nodes', 'backlog'].map((name) => `server/test/slow/${name}.test.ts`)
const slow = ['server/test/slow/**/*.test.ts']
const browser = ['server/test/browser/**/*.test.ts']

/** The longest first: whoever begins with them at the end waits for them with one core idle. */
const LONG = [
  ...['simulation/simulation', 'slow/kill', 'dry-run/equality', 'browser/access', 'browser/pages', 'browser/story'],
  ...['browser/profile', 'browser/templates', 'browser/inbox', 'browser/demo', 'browser/push', 'browser/people'],
  ...['browser/log', 'move/move', 'slow/start'],
]
const isLong = ({ moduleId }: TestSpecification): number => {
  const at = LONG.findIndex((name) => moduleId.endsWith(`${name}.test.ts`))
  return at < 0 ? LONG.length : at
}

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => isLong(a) - isLong(b))
  }
}

/**
 * `quick` needs nothing installed but PostgreSQL; `browser` looks at the console in Chromium; `slow` starts real processes
 * and Debian's servers; `alone` is those of them that want the machine for themselves.
 */
export default defineConfig({
  test: {
    // Two at once, on a large machine too: what a test says of time should not depend on how many others run beside it.
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
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
          // A second, as it is otherwise, is not much for a page on a busy machine.
          expect: { poll: { timeout: 15_000 } },
        },
      },
      { test: { name: 'slow', include: slow, exclude: alone, testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          ...{ name: 'alone', include: alone, testTimeout: 120_000, hookTimeout: 120_000 },
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
