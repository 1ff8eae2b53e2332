import { describe, expect, it } from 'vitest'
import type { DryRunReport } from '@nabat/api/dry-run.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { idBytes, idText } from '../ids.ts'
import { dice, type Dice } from '../../test/simulation/random.ts'
import { virtualNode, type VirtualNode } from '../../test/support/virtual-node.ts'
import { DryRuns } from './run.ts'

/*
 * What a dry run says is what then happens: three days of events are stored, a rule is tried on them, saved, and the same
 * events are posted again at the same times of the same weekdays, with everything that follows from them.
 */

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A Saturday in Moscow, so that the days are a weekend and a working day. */
const BEGIN = Date.parse('2026-06-06T00:00:00+03:00')
const DAYS = 3
const AGAIN = BEGIN + 7 * DAY
/** Longer than anything waits: the last is what working hours hold back until Tuesday. */
const AFTER = 24 * HOUR

const COMPANY = `
workspace: { name: default, timeZone: Europe/Moscow, foldAfter: never }
channels:
  - { name: bot, kind: telegram, token: "1:a" }
  - { name: hook, kind: webhook, url: "http://127.0.0.1:1/hook" }
  - { name: off, kind: webhook, url: "http://127.0.0.1:1/off", enabled: false }
  - { name: mail, kind: smtp, host: mail.example.ru, from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
users:
  - { login: anna, quietHours: { from: "22:00", to: "08:00" }, contacts: [ { channel: inbox } ] }
  - { login: boris, timeZone: Asia/Yekaterinburg, workingHours: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00" }, contacts: [ { channel: mail, address: boris@example.ru } ] }
  - { login: vera, timeZone: Asia/Kathmandu, preferences: { cameras: { mail: false } }, quietHours: { from: "23:30", to: "06:45" }, workingHours: { from: "08:00", to: "21:00" }, contacts: [ { channel: mail, address: vera@example.ru } ] }
  - { login: gleb }
  - { login: dina, enabled: false, contacts: [ { channel: inbox } ] }
  - { login: egor, contacts: [ { channel: mail, address: gone@example.ru } ] }
groups: [ { name: everybody, users: [ anna, boris, vera, gleb, dina, egor ] } ]
silences:
  - { name: works, comment: Работы, until: "2027-01-01T00:00:00Z", schedule: { days: [sun], from: "12:00", to: "15:00" }, when: { field: subject, op: in, value: [ cam-1, srv-1 ] } }
rules:
  - { name: first, types: [camera.unavailable, camera.available], when: { field: subject, op: ne, value: cam-2 }, to: [ { user: anna }, { channel: hook } ] }
  - { name: openings, types: [server.unavailable], to: [ { user: boris } ] }
  - { name: seldom, types: [workorder.assigned], to: [ { user: egor } ], throttle: { per: 3h } }
`

const ROLES = ['dispatcher', 'installer']

interface Made {
  readonly at: number
  readonly event: Record<string, unknown>
}

/** Events of many kinds; cameras and servers are few, so that their incidents open and close again. */
function threeDays(random: Dice): Made[] {
  return Array.from({ length: 140 }, () => random.whole(0, DAYS * DAY - 1))
    .toSorted((a, b) => a - b)
    .map((at, n) => {
      const camera = `cam-${random.whole(1, 5)}`
      const server = `srv-${random.whole(1, 2)}`
      const [type, subject, data] = random.pick<readonly [string, string, object]>([
        ['camera.unavailable', camera, { camera }],
        ['camera.unavailable', camera, { camera }],
        ['camera.available', camera, { camera }],
        ['server.unavailable', server, { server }],
        ['server.available', server, { server }],
        ['workorder.assigned', `w${n % 3}`, { workorder: `w${n}`, assignees: [random.pick(['anna', 'vera', 'egor'])] }],
        ['workorder.commented', `w${n % 3}`, { workorder: `w${n % 3}`, comment: 'ok' }],
      ])
      const severity = random.chance(0.15) ? 'critical' : random.pick(['info', 'warning'])
      const actor = random.chance(0.5) ? { actor: { user: 'anna', role: random.pick(ROLES) } } : {}
      return { at, event: { type, subject, severity, data, ...actor } }
    })
}

const EVERYBODY = { group: 'everybody' }
const CAMERAS = ['camera.unavailable', 'camera.available']
const CHAT = { channel: 'bot', chat: '-1001' }
const RULES: readonly (readonly [string, Partial<Omit<Rule, 'types'>> & { types?: string[] | undefined }])[] = [
  ['a plain rule', {}],
  ['a rule of everything', { types: ['*'], to: [EVERYBODY, { channel: 'hook' }] }],
  [
    'a condition',
    {
      when: {
        any: [
          { field: 'severity', op: 'eq', value: 'critical' },
          { field: 'data.camera', op: 'in', value: ['cam-2', 'cam-3'] },
        ],
      },
    },
  ],
  ['a schedule', { schedule: { days: ['sat', 'mon'], from: '10:00', to: '02:00' } }],
  ['a throttle', { throttle: { per: '4h' } }],
  ['a digest of two hours', { types: ['*'], digest: { every: '2h' } }],
  ['a daily digest', { digest: { daily: '09:30' }, to: [EVERYBODY, CHAT] }],
  ['a living message', { messages: 'living', to: [CHAT, { user: 'anna' }, { user: 'vera' }] }],
  ['closings alone', { types: ['camera.available', 'server.available'] }],
  ['relations', { types: ['workorder.assigned'], to: [{ relation: 'assignee' }, { relation: 'actor' }] }],
  ['actions by role', { types: undefined, actions: { installer: ['workorder.*'], dispatcher: CAMERAS } }],
  ['a channel that is off', { to: [{ channel: 'off' }, { user: 'anna' }], lifetime: '2h' }],
  ['a fallback', { to: [{ user: 'gleb' }, { user: 'egor' }], fallback: [CHAT] }],
]

/** What happened to the deliveries of a rule, in the words of a report. */
interface Happened {
  readonly report: Pick<
    DryRunReport,
    'matched' | 'messages' | 'alreadyTold' | 'tookOver' | 'perHour' | 'perWeekday' | 'held' | 'suppressed'
  >
  readonly perRecipient: Record<string, number>
}

const add = (counts: Record<string, number>, name: string, many = 1): void => {
  counts[name] = (counts[name] ?? 0) + many
}

/** Posts the events at their times from `begin` on; tells after each what became of its deliveries at their acceptance. */
async function post(
  node: VirtualNode,
  begin: number,
  events: readonly Made[],
  seen: (event: string) => Promise<void>,
): Promise<void> {
  for (const { at, event } of events) {
    await node.pass(begin + at)
    for (const id of await node.post([event])) await seen(id)
  }
}

const deliveriesOf = (node: VirtualNode, rule: number, event: string) =>
  node.store.read({
    sql: `select d.*, t.channel, t.address from deliveries d left join destinations t on t.workspace = d.workspace and t.id = d.destination
          where d.rule = ? and d.event = ? and d.instead_of is null`,
    parameters: [rule, idBytes(event)],
  })

/** Posts the events once more, now that the rule is saved, and looks at everything that comes of it. */
async function happens(node: VirtualNode, rule: number, events: readonly Made[]): Promise<Happened> {
  const [held, suppressed, perRecipient] = [{}, {}, {}] as Record<string, number>[]
  const ids: string[] = []
  let [matched, messages, alreadyTold, tookOver] = [0, 0, 0, 0]
  await post(node, AGAIN, events, async (id) => {
    ids.push(id)
    const [row] = await node.store.read({ sql: 'select trace from events where id = ?', parameters: [idBytes(id)] })
    const trace = JSON.parse(row!['trace'] as string) as { m?: number[]; a?: [number, number, string][] }
    if (trace.m?.includes(rule) === true) matched += 1
    alreadyTold += (trace.a ?? []).filter(([loser]) => loser === rule).length
    tookOver += (trace.a ?? []).filter(([, winner]) => winner === rule).length
    for (const { state, reason } of await deliveriesOf(node, rule, id))
      if (state === 0 && reason !== null) add(held!, reason === 'joined' ? 'digest' : (reason as string))
  })
  await node.pass(AGAIN + DAYS * DAY + AFTER)
  const perHour = Array.from({ length: 24 }, () => 0)
  const perWeekday = Array.from({ length: 7 }, () => 0)
  for (const id of ids)
    for (const row of await deliveriesOf(node, rule, id)) {
      expect(row['state'], `${idText(row['id'] as Uint8Array)} has ended`).not.toBe(0)
      if (row['state'] !== 1) add(suppressed!, row['reason'] as string)
      else if (row['note'] !== 'joined') {
        const [at] = JSON.parse((row['attempts'] as string).split('\n').at(-1)!) as [number]
        const local = new Date(at + 3 * HOUR)
        messages += 1
        perHour[local.getUTCHours()]! += 1
        perWeekday[(local.getUTCDay() + 6) % 7]! += 1
        const channel = node.view.channels.get(row['channel'] as number)!
        const shown = channel.kind.show(JSON.parse(row['address'] as string) as never)
        add(perRecipient!, `${row['recipient'] as string | null} at ${channel.name} ${shown}`.trim())
      }
    }
  const report = { matched, messages, alreadyTold, tookOver, perHour, perWeekday, held: held!, suppressed: suppressed! }
  return { report, perRecipient: perRecipient! }
}

async function prepared(events: readonly Made[]): Promise<VirtualNode> {
  const node = await virtualNode(BEGIN - DAY, COMPANY)
  await node.post([{ type: 'workorder.assigned', data: { workorder: 'w', assignees: ['egor'] } }])
  const [gone] = await node.store.read({
    sql: `select id from destinations where address like '%gone%'`,
    parameters: [],
  })
  await node.store.setDestination(node.view.id, Number(gone!['id']), { reason: 'by_hand', detail: '' }, BEGIN - DAY)
  await node.workspaces.refresh(node.view.id)
  // What is only stored, and never leaves, has told nobody anything before the rule is saved.
  await post(node, BEGIN, events, async () => {})
  return node
}

async function tried(node: VirtualNode, rule: Rule): Promise<DryRunReport> {
  const sources = await node.workspaces.sources(node.view.id)
  const span = { from: BEGIN, to: BEGIN + DAYS * DAY }
  const asked = { workspace: node.view.id, rule, replaces: null, span, sources, signal: new AbortController().signal }
  const run = new DryRuns(node.store).run(asked)
  for (;;) {
    const next = await run.next()
    if (next.done === true) return next.value
  }
}

/** Every incident has ended and nothing waits: the second time begins as the first did. */
async function settled(node: VirtualNode): Promise<void> {
  await node.pass(BEGIN + DAYS * DAY + DAY)
  const things = ['cam-1', 'cam-2', 'cam-3', 'cam-4', 'cam-5']
  await node.post(things.map((camera) => ({ type: 'camera.available', data: { camera } })))
  await node.post(['srv-1', 'srv-2'].map((server) => ({ type: 'server.available', data: { server } })))
  const waiting = await node.store.read({ sql: 'select delivery from queue', parameters: [] })
  const ids = waiting.map((row) => idText(row['delivery'] as Uint8Array))
  await node.store.cancelDeliveries(node.view.id, ids, 'cancelled', node.clock.now())
  await node.pass(AGAIN - HOUR)
}

/** Four days pass in seconds; a busy machine takes its time for 70,000 timers. */
const TIMEOUT_MS = 90_000

describe('what a dry run says is what then happens, for', { timeout: TIMEOUT_MS }, () => {
  it.each(RULES.map(([name, part], index) => [name, part, index + 1] as const))('%s', async (name, part, seed) => {
    const events = threeDays(dice(seed))
    await using node = await prepared(events)
    const rule = JSON.parse(JSON.stringify({ name, types: CAMERAS, to: [EVERYBODY], ...part })) as Rule
    const { perRecipient, ...said } = await tried(node, rule)
    await settled(node)
    const saved = await node.configuration.save(
      node.view,
      [{ section: 'rules', id: null, entity: { ...rule }, path: '', origin: 'api' }],
      'test',
    )
    if ('problems' in saved) throw new Error(JSON.stringify(saved.problems))
    await node.workspaces.refresh(node.view.id)
    await node.start()
    const happened = await happens(node, node.view.rowByKey('rules', name)!.id, events)
    expect(said).toMatchObject(happened.report)
    const toWhom = perRecipient.map((each) => [`${each.recipient} at ${each.destination}`, each.messages])
    expect(Object.fromEntries(toWhom)).toEqual(happened.perRecipient)
    expect(said.matched).toBeGreaterThan(0)
  })
})
