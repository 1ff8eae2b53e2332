/*
 * Routing one event, in this process: 10,000 rules and 100,000 people. Rules are spread over the types as they would be in
 * a company, each for an object of its own; three of those that name the event's type want this event and lead to a
 * person, a group of five and a chat. Then the same with more and more rules that name other types.
 */
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { WorkspaceView } from '../server/src/configuration/view.ts'
import { systemClock, systemRandom } from '../server/src/clock.ts'
import { idMaker } from '../server/src/ids.ts'
import type { Fields } from '../server/src/pipeline/conditions.ts'
import { route } from '../server/src/pipeline/route.ts'
import type { EntityRow } from '../server/src/store/store.ts'
import type { Bench } from './bench.ts'
import { median } from './table.ts'

const TYPE = 'camera.unavailable'
const PEOPLE = 100_000
const WANTED_OBJECT = 'obj-7'

const makeId = idMaker(systemClock, systemRandom)
const others = [...typeByName.keys()].filter((name) => !name.startsWith('system.') && name !== TYPE)

function fill(view: WorkspaceView, rules: readonly Rule[], people: number): void {
  let id = 0
  const row = (section: EntityRow['section'], key: string, body: object): EntityRow => ({
    section,
    id: (id += 1),
    key,
    body: JSON.stringify(body),
    origin: 'api',
    version: 1,
    removed: false,
  })
  const logins = Array.from({ length: people }, (_, n) => `person-${n}`)
  view.update(
    {
      workspace: { id: 1, name: 'default', settings: '{}', version: 1, file: null, blocked: null, removedAt: null },
      entities: [
        row('channels', 'bot', { name: 'bot', kind: 'telegram', token: '123:abc' }),
        ...logins.map((login, n) =>
          row('users', login, { login, roles: ['installer'], contacts: [{ channel: 'bot', chat: `${1000 + n}` }] }),
        ),
        row('groups', 'shift', { name: 'shift', users: logins.slice(0, 5) }),
        ...rules.map((rule) => row('rules', rule.name, rule)),
      ],
      destinations: [],
      holders: [],
    },
    { env: {}, secret: () => undefined },
  )
}

/** A rule for one object; every type has its own names for them, so the condition is what tells rules apart. */
function ruleFor(n: number, type: string, to: Rule['to'], object: string): Rule {
  return {
    name: `rule ${n}`,
    types: [type],
    when: {
      all: [
        { field: 'data.object', op: 'in', value: [object, `${object}-annex`] },
        { field: 'severity', op: 'ne', value: 'info' },
      ],
    },
    to,
  }
}

const RECIPIENTS: readonly Rule['to'][] = [
  [{ user: 'person-9' }],
  [{ group: 'shift' }],
  [{ channel: 'bot', chat: '-100123' }],
]

/** `naming` rules of the type, three of which want the event, and `elsewhere` that name other types. */
function rulesOf(naming: number, elsewhere: number): Rule[] {
  const own = Array.from({ length: naming }, (_, n) =>
    ruleFor(n, TYPE, RECIPIENTS[n % 3]!, n < 3 ? WANTED_OBJECT : `obj-${n + 100}`),
  )
  const foreign = Array.from({ length: elsewhere }, (_, n) =>
    ruleFor(naming + n, others[n % others.length]!, RECIPIENTS[n % 3]!, `obj-${n}`),
  )
  return [...own, ...foreign]
}

/** Microseconds for one event. */
function measure(view: WorkspaceView, events: number): number {
  const type = typeByName.get(TYPE)!
  const now = Date.now()
  const one = (n: number): number => {
    const fields: Fields = {
      type: TYPE,
      subject: null,
      severity: 'warning',
      source: 'bench',
      actor: { user: null, role: null },
      incident: `camera:cam-${n}`,
      data: { camera: `cam-${n}`, object: WANTED_OBJECT, count: 1, total: 12 },
    }
    return route(fields, type, 1, 1, view, now, makeId).deliveries.length
  }
  // The shift's five, one of whom is nobody else, a person and a chat.
  if (one(0) !== 7) throw new Error(`routed to ${one(0)} destinations instead of 7`)
  const startedAt = performance.now()
  for (let n = 0; n < events; n += 1) one(n)
  return ((performance.now() - startedAt) / events) * 1000
}

export const bench: Bench = {
  summary: '10,000 rules, 100,000 people: routing one event, in process',
  async run({ rounds, quick, say }) {
    const events = quick ? 5_000 : 20_000
    const people = quick ? 1_000 : PEOPLE
    const naming = Math.round(10_000 / (others.length + 1))
    const cases = [0, 10_000, 100_000].map((elsewhere) => ({ elsewhere, view: new WorkspaceView(1) }))
    const main = new WorkspaceView(1)
    fill(main, rulesOf(naming, 10_000 - naming), people)
    for (const { elsewhere, view } of cases) fill(view, rulesOf(naming, elsewhere), 10)
    const figures = new Map<WorkspaceView, number[]>([main, ...cases.map(({ view }) => view)].map((view) => [view, []]))
    // The first round warms the code up.
    for (let round = -1; round < rounds; round += 1)
      for (const [view, list] of figures) {
        const took = measure(view, events)
        if (round >= 0) list.push(took)
      }
    const of = (view: WorkspaceView): number => median(figures.get(view)!)
    const least = of(cases[0]!.view)
    say(cases.map(({ elsewhere, view }) => `${elsewhere} elsewhere: ${of(view).toFixed(1)} µs`).join(', '))
    return [
      {
        what: 'routing: 10,000 rules, 100,000 people',
        figure: of(main),
        unit: 'µs',
        digits: 1,
        bounds: { least: 50, aim: 20, better: 'less', unit: 'µs' },
        note: `${naming} rules name the type, 3 match, 7 deliveries`,
      },
      ...cases.map(({ elsewhere, view }) => ({
        what: `routing: ${elsewhere.toLocaleString('en-US')} rules name other types`,
        figure: of(view),
        unit: 'µs',
        digits: 1,
        ...(elsewhere > 0 && {
          // Noise between two runs of the same thing is about a tenth.
          bounds: { value: of(view) / least, least: 1.25, aim: 1.1, better: 'less', unit: '× none' } as const,
        }),
      })),
    ]
  },
}
