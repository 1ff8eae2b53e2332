import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

/** What a test needs besides npm packages: programs of Debian's. */
export interface Need {
  readonly what: string
  /** All of these are there when it is installed. */
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  /** Lines for debconf, so that nothing is asked and nothing is opened on the machine. */
  readonly answers: readonly string[]
}

export const POSTFIX: Need = {
  what: 'Postfix, a mail server of Debian (server/test/slow/postfix.test.ts)',
  programs: ['/usr/sbin/postfix', '/usr/sbin/saslpasswd2'],
  packages: ['postfix', 'sasl2-bin', 'libsasl2-modules', 'libsasl2-modules-db'],
  // "No configuration": the package must not open port 25 on the machine.
  answers: ['postfix postfix/main_mailer_type select No configuration'],
}

/** Everything the tests need; `npm test` names it before it begins. */
export const NEEDS: readonly Need[] = [POSTFIX]

export const isInstalled = (need: Need): boolean => need.programs.every((program) => existsSync(program))

/** Installs what is missing, saying so first; throws with the command for a person when it may not. */
export async function install(need: Need): Promise<void> {
  if (isInstalled(need)) return
  const command = `apt-get install ${need.packages.join(' ')}`
  if (process.getuid?.() !== 0) throw new Error(`The tests need ${need.what}. Install it as root: ${command}`)
  console.log(`Installing ${need.what}: ${command}`)
  const answers = need.answers.map((line) => `echo '${line}' | debconf-set-selections`).join('\n')
  const script = `${answers}\napt-get update -q && apt-get install -qy --no-install-recommends ${need.packages.join(' ')}`
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await promisify(execFile)('/bin/sh', ['-ec', script], { env, maxBuffer: 2 ** 26 })
}
