import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Section } from '@nabat/api/configuration.ts'
import {
  changesOf,
  CHECK_WORLD as WORLD,
  idOf,
  NO_SOURCES,
  rowsOf,
  viewOf,
  type ViewParts,
} from '../../test/support/view.ts'
import type { EntityRow } from '../store/store.ts'
import { fileEdits, fileSettings, planEdits, sameJson, type Edit, type Plan } from './plan.ts'
import type { Sources } from './references.ts'
import type { WorkspaceView } from './view.ts'

const HOOK = { name: 'hook', kind: 'webhook', url: 'https://h.example' }
const RULE = { name: 'r', types: ['camera.unavailable'], to: [{ channel: 'hook' }] }
const IVAN = { login: 'ivan', contacts: [{ channel: 'inbox' }] }

/** Plans what a file asks for. */
function planFile(file: object, view: WorkspaceView, sources: Sources = NO_SOURCES): Plan & { paths: string[] } {
  const { edits, problems } = fileEdits(file as Record<string, unknown>, view)
  const plan = planEdits(edits, view, { ...WORLD, sources })
  return {
    ...plan,
    problems: [...problems, ...plan.problems],
    paths: [...problems, ...plan.problems].map(({ path }) => path),
  }
}

const edit = (section: Section, entity: object | null, some: Partial<Edit> = {}): Edit => ({
  section,
  id: null,
  entity: entity as Edit['entity'],
  path: '',
  origin: 'api',
  ...some,
})

/** The rows after a plan was written, as the store would have them. */
function written(plan: Plan, before: readonly EntityRow[], version: number): EntityRow[] {
  let last = Math.max(0, ...before.map(({ id }) => id))
  const changed = plan.writes.map(({ section, id, key, body, origin }): EntityRow => {
    if (id === null) last += 1
    const old = before.find((row) => row.id === id)
    return { section, id: id ?? last, key, body: body ?? old!.body, origin, version, removed: body === null }
  })
  const touched = new Set(changed.map(({ id }) => id))
  return [...before.filter(({ id }) => !touched.has(id)), ...changed]
}

describe('a file', () => {
  const FILE: ViewParts = { channels: [HOOK], users: [IVAN], groups: [{ name: 'g', users: ['ivan'] }], rules: [RULE] }

  it('makes everything it names, in a workspace that has nothing', () => {
    const plan = planFile(FILE, viewOf({}))
    expect(plan).toMatchObject({
      problems: [],
      created: ['channels/hook', 'users/ivan', 'groups/g', 'rules/r'],
      changed: [],
      removed: [],
    })
    expect(plan.writes.map(({ id, origin }) => [id, origin])).toEqual(Array.from({ length: 4 }, () => [null, 'file']))
  })

  it('applied a second time changes nothing, though its fields stand in another order', () => {
    const mixed = {
      rules: [{ to: [{ channel: 'hook' }], types: ['camera.unavailable'], name: 'r' }],
      groups: FILE.groups,
      users: FILE.users,
      channels: FILE.channels,
    }
    for (const file of [FILE, mixed])
      expect(planFile(file, viewOf(FILE))).toMatchObject({
        writes: [],
        created: [],
        changed: [],
        removed: [],
        problems: [],
      })
  })

  it('takes away what it named before and names no longer; what the console made stays', () => {
    const view = viewOf({ channels: [HOOK] })
    view.update(
      changesOf({ version: 2 }, [
        { section: 'users', id: 50, key: 'olga', body: '{"login":"olga"}', origin: 'api', version: 2, removed: false },
        { section: 'users', id: 51, key: 'ivan', body: '{"login":"ivan"}', origin: 'file', version: 2, removed: false },
      ]),
      NO_SOURCES,
    )
    const plan = planFile({ channels: [HOOK] }, view)
    expect([plan.removed, plan.created, plan.changed]).toEqual([['users/ivan'], [], []])
    expect(plan.writes).toEqual([{ section: 'users', id: 51, key: 'ivan', body: null, origin: 'file' }])
  })

  it('changes what it names otherwise now, under the same number', () => {
    const view = viewOf(FILE)
    const plan = planFile({ ...FILE, users: [{ ...IVAN, name: 'Иван' }] }, view)
    expect(plan).toMatchObject({ created: [], removed: [], changed: ['users/ivan'] })
    expect(plan.writes).toMatchObject([{ id: idOf(view, 'users', 'ivan'), origin: 'file' }])
  })

  it('takes over what the console made under the same name, without calling it a change', () => {
    const view = viewOf({ ...FILE, origin: 'api' })
    const plan = planFile(FILE, view)
    expect([plan.created, plan.changed, plan.removed]).toEqual([[], [], []])
    expect(plan.writes.map(({ origin }) => origin)).toEqual(Array.from({ length: 4 }, () => 'file'))
  })

  it('with mistakes tells all of them by path', () => {
    const file = {
      rulez: [],
      workspace: { name: 'default', timeZone: 'Mars/Base' },
      channels: [{ name: 'bot', kind: 'telegrm' }, { ...HOOK, name: 'h2', url: 'nowhere' }, HOOK],
      users: [{ login: 'ivan', head: 'ivan', contacts: [{ channel: 'hok' }] }, { login: 'ivan' }, { name: 'x' }],
      groups: { g: [] },
      rules: [
        { ...RULE, types: ['camera.unavailble'], when: { field: 'data.x', op: 'eqals', value: 1 } },
        { ...RULE, name: 'two', types: undefined, to: [{ user: 'ghost' }, {}] },
        { ...RULE, name: 'three', actions: { admin: ['camera.*'] }, schedule: { timeZone: 'x' } },
      ],
      silences: [{ name: 's', comment: 'c', until: '2026-01-01T00:00:00Z', when: { all: 1 } }],
      templates: [{ name: 't', type: 'nothing', title: '{{ x' }],
      types: [
        { name: 'camera.unavailable', title: { ru: 'т' } },
        { name: 'pump.stopped', title: { ru: 'т' }, data: { type: 'x' } },
      ],
    }
    expect(planFile(JSON.parse(JSON.stringify(file)) as object, viewOf({})).paths.sort()).toEqual(
      [
        '/channels/0/kind',
        '/channels/1/url',
        '/groups',
        '/rules/0/types/0',
        '/rules/0/when/op',
        '/rules/1/to/0/user',
        '/rules/1/to/1',
        '/rules/1/types',
        '/rules/2/schedule/timeZone',
        '/rules/2/types',
        '/rulez',
        '/silences/0/when/all',
        '/templates/0/title',
        '/templates/0/type',
        '/types/0/name',
        '/types/1/data',
        '/users/0/contacts/0/channel',
        '/users/0/head',
        '/users/1/login',
        '/users/2/login',
        '/workspace/timeZone',
      ].sort(),
    )
  })

  it('of nonsense is refused, not stumbled over', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('workspace', 'users', 'channels', 'groups', 'rules', 'types', 'silences', 'templates', 'x'),
          fc.oneof(
            fc.jsonValue(),
            fc.array(fc.jsonValue({ maxDepth: 1 })),
            fc.array(
              fc.record({
                name: fc.jsonValue({ maxDepth: 0 }),
                kind: fc.constantFrom('smtp', 'webhook', '__proto__', 'x'),
                login: fc.jsonValue({ maxDepth: 0 }),
              }),
            ),
          ),
        ),
        (file) => {
          const plan = planFile(JSON.parse(JSON.stringify(file)) as object, viewOf({}))
          for (const { path, message } of plan.problems) {
            expect(path).toMatch(/^(\/|$)/)
            expect(message.ru).not.toBe('')
          }
        },
      ),
    )
  })

  it('names its sections and their order, and whether it speaks of the workspace', () => {
    const { names } = fileEdits(
      { users: [{ login: 'b' }, { login: 'a' }], rules: [], workspace: { name: 'default' } },
      viewOf({}),
    )
    expect(names).toEqual({ users: ['b', 'a'], rules: [], workspace: true })
    expect(fileSettings({ workspace: { name: 'default', title: 'x' } })).toEqual({ title: 'x' })
    expect(fileSettings({})).toBeNull()
  })
})

describe('an edit', () => {
  it('may name what is made beside it, and not what is taken away beside it', () => {
    expect(planEdits([edit('rules', RULE), edit('channels', HOOK)], viewOf({}), WORLD).problems).toEqual([])
    const view = viewOf({ channels: [HOOK] })
    const { problems } = planEdits(
      [edit('rules', RULE), edit('channels', null, { id: idOf(view, 'channels', 'hook') })],
      view,
      WORLD,
    )
    expect(problems.map(({ path }) => path)).toEqual(['/to/0/channel'])
  })

  it('may not take a name that another has, unless that one gives it up', () => {
    const view = viewOf({ users: [{ login: 'a' }, { login: 'b' }] })
    const [a, b] = [idOf(view, 'users', 'a'), idOf(view, 'users', 'b')]
    const paths = (edits: Edit[]): string[] => planEdits(edits, view, WORLD).problems.map(({ path }) => path)
    expect(paths([edit('users', { login: 'a' }, { id: b })])).toEqual(['/login'])
    expect(paths([edit('users', { login: 'a' })])).toEqual(['/login'])
    expect(paths([edit('users', { login: 'a' }, { id: b }), edit('users', { login: 'b' }, { id: a })])).toEqual([])
    expect(paths([edit('users', { login: 'a' }), edit('users', null, { id: a })])).toEqual([])
  })

  it('of what is not there takes nothing away', () => {
    expect(planEdits([edit('users', null, { id: 99 })], viewOf({}), WORLD)).toMatchObject({ writes: [], removed: [] })
  })
})

describe('the secrets of a channel', () => {
  const BOT = { name: 'bot', kind: 'telegram', token: '1:aaa' }
  const known = (token: string): Sources => ({ env: {}, secret: (name) => (name === 'bot.token' ? token : undefined) })

  it('are taken out before anything is written', () => {
    const plan = planFile({ channels: [BOT] }, viewOf({}))
    expect([...plan.secrets]).toEqual([['bot.token', '1:aaa']])
    expect(plan.writes[0]!.body).toBe('{"name":"bot","kind":"telegram","token":"${secret:bot.token}"}')
  })

  it('that are the same change nothing; another one does, though the entity reads the same', () => {
    const view = viewOf({ channels: [{ ...BOT, token: '${secret:bot.token}' }], sources: known('1:aaa') })
    expect(planFile({ channels: [BOT] }, view, known('1:aaa'))).toMatchObject({ writes: [], changed: [] })
    expect(planFile({ channels: [{ ...BOT, token: '2:bbb' }] }, view, known('1:aaa'))).toMatchObject({
      changed: ['channels/bot'],
    })
  })

  it('that an export named stay what they are', () => {
    const view = viewOf({ channels: [{ ...BOT, token: '${secret:bot.token}' }], sources: known('1:aaa') })
    const plan = planFile({ channels: [{ ...BOT, token: '${secret:bot.token}' }] }, view, known('1:aaa'))
    expect([plan.writes, plan.problems, plan.secrets.size]).toEqual([[], [], 0])
  })

  it('that nobody knows are a mistake that does not show any', () => {
    const plan = planFile(
      {
        channels: [
          { ...BOT, token: '${secret:other}' },
          { ...BOT, name: 'b2', token: '${env:NOPE}' },
          { ...BOT, name: 'b3', token: 'not a token' },
        ],
      },
      viewOf({}),
    )
    expect(plan.paths).toEqual(['/channels/0/token', '/channels/1/token', '/channels/2/token'])
    expect(JSON.stringify(plan.problems)).not.toContain('not a token')
  })
})

describe('whatever a file says', () => {
  const users = fc.uniqueArray(
    fc.record({ login: fc.constantFrom('a', 'b', 'c', 'd'), name: fc.constantFrom('x', 'y') }),
    { selector: ({ login }) => login },
  )
  const groups = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c') }), { selector: ({ name }) => name })
  const file = fc.record({ users, groups }, { requiredKeys: [] })

  it('applied after any other it leaves exactly what it says, and applied again it changes nothing', () => {
    fc.assert(
      fc.property(file, file, (first, second) => {
        const before = rowsOf(first)
        const view = viewOf(first)
        const rows = written(planFile(second, view), before, 2)
        view.update(changesOf({ version: 2 }, rows), NO_SOURCES)
        for (const section of ['users', 'groups'] as const) {
          const wanted = new Map(
            (second[section] ?? []).map((each) => ['login' in each ? each.login : each.name, each]),
          )
          expect(new Map(view.rows(section).map((row) => [row.key, JSON.parse(row.body) as object]))).toEqual(wanted)
        }
        expect(planFile(second, view).writes).toEqual([])
      }),
    )
  })
})

describe('sameJson', () => {
  it('is true of a value and itself read again, whatever the order of its fields', () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([name, each]) => [name, shuffled(each)]),
            )
          : value
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown
        expect(sameJson(plain, shuffled(plain))).toBe(true)
      }),
    )
  })

  it('says the same both ways, and no where the sorted texts differ', () => {
    const sorted = (value: unknown): string =>
      JSON.stringify(value, (_key, each: unknown) =>
        typeof each === 'object' && each !== null && !Array.isArray(each)
          ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
          : each,
      )
    const small = fc.jsonValue({ maxDepth: 2 })
    fc.assert(
      fc.property(small, small, (a, b) => {
        const [x, y] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))] as unknown[]
        expect(sameJson(x, y)).toBe(sameJson(y, x))
        expect(sameJson(x, y)).toBe(sorted(x) === sorted(y))
      }),
    )
  })

  test.each<[unknown, unknown]>([
    [[], {}],
    [null, {}],
    [{ a: undefined }, { b: undefined }],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: 2 }],
    ['1', 1],
    [{ toString: 1 }, {}],
  ])('%j and %j differ', (a, b) => {
    expect([sameJson(a, b), sameJson(b, a)]).toEqual([false, false])
  })
})
