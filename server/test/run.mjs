// What `npm test` runs: says what the tests need and installs what is missing, then runs all of them, quick and slow.
// Arguments go to vitest: `npm test -- server/src/pipeline` runs those alone. The last line is the sum.
import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, isInstalled, NEEDS } from './needs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A run that hangs is ended, so that whoever waits for the closing line gets it. The tests take about fifteen minutes on two cores. */
const LONGEST_MS = 20 * 60_000
const summary = join(root, 'node_modules/.cache/nabat/tests.json')

for (const need of NEEDS) console.log(`The tests need ${need.what}: ${isInstalled(need) ? 'it is here' : 'missing'}`)
for (const need of NEEDS) {
  try {
    await install(need)
  } catch (error) {
    // The test that needs it fails and says so as well; the others are worth running.
    console.log(error.message)
  }
}

await mkdir(join(root, 'node_modules/.cache/nabat'), { recursive: true })
await rm(summary, { force: true })
const code = await runVitest()
const { passed, failed, skipped } = await count(code)
if (skipped > 0) console.log(`${skipped} skipped`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = code

function runVitest() {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${summary}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal))
  const limit = setTimeout(() => {
    console.log(`The tests did not end in ${LONGEST_MS / 60_000} minutes`)
    child.kill('SIGKILL')
  }, LONGEST_MS)
  return new Promise((resolve) => {
    child.on('exit', (status) => {
      clearTimeout(limit)
      resolve(status ?? 1)
    })
  })
}

/** Sums up vitest's own summary. A file that could not be loaded, or an error outside every test, is a failure too. */
async function count(status) {
  const text = await readFile(summary, 'utf8').catch(() => '')
  if (text === '') return { passed: 0, failed: 1, skipped: 0 }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(text)
  const broken = testResults.filter(
    ({ status: state, assertionResults }) =>
      state === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = numFailedTests + broken.length
  return {
    passed: numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  }
}
