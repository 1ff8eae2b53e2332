import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { CATALOG } from '@nabat/api/catalog/catalog.ts'
import { CHANNEL_KINDS, type ChannelKindName } from '@nabat/api/channel.ts'
import { CONDITION_FIELDS, OPERATORS } from '@nabat/api/condition.ts'
import { ROLES, SECTION_NAMES, SECTIONS, Workspace, type Section } from '@nabat/api/configuration.ts'
import { ERRORS } from '@nabat/api/errors.ts'
import { MAIL_PRESETS } from '@nabat/api/mail-presets.ts'
import { ROLE_PERMISSIONS, type Permission, type Role } from '@nabat/api/permissions.ts'
import { WEEKDAYS, type Rule } from '@nabat/api/rule.ts'
import type { ChannelKind } from '../src/channels/channel.ts'
import { CHANNELS } from '../src/channels/registry.ts'
import { shapeProblems, workspaceProblems } from '../src/configuration/check.ts'
import { REASONS } from '../src/reasons.ts'
import { conditionProblems } from '../src/pipeline/conditions.ts'
import { deferred } from '../src/pipeline/outcome.ts'
import { decideRetry, LIFETIME_MS } from '../src/pipeline/retry.ts'
import { typeNames } from '../src/pipeline/rules.ts'

/* What the pages say is compared with what the code does. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`)

const PAGES = [
  ...readdirSync(ROOT, { encoding: 'utf8' }).filter((name) => name.endsWith('.md')),
  ...filesIn('docs').filter((name) => name.endsWith('.md')),
]
const CONFIGURATION = ['docs/configuration.md', 'docs/configuration.en.md']
const CHANNEL_PAGE: Readonly<Record<ChannelKindName, string>> = {
  telegram: 'docs/channels/telegram.md',
  smtp: 'docs/channels/mail.md',
  mattermost: 'docs/channels/mattermost.md',
  webhook: 'docs/channels/webhook.md',
  inbox: 'docs/channels/inbox.md',
  push: 'docs/push.md',
}
const SERVER_CODE = filesIn('server/src').filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))

/** Every row of every table of a page, its cells. */
const rowsOf = (page: string): string[][] =>
  read(page)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )

describe('links', () => {
  it.each(PAGES)('of %s lead somewhere', (page) => {
    const links = Array.from(read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)/g), ([, link]) => link!)
    expect(links.filter((link) => !existsSync(join(ROOT, normalize(join(dirname(page), link)))))).toEqual([])
  })
})

describe('README', () => {
  it.each(['README.md', 'README.en.md'])('%s gives the two commands', (page) => {
    expect(read(page)).toContain('npm install && npm start')
    expect(read(page)).toContain('npm install && npm test')
  })
})

describe('docs/settings.md', () => {
  it('names every setting of the code, and none besides', () => {
    const inCode = new Set(read('server/src/config.ts').match(/NABAT_[A-Z_]+/g))
    const documented = rowsOf('docs/settings.md').flatMap(([name]) => /^`(NABAT_\w+)`$/.exec(name!)?.[1] ?? [])
    expect(documented.toSorted()).toEqual([...inCode].toSorted())
  })
})

describe('docs/configuration', () => {
  const named = (text: string): Set<string> => new Set(Array.from(text.matchAll(/`([\w.]+)`/g), ([, name]) => name!))
  /** The fields of a schema; those of an object within it as `from.address`. */
  const fieldsOf = (schema: object): string[] => Object.keys((schema as { properties?: object }).properties ?? {})
  const sections = SECTION_NAMES.filter((section) => section !== 'channels')

  it.each(CONFIGURATION)('%s names every field of every section', (page) => {
    const text = read(page)
    for (const section of sections) {
      const part = text.split(/\n## /).find((each) => each.startsWith(section)) ?? ''
      expect(
        fieldsOf(SECTIONS[section].schema).filter((field) => !named(part).has(field)),
        section,
      ).toEqual([])
    }
    expect(fieldsOf(Workspace).filter((field) => !named(text).has(field))).toEqual([])
  })

  it.each(Object.entries(CHANNEL_PAGE))('the page of %s channels names every field', (kind, page) => {
    const text = read(page)
    const fields = fieldsOf(CHANNEL_KINDS[kind as ChannelKindName])
    const everywhere = ['name', 'kind', 'enabled']
    expect(fields.filter((field) => !everywhere.includes(field) && !new RegExp(`\\b${field}\\b`).test(text))).toEqual(
      [],
    )
  })

  it.each(CONFIGURATION)('%s names every operator, field of conditions, role and day', (page) => {
    const known = named(read(page))
    const wanted = [...OPERATORS, ...CONDITION_FIELDS, ...ROLES, ...WEEKDAYS, 'all', 'any', 'not']
    expect(wanted.filter((word) => !known.has(word) && !read(page).includes(`\`${word}:`))).toEqual([])
  })

  it('has presets of mail servers as the code has them', () => {
    const rows = rowsOf(CHANNEL_PAGE.smtp).map((cells) => cells[1])
    for (const { host, port, encryption } of MAIL_PRESETS)
      expect(rows).toContain(`\`${host}\`, ${port}, \`${encryption}\``)
  })
})

const BLOCKS = [...PAGES.filter((page) => page !== 'docs/catalogue.md')].flatMap((page) =>
  Array.from(read(page).matchAll(/```yaml\n([\s\S]*?)```|<<'YAML'\n([\s\S]*?)YAML/g), ([, block, here], index) => ({
    page,
    index,
    yaml: block ?? here!,
  })),
)

describe('examples of configuration', () => {
  it('are found', () => {
    expect(BLOCKS.length).toBeGreaterThan(15)
  })

  it.each(BLOCKS)('$page, number $index, would be accepted', ({ yaml }) => {
    const [document] = parseAllDocuments(yaml)
    const value = document!.toJS() as Record<string, unknown>
    const problems: unknown[] = [...document!.errors]
    for (const [section, entities] of Object.entries(value)) {
      if (section === 'workspace') problems.push(...workspaceProblems(entities, '/workspace'))
      // A fragment: the recipients of a rule alone.
      else if (section === 'to') problems.push(...problemsOf('rules', { name: 'x', types: ['*'], to: entities }, '/to'))
      else
        for (const [index, entity] of (entities as object[]).entries())
          problems.push(...problemsOf(section as Section, entity, `/${section}/${index}`))
    }
    expect(problems).toEqual([])
  })

  function problemsOf(section: Section, entity: object, path: string): unknown[] {
    const problems: unknown[] = shapeProblems(section, entity, path)
    if (section !== 'rules' || problems.length > 0) return problems
    const rule = entity as Rule
    if (rule.when !== undefined) problems.push(...conditionProblems(rule.when, `${path}/when`))
    const known = new Set(CATALOG.map(({ name }) => name))
    return [...problems, ...typeNames(rule).filter((name) => !name.endsWith('*') && !known.has(name))]
  }
})

describe('docs/delivery.md', () => {
  const rows = rowsOf('docs/delivery.md')

  it('gives every reason with the words people see', () => {
    const said = Object.fromEntries(
      rows.flatMap(([code, words]) => {
        const name = /^`(\w+)`$/.exec(code!)?.[1]
        return name === undefined ? [] : [[name, words]]
      }),
    )
    expect(said).toEqual(Object.fromEntries(Object.entries(REASONS).map(([code, { ru }]) => [code, ru])))
  })

  it('gives lifetimes and waits as they are', () => {
    const hours = { 1: '1 час', 6: '6 часов', 24: '24 часа' } as const
    const span = (ms: number): string => (ms >= 60_000 ? `${ms / 60_000} мин` : `${ms / 1_000} с`)
    const wait = (priority: 0 | 1 | 2, attempts: number): string => {
      const outcome = deferred('timeout', '', { of: 'channel', state: 'down' })
      if (outcome.verdict !== 'deferred') throw new Error('not deferred')
      const retry = decideRetry(outcome, attempts, priority, Infinity, 0, 0.5)
      return retry.again ? span(retry.dueAt) : 'never'
    }
    const table = rows.filter(([severity]) => /^(critical|warning|info)$/.test(severity!))
    expect(table).toEqual(
      (['critical', 'warning', 'info'] as const).map((severity, index) => {
        const priority = index as 0 | 1 | 2
        const life = LIFETIME_MS[priority] / 3_600_000
        return [severity, hours[life as keyof typeof hours], wait(priority, 1), wait(priority, 50)]
      }),
    )
  })

  it('gives the limits of every kind of channel as they are', () => {
    const settings = { name: 'x', token: '123:abc', url: 'https://example.ru', host: 'mail.example.ru' }
    for (const [name, each] of Object.entries(CHANNELS)) {
      const kind = each as unknown as ChannelKind
      const { connections, perDestination, deadlineMs } = kind.limits({ ...settings, kind: name } as never)
      const row = rows.find(([cell]) => cell === name)
      expect(row?.[1]?.split(' ')[0], name).toBe(String(connections))
      expect(row?.[2], name).toBe(perDestination === connections ? 'столько же' : String(perDestination))
      expect(row?.[3], name).toBe(`${deadlineMs / 1_000} с`)
    }
  })
})

describe('docs/access', () => {
  const COLUMNS: readonly (readonly Role[])[] = [
    ['admin'],
    ['technologist'],
    ['support', 'dispatcher'],
    ['warehouse', 'installer', 'staff'],
    ['client'],
  ]
  /** What each row speaks of: to look and to change, the same where it says yes. */
  const ROWS: readonly (readonly [sees: readonly Permission[], changes: readonly Permission[]])[] = [
    [['events.read', 'reachability.read'], []],
    [['incidents.write', 'deliveries.write', 'silences.read', 'silences.write'], []],
    [['people.read'], ['people.write']],
    [
      ['rules.read', 'bots.read'],
      ['rules.write', 'bots.write'],
    ],
    [
      ['mail.read', 'templates.read'],
      ['mail.write', 'templates.write'],
    ],
    [
      ['types.read', 'workspace.read'],
      ['types.write', 'workspace.write'],
    ],
    [
      ['schedules.read', 'changes.read'],
      ['schedules.write', 'keys.write', 'configuration.write'],
    ],
  ]

  it.each([
    ['docs/access.md', { yes: 'да', sees: 'смотрит', changes: 'меняет' }],
    ['docs/access.en.md', { yes: 'yes', sees: 'sees', changes: 'changes' }],
  ])('%s says of each role what it may do', (page, words) => {
    const table = rowsOf(page).slice(2)
    const expected = ROWS.map(([sees, changes]) =>
      COLUMNS.map((roles) => {
        const has = (wanted: readonly Permission[]): boolean[] =>
          roles.flatMap((role) => wanted.map((permission) => ROLE_PERMISSIONS[role].includes(permission)))
        if (!has(sees).includes(true) && !has(changes).includes(true)) return '—'
        expect(has(sees), roles.join()).not.toContain(false)
        if (changes.length === 0) return words.yes
        if (!has(changes).includes(true)) return words.sees
        expect(has(changes), roles.join()).not.toContain(false)
        return words.changes
      }),
    )
    expect(table.map(([, ...cells]) => cells)).toEqual(expected)
  })
})

describe('docs/api.md', () => {
  it('gives every error with its status', () => {
    const rows = rowsOf('docs/api.md').flatMap(([code, status, words]) => {
      const name = /^`([a-z_]+)`$/.exec(code!)?.[1]
      return name === undefined || !/^\d{3}$/.test(status!) ? [] : [{ name, status: Number(status), words: words! }]
    })
    expect(rows.map(({ name, status }) => [name, status])).toEqual(
      Object.entries(ERRORS).map(([name, { status }]) => [name, status]),
    )
    for (const { name, words } of rows) expect(ERRORS[name as keyof typeof ERRORS].message.ru).toContain(words)
  })

  it('names every resource', () => {
    const routes = SERVER_CODE.filter((path) => path.includes('/http/')).flatMap((path) =>
      Array.from(read(path).matchAll(/['"`]\/api\/v1\/([a-z-]+)/g), ([, name]) => name!),
    )
    const text = read('docs/api.md')
    const resources = [...new Set([...routes, ...SECTION_NAMES])]
    expect(resources.length).toBeGreaterThan(15)
    expect(resources.filter((name) => !text.includes(`/api/v1/${name}`) && !text.includes(`\`${name}\``))).toEqual([])
  })
})

describe('docs/operating.md', () => {
  it('names every metric, and none besides', () => {
    // A cookie is called as metrics are.
    const inCode = SERVER_CODE.filter((path) => !path.endsWith('session-cookie.ts')).flatMap((path) =>
      Array.from(read(path).matchAll(/'(nabat_[a-z_]+)'/g), ([, name]) => name!),
    )
    const documented = rowsOf('docs/operating.md').flatMap(([cell]) => /^`(nabat_[a-z_]+)/.exec(cell!)?.[1] ?? [])
    expect(documented.toSorted()).toEqual([...new Set(inCode)].toSorted())
  })

  it('names every command, and none besides', () => {
    const commands = Array.from(
      read('server/src/main.ts').matchAll(/^ {2}(\w+): \(\) => import/gm),
      ([, name]) => name!,
    )
    const documented = rowsOf('docs/operating.md').flatMap(([cell]) =>
      Array.from(cell!.matchAll(/`([a-z]+)(?= |`)/g), ([, name]) => name!),
    )
    expect(commands.length).toBeGreaterThan(5)
    expect(commands.filter((name) => !documented.includes(name))).toEqual([])
  })

  it('names only event types that there are', () => {
    const known = new Set(CATALOG.map(({ name }) => name))
    const named = PAGES.flatMap((page) => read(page).match(/\bsystem\.[a-z]+\.[a-z]+\b/g) ?? [])
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})

describe('the first steps', () => {
  const WORDS = filesIn('web/src/words')
    .map((path) => read(path))
    .join('\n')

  it.each(['docs/first-steps.md', 'docs/first-steps.en.md'])('of %s name what stands in the console', (page) => {
    const named = Array.from(read(page).matchAll(/\*\*(.+?)\*\*/gs), ([, label]) => label!.replace(/\s+/g, ' '))
    expect(named.length).toBeGreaterThan(25)
    expect(named.filter((label) => !WORDS.includes(`'${label}'`))).toEqual([])
  })
})
