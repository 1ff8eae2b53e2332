import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { EVENT_LIMITS } from '@nabat/api/event.ts'
import { startTestServer } from './support/server.ts'

/*
 * What people deploy with: Dockerfile, compose.yaml, the unit of systemd, the example of nginx. Checked as far as it can be
 * without a container engine; by the programs themselves where they are installed.
 */

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'nabat-deploy-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SETTINGS = new Set(Array.from(read('docs/settings.md').matchAll(/^\| `(NABAT_\w+)`/gm), ([, name]) => name!))
const root = JSON.parse(read('package.json')) as {
  workspaces: string[]
  scripts: { start: string }
  dependencies: { node: string }
}
const START = root.scripts.start.replace(/^exec /, '')

describe.each(['Dockerfile', 'compose.yaml', 'deploy/nabat.service'])('%s', (path) => {
  it('names settings that there are', () => {
    const named = [...new Set(read(path).match(/NABAT_[A-Z_]+/g))]
    expect(named.length).toBeGreaterThan(1)
    expect(named.filter((name) => !SETTINGS.has(name))).toEqual([])
  })

  it('starts the server as npm start does', () => {
    const text = read(path).replaceAll(/", "/g, ' ')
    expect(text).toContain(START.replace(/^node /, ''))
  })
})

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
  const instructions = lines.map((line) => {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    return { name, rest: rest ?? '' }
  })
  const of = (name: string): string[] => instructions.filter((each) => each.name === name).map(({ rest }) => rest)
  const last = instructions.findLastIndex(({ name }) => name === 'FROM')
  /** What is copied from the repository. */
  const copied = of('COPY')
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => rest.split(' ').slice(0, -1))

  it('has nothing but instructions', () => {
    const known = ['ARG', 'FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENV', 'VOLUME', 'EXPOSE', 'HEALTHCHECK', 'CMD']
    expect(lines.filter((_, index) => !known.includes(instructions[index]!.name ?? ''))).toEqual([])
  })

  it('is built on the Node that the package brings', () => {
    expect(of('ARG')).toEqual([`NODE=${root.dependencies.node}`])
    for (const from of of('FROM')) expect(from).toMatch(/^node:\$\{NODE\}-[a-z]+-slim( AS (console|build))?$/)
  })

  it('copies what there is, every workspace of npm, and nothing that .dockerignore holds back', () => {
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    for (const workspace of root.workspaces)
      expect(copied).toEqual(expect.arrayContaining([workspace, `${workspace}/package.json`]))
    const [first, ...rest] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(first).toBe('*')
    const allowed = rest.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    expect(copied.filter((path) => !allowed.includes(path.split('/')[0]!))).toEqual([])
    expect(allowed.filter((path) => !copied.includes(path))).toEqual([])
  })

  it('ends as a user who is not root, in an image without what built it', () => {
    const end = instructions.slice(last)
    expect(end.findLast(({ name }) => name === 'USER')?.rest).toBe('node')
    expect(end.filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from=build '))).toEqual([])
    expect(of('RUN').find((rest) => rest.startsWith('npm '))).toContain('--omit=dev')
  })

  it('keeps its data on a volume that its user owns', () => {
    const [volume] = of('VOLUME')
    expect(of('ENV').join(' ')).toContain(`NABAT_DATA=${volume!}`)
    expect(of('RUN').some((rest) => rest.includes(`-o node -g node -m 0700 ${volume!}`))).toBe(true)
  })

  it('asks a server after its health in a way that a server answers', async () => {
    const [, command] = /CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0]!)!
    const [program, ...rest] = JSON.parse(command!) as [string, ...string[]]
    expect(program).toBe('node')
    const server = await startTestServer()
    const env = { ...process.env, NABAT_PORT: new URL(server.url).port }
    await run(process.execPath, rest, { env })
    await server.stop()
    await expect(run(process.execPath, rest, { env })).rejects.toMatchObject({ code: 1 })
  })
})

interface Service {
  readonly image: string
  readonly secrets?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: object
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

describe('compose.yaml', () => {
  const document = parseDocument(read('compose.yaml'), { merge: true, uniqueKeys: true })
  const compose = document.toJS() as {
    services: Record<string, Service>
    secrets: Record<string, { file: string }>
    volumes: Record<string, null>
  }
  const services = Object.entries(compose.services)
  const nodes = services.filter(([name]) => name.startsWith('node'))
  const orderOf = (depends: object | undefined): string[] =>
    Array.isArray(depends) ? (depends as string[]) : Object.keys(depends ?? {})

  it('is YAML, with keys that compose knows', () => {
    expect(document.errors).toEqual([])
    expect(Object.keys(compose)).toEqual(['name', 'x-node', 'services', 'secrets', 'volumes'])
    const known = new Set(
      'image build restart init stop_grace_period read_only tmpfs cap_drop security_opt depends_on environment secrets command ports shm_size volumes healthcheck profiles'.split(
        ' ',
      ),
    )
    expect(services.flatMap(([, each]) => Object.keys(each).filter((key) => !known.has(key)))).toEqual([])
  })

  it('has three nodes, each on a port of its own that others than this machine do not see', () => {
    expect(nodes).toHaveLength(3)
    const ports = nodes.flatMap(([, { ports: own }]) => own ?? [])
    expect(new Set(ports).size).toBe(3)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:8080$/)
  })

  it('names only services, secrets, volumes and files that there are', () => {
    for (const [name, { secrets, volumes, depends_on: first }] of services) {
      expect(
        orderOf(first).filter((each) => !(each in compose.services)),
        name,
      ).toEqual([])
      expect(
        (secrets ?? []).filter((each) => !(each in compose.secrets)),
        name,
      ).toEqual([])
      for (const from of (volumes ?? []).map((each) => each.split(':')[0]!))
        // The certificate is the operator's.
        if (from.startsWith('./')) expect(from === './deploy/tls' || existsSync(join(ROOT, from)), from).toBe(true)
        else expect(Object.keys(compose.volumes)).toContain(from)
    }
  })

  it('holds no secret: each is in a file that git does not take', () => {
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      const used = services.filter(([, { secrets }]) => secrets?.includes(name))
      expect(used.length, name).toBeGreaterThan(0)
      const ignored = read('.gitignore').split('\n')
      expect(
        ignored.some((line) => line.endsWith('/') && file.slice(1).startsWith(line)),
        file,
      ).toBe(true)
    }
  })

  it('gives nodes the address of the database by a command that a shell understands', async () => {
    const [, node] = nodes[0]!
    const [shell, flag, script] = node.command!
    expect([shell, flag]).toEqual(['sh', '-c'])
    // What compose would fill in itself has one dollar sign.
    expect(script!.replaceAll('$$', '')).not.toContain('$')
    writeFileSync(join(folder, 'password'), 'abc123\n')
    const shown = script!
      .replaceAll('$$', '$')
      .replace('/run/secrets/database_password', join(folder, 'password'))
      .replace(/exec .*/, 'echo "$NABAT_DATABASE_URL"')
    expect((await run(shell!, [flag!, shown])).stdout).toBe('postgres://nabat:abc123@postgres:5432/nabat\n')
    const { POSTGRES_USER: user, POSTGRES_DB: database } = compose.services['postgres']!.environment!
    expect([user, database]).toEqual(['nabat', 'nabat'])
  })
})

describe('deploy/nabat.service', () => {
  const unit = read('deploy/nabat.service')
  const lines = unit.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const valueOf = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1)

  it('has sections and settings, and runs what the repository has', () => {
    expect(lines.filter((line) => !/^(\[(Unit|Service|Install)\]|[A-Z]\w+=.*)$/.test(line))).toEqual([])
    const place = valueOf('WorkingDirectory')!
    const [program, , file] = valueOf('ExecStart')!.split(' ')
    expect(existsSync(join(ROOT, program!.replace(`${place}/`, '')))).toBe(true)
    expect(existsSync(join(ROOT, file!))).toBe(true)
    expect(lines).toContain(`Environment=NABAT_DATA=/var/lib/${valueOf('StateDirectory')!}`)
  })

  it('gives the server longer to stop than it takes', () => {
    const [, grace] = /GRACE_MS = ([\d_]+)/.exec(read('server/src/app.ts'))!
    expect(Number(valueOf('TimeoutStopSec')) * 1_000).toBeGreaterThan(Number(grace!.replaceAll('_', '')) + 5_000)
  })

  if (existsSync('/usr/bin/systemd-analyze'))
    it('is understood by systemd, what is commented out as well', async () => {
      const path = join(folder, 'nabat.service')
      const whole = unit.replaceAll('/opt/nabat', ROOT.replace(/\/$/, '')).replaceAll(/^#(?=[A-Z]\w+=)/gm, '')
      expect(whole).toContain('\nLoadCredential=')
      writeFileSync(path, whole)
      const { stderr } = await run('systemd-analyze', ['verify', '--man=no', path])
      expect(stderr.split('\n').filter((line) => line.includes('nabat.service'))).toEqual([])
    })
})

describe('deploy/nginx.conf', () => {
  const text = read('deploy/nginx.conf').replaceAll(/#.*$/gm, '')
  const sizeOf = (block: string): number =>
    Number(/client_max_body_size (\d+)m;/.exec(block)?.[1] ?? Number.NaN) * 1024 * 1024
  const blockOf = (location: string): string => {
    const start = text.indexOf(`location ${location} {`)
    return start === -1 ? '' : text.slice(start, text.indexOf('}', start))
  }
  /** A limit as it is written in the code: `NAME = 20 * 1024 * 1024`. */
  const limit = (path: string, name: string): number =>
    new RegExp(`const ${name} = ([\\d *]+)`)
      .exec(read(path))![1]!
      .split('*')
      .reduce((product, factor) => product * Number(factor), 1)

  it('has every block closed and every directive ended', () => {
    let depth = 0
    for (const line of text
      .split('\n')
      .map((each) => each.trim())
      .filter((each) => each !== '')) {
      expect(line, line).toMatch(/^(\}|[a-z_]+( [^;{}]+)?( \{|;))$/)
      depth += line.endsWith('{') ? 1 : line === '}' ? -1 : 0
    }
    expect(depth).toBe(0)
  })

  it('lets through what the server takes, and a little more, so that the server says what is too much', () => {
    const pairs: [number, number][] = [
      [sizeOf(text.slice(0, text.indexOf('location /'))), EVENT_LIMITS.body],
      [sizeOf(blockOf('/api/v1/files')), limit('server/src/http/routes/files.ts', 'LARGEST') + 64 * 1024],
      [sizeOf(blockOf('= /api/v1/apply')), limit('server/src/http/routes/configuration.ts', 'APPLY_LIMIT')],
    ]
    for (const [through, taken] of pairs) {
      expect(through).toBeGreaterThan(taken)
      expect(through).toBeLessThanOrEqual(taken + 1024 * 1024)
    }
  })

  it('hides the metrics, says who asks, and passes streams on at once', () => {
    expect(blockOf('= /metrics')).toContain('return 404;')
    expect(text).toContain('proxy_set_header X-Forwarded-For $remote_addr;')
    expect(blockOf('/')).toContain('proxy_buffering off;')
  })

  it('leads to the nodes of compose.yaml', () => {
    const addresses = Array.from(text.matchAll(/server (node\d):8080 /g), ([, name]) => name!)
    const nodes = Array.from(read('compose.yaml').matchAll(/^ {2}(node\d):$/gm), ([, name]) => name!)
    expect(addresses).toEqual(nodes)
  })

  if (existsSync('/usr/sbin/nginx'))
    it('is understood by nginx', async () => {
      for (const name of ['fullchain.pem', 'privkey.pem']) {
        const from = name === 'privkey.pem' ? 'mail-key.pem' : 'mail-cert.pem'
        writeFileSync(join(folder, name), read(`server/test/fixtures/${from}`))
      }
      mkdirSync(join(folder, 'logs'))
      // Sockets of our own: the ports of the example are not to be had by everybody, and may be taken.
      let sockets = 0
      const site = read('deploy/nginx.conf')
        .replaceAll(/node\d:8080/g, '127.0.0.1:8080')
        .replaceAll('/etc/nginx/tls', folder)
        .replaceAll(/listen (\[::\]:)?\d+/g, () => `listen unix:${folder}/${(sockets += 1)}`)
      writeFileSync(join(folder, 'site.conf'), site)
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder};`,
      )
      const whole = join(folder, 'nginx.conf')
      writeFileSync(
        whole,
        `pid ${folder}/pid; events {} http { access_log off; ${temporary.join(' ')} include site.conf; }`,
      )
      await run('/usr/sbin/nginx', ['-t', '-q', '-p', folder, '-c', whole])
    })
})
