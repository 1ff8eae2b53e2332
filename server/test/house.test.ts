import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/*
 * Rules of the house that no linter knows. A rule that has to be broken is broken here, with its reason, where the next
 * reader finds it.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const FOLDERS = ['api', 'client', 'server', 'web', 'bench', 'demo', 'examples'].filter((folder) =>
  existsSync(join(ROOT, folder)),
)
const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
).filter((path) => !/(^|\/)(node_modules|dist(\.\d+)?|results)\//.test(path))

const isTest = (path: string): boolean => /\.test\.tsx?$|\/test\//.test(path)
const CODE = FILES.filter((path) => /\.(tsx?|m[jt]s)$/.test(path))
const SOURCES = CODE.filter((path) => !isTest(path))
const SERVER = SOURCES.filter((path) => path.startsWith('server/src/'))
const WEB = SOURCES.filter((path) => path.startsWith('web/src/'))

/** Lines of code with what they are about; comments are left out, they may speak of anything. */
const matches = (path: string, pattern: RegExp): string[] =>
  read(path)
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
    )

describe('files', () => {
  const LONGEST = 350
  const LONGEST_TEST = 500
  /** Longer ones, each with the reason why it is not two. */
  const LONGER: Readonly<Record<string, string>> = {
    'server/src/store/store.ts': 'the port: what the store is asked, in one place, mostly comments and types',
    'server/src/move/tables.ts': 'every table and column of both stores, in one place',
  }

  const length = (path: string): number => read(path).split('\n').length - 1

  it('are at most 350 lines long, tests 500, unless it says here why not', () => {
    const long = CODE.filter((path) => length(path) > (isTest(path) ? LONGEST_TEST : LONGEST))
    expect(long.filter((path) => !(path in LONGER))).toEqual([])
  })

  it('that were cut short are taken from the list', () => {
    expect(Object.keys(LONGER).filter((path) => !SOURCES.includes(path) || length(path) <= LONGEST)).toEqual([])
  })

  it('hold nothing that is left to be done', () => {
    const left = CODE.filter((path) => path !== 'server/test/house.test.ts').flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) => (/\b(TODO|FIXME|HACK)\b/.test(line) ? [`${path}:${index + 1}`] : [])),
    )
    expect(left).toEqual([])
  })

  it('pass nothing on wholesale: a name is imported from where it stands', () => {
    expect(SOURCES.flatMap((path) => matches(path, /^export \*/))).toEqual([])
  })

  it('are in Latin letters and kebab-case', () => {
    expect(CODE.filter((path) => !/^[a-z0-9./-]+$/.test(path))).toEqual([])
  })

  it('of tests skip none: one that cannot run somewhere is not registered there, and says why', () => {
    const tests = CODE.filter((path) => isTest(path) && path !== 'server/test/house.test.ts')
    expect(tests.flatMap((path) => matches(path, /\b(skipIf|runIf|todo)\(|\.(skip|only)\(|\bskip\(\)/))).toEqual([])
  })

  it.each(['.ci/run', 'server/nabat.mjs'])('%s can be executed', (path) => {
    expect(() => accessSync(join(ROOT, path), constants.X_OK)).not.toThrow()
  })
})

describe('the server', () => {
  it('takes time and randomness from clock.ts alone', () => {
    const allowed = new Set(['server/src/clock.ts'])
    const found = SERVER.filter((path) => !allowed.has(path)).flatMap((path) =>
      matches(path, /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|\brandomUUID\(/),
    )
    expect(found).toEqual([])
  })

  it('writes to its log, and commands to their terminal', () => {
    expect(SERVER.flatMap((path) => matches(path, /\bconsole\.(?!ts')/))).toEqual([])
  })

  it('names no kind of channel in the pipeline', () => {
    const pipeline = SERVER.filter((path) => path.startsWith('server/src/pipeline/'))
    expect(pipeline.flatMap((path) => matches(path, /['"](telegram|smtp|mattermost|webhook)['"]/))).toEqual([])
  })
})

describe('the console', () => {
  const LONGEST_COMPONENT = 200

  it('has components of at most 200 lines', () => {
    const long = WEB.filter((path) => path.endsWith('.tsx')).flatMap((path) => {
      const lines = read(path).split('\n')
      return lines.flatMap((line, index) => {
        const name = /^(?:export )?function ([A-Z]\w*)/.exec(line)?.[1]
        const size = name === undefined ? 0 : lines.indexOf('}', index) - index + 1
        return size > LONGEST_COMPONENT ? [`${path}: ${name}, ${size} lines`] : []
      })
    })
    expect(long).toEqual([])
  })

  it('says nothing that is not in its words, where both languages stand side by side', () => {
    const spoken = WEB.filter((path) => path.endsWith('.tsx'))
    // Names of languages are in their own, whatever the language of the rest.
    const allowed = /'Русский'/
    expect(spoken.flatMap((path) => matches(path, /[А-Яа-яЁё]{2}/)).filter((line) => !allowed.test(line))).toEqual([])
  })

  it('writes no markup of its own, and asks the browser nothing in a window of its own', () => {
    expect(
      WEB.flatMap((path) => matches(path, /dangerouslySetInnerHTML|\.innerHTML|\b(alert|confirm|prompt)\(/)),
    ).toEqual([])
  })
})

describe('dependencies', () => {
  const PACKAGES = [
    'package.json',
    'api/package.json',
    'client/package.json',
    'server/package.json',
    'web/package.json',
  ]
  const PAGE = read('docs/dependencies.md')
  const manifest = (path: string) =>
    JSON.parse(read(path)) as {
      name: string
      dependencies?: Record<string, string>
      devDependencies?: Record<string, string>
      peerDependencies?: Record<string, string>
    }

  it.each(PACKAGES)('of %s have one exact version each', (path) => {
    const { dependencies, devDependencies } = manifest(path)
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(loose).toEqual([])
  })

  it.each([
    ['package.json', 'Root'],
    ['api/package.json', '@nabat/api'],
    ['client/package.json', '@nabat/client'],
    ['server/package.json', '@nabat/server'],
    ['web/package.json', '@nabat/web'],
  ])('of %s are on docs/dependencies.md, with their reasons, and no others are', (path, heading) => {
    const section = PAGE.split(/\n## /).find((part) => part.startsWith(`${heading}\n`)) ?? ''
    const rows = Array.from(section.matchAll(/^\| (\S+) \| (.+) \| (.+) \|$/gm)).filter(
      ([, name]) => name !== 'package',
    )
    const documented = rows.map(([, name]) => name!)
    expect(documented.toSorted()).toEqual(Object.keys(manifest(path).dependencies ?? {}).toSorted())
  })

  /** What the dependencies of a workspace ask for without bringing it. */
  const askedFor = (folder: string): string[] =>
    Object.keys(manifest(`${folder}/package.json`).dependencies ?? {}).flatMap((name) => {
      const places = [`${folder}/node_modules/${name}/package.json`, `node_modules/${name}/package.json`]
      const found = places.find((path) => existsSync(join(ROOT, path)))
      return Object.keys(found === undefined ? {} : (manifest(found).peerDependencies ?? {}))
    })

  it.each(['api', 'client', 'server', 'web'])('of %s are really used, or asked for by others that are', (folder) => {
    const code = CODE.filter((path) => path.startsWith(`${folder}/`)).map(read)
    const peers = askedFor(folder)
    const unused = Object.keys(manifest(`${folder}/package.json`).dependencies ?? {}).filter(
      (name) =>
        !peers.includes(name) &&
        !code.some((text) => new RegExp(`['"]${name.replaceAll('.', '\\.')}(/[^'"]*)?['"]`).test(text)),
    )
    expect(unused).toEqual([])
  })
})
