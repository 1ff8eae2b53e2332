import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { install, POSTFIX as NEED } from '../needs.ts'
import { until } from '../until.ts'
import { MAIL_CERTIFICATE } from './mail.ts'
import { parseLetter, type ParsedLetter } from './mime.ts'

/*
 * Debian's Postfix as an instance of its own: configuration, queue, log and mailbox in a temporary folder, on free ports
 * of the loopback address. Whatever Postfix the machine runs besides is neither read nor touched.
 */

const run = promisify(execFile)
const POSTFIX = '/usr/sbin/postfix'
const HOST = 'mail.nabat.test'

/** A running Postfix. */
export interface Postfix {
  /** STARTTLS, and a login only after it. */
  readonly starttlsPort: number
  /** TLS from the first byte. */
  readonly tlsPort: number
  readonly user: string
  readonly password: string
  /** The certificate, self-signed for localhost; it may serve as own CA. */
  readonly ca: string
  /** Waits for the letter with this Message-ID to lie in the mailbox of `…@example.ru`. */
  delivered(messageId: string): Promise<ParsedLetter>
  stop(): Promise<void>
}

/** Starts it; installs the packages first where they are missing, saying so. */
export async function startPostfix(): Promise<Postfix> {
  await install(NEED)
  const folder = await mkdtemp(join(tmpdir(), 'nabat-postfix-'))
  // Postfix gives up its rights early: every folder on the way must let others through.
  await chmod(folder, 0o755)
  const [starttlsPort, tlsPort] = [await freePort(), await freePort()]
  const [user, password] = ['nabat', 'postfix-password']
  await configure(folder, starttlsPort, tlsPort)
  await login(folder, user, password)
  const postfix = (command: string): Promise<unknown> => run(POSTFIX, ['-c', join(folder, 'etc'), command])
  const stop = async (): Promise<void> => {
    await postfix('stop').catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await postfix('start')
    await until(() => answers(starttlsPort), 30_000, 'Postfix with STARTTLS')
    await until(() => answers(tlsPort), 30_000, 'Postfix with TLS')
  } catch (error) {
    const log = await readFile(join(folder, 'log'), 'utf8').catch(() => 'no log')
    await stop()
    throw new Error(`Postfix did not start: ${log}`, { cause: error })
  }
  return {
    starttlsPort,
    tlsPort,
    user,
    password,
    ca: MAIL_CERTIFICATE,
    delivered: (messageId) =>
      until(() => findLetter(join(folder, 'mail', 'inbox', 'new'), messageId), 30_000, `the letter ${messageId}`),
    stop,
  }
}

async function configure(folder: string, starttlsPort: number, tlsPort: number): Promise<void> {
  const owner = await idOf('postfix')
  for (const name of ['etc', 'etc/sasl', 'queue', 'data', 'mail']) await mkdir(join(folder, name))
  for (const name of ['mail-cert.pem', 'mail-key.pem'])
    await copyFile(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)), join(folder, 'etc', name))
  await run('chown', [`${owner.uid}:${owner.gid}`, join(folder, 'data'), join(folder, 'mail')])
  await writeFile(join(folder, 'etc', 'main.cf'), mainCf(folder, owner))
  await writeFile(join(folder, 'etc', 'master.cf'), masterCf(starttlsPort, tlsPort))
}

const mainCf = (folder: string, owner: { uid: number; gid: number }): string => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = ${HOST}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.ru
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_minimum_uid = 1
virtual_uid_maps = static:${owner.uid}
virtual_gid_maps = static:${owner.gid}
smtpd_tls_cert_file = ${folder}/etc/mail-cert.pem
smtpd_tls_key_file = ${folder}/etc/mail-key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = ${HOST}
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
`

const masterCf = (starttlsPort: number, tlsPort: number): string => `
127.0.0.1:${starttlsPort} inet n - n - - smtpd
127.0.0.1:${tlsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

/** A login in a database of our own, which Postfix reads itself: no daemon of SASL is needed. */
async function login(folder: string, user: string, password: string): Promise<void> {
  const database = join(folder, 'data', 'sasldb2')
  const child = run('/usr/sbin/saslpasswd2', ['-p', '-c', '-f', database, '-u', HOST, user])
  child.child.stdin?.end(password)
  await child
  await run('chown', ['postfix', database])
  // Debian's Postfix looks into the folder `sasl` beside main.cf, whatever cyrus_sasl_config_path says.
  await writeFile(
    join(folder, 'etc', 'sasl', 'smtpd.conf'),
    `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: ${database}\n`,
  )
}

async function idOf(user: string): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, user])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

async function findLetter(folder: string, messageId: string): Promise<ParsedLetter | undefined> {
  for (const name of await readdir(folder).catch(() => [])) {
    const letter = parseLetter(await readFile(join(folder, name)))
    if (letter.headers.get('message-id') === messageId) return letter
  }
  return undefined
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
