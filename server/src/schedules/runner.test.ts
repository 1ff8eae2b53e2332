import { afterEach, describe, expect, it } from 'vitest'
import type { Section } from '@nabat/api/configuration.ts'
import { virtualNode, type VirtualNode } from '../../test/support/virtual-node.ts'
import { silentLog } from '../log.ts'
import type { Store } from '../store/store.ts'
import { StoreUnavailable } from '../store/store.ts'
import { Schedules, type SchedulesParts } from './runner.ts'

/* A node under a virtual clock: the runner, the pipeline and the store as they are. Moscow is three hours ahead of UTC. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Saturday, 15:00 in Moscow. */
const BEGIN = Date.parse('2026-03-14T12:00:00Z')
const OFF = 'workspace: { name: default, dailyStatistics: false }'
const HOURLY = { name: 'hourly', cron: '0 * * * *', type: 'summary.scheduled' }

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function nodeWith(configuration: string, now = BEGIN): Promise<VirtualNode> {
  const node = await virtualNode(now, configuration)
  stops.push(async () => node[Symbol.asyncDispose]())
  return node
}

/** Starts to raise; `other`: of a node with misfortunes. */
function run(node: VirtualNode, other: Partial<SchedulesParts> = {}): Schedules {
  const { store, workspaces, clock, pipeline } = node
  const raise = pipeline.raise.bind(pipeline)
  const schedules = new Schedules({ store, workspaces, clock, log: silentLog, raise, ...other })
  schedules.start()
  stops.push(() => schedules.stop())
  return schedules
}

/** Saves a schedule as the API does: makes it, changes it, or (null) removes it. */
async function save(node: VirtualNode, name: string, entity: object | null, section: Section = 'schedules') {
  const id = node.view.rowByKey(section, name)?.id ?? null
  const saved = await node.configuration.save(
    node.view,
    [{ section, id, entity: entity as Record<string, unknown> | null, path: '', origin: 'api' }],
    'test',
  )
  if ('problems' in saved) throw new Error(JSON.stringify(saved.problems))
}

interface Raised {
  readonly type: string
  readonly at: string
  readonly eventId: string
  readonly subject: string | null
  readonly severity: number
  readonly data: Record<string, unknown>
}

/** What the clock has raised, in the order of its acceptance. */
async function raised(node: VirtualNode): Promise<Raised[]> {
  const rows = await node.store.read({
    sql: "select type, time, event_id, subject, severity, data from events where event_id like 'schedule:%' order by id",
    parameters: [],
  })
  return rows.map((row) => ({
    type: row['type'] as string,
    at: new Date(Number(row['time'])).toISOString().slice(5, 16),
    eventId: row['event_id'] as string,
    subject: row['subject'] as string | null,
    severity: Number(row['severity']),
    data: JSON.parse(row['data'] as string) as Record<string, unknown>,
  }))
}

const times = async (node: VirtualNode): Promise<string[]> => (await raised(node)).map(({ at }) => at)

describe('a schedule', () => {
  it('raises its event at its hour, with what it was given, and reaches those whom a rule names', async () => {
    const node = await nodeWith(`
${OFF}
users: [{ login: ivan, contacts: [{ channel: inbox }] }]
types: [{ name: shift.begins, title: { ru: Смена } }]
rules: [{ name: shifts, types: [shift.begins], to: [{ user: ivan }] }]
schedules:
  - { name: shift, cron: "30 8 * * mon-fri", type: shift.begins, subject: день, severity: critical, data: { gate: 3 } }
`)
    run(node)
    await node.pass(BEGIN + 4 * DAY)
    const all = await raised(node)
    expect(all.map(({ at }) => at)).toEqual(['03-16T05:30', '03-17T05:30', '03-18T05:30'])
    const id = node.view.rowByKey('schedules', 'shift')!.id
    expect(all[0]).toEqual({
      ...{ type: 'shift.begins', at: '03-16T05:30', subject: 'день', severity: 0, data: { gate: 3 } },
      eventId: `schedule:${id}:2026-03-16T05:30:00.000Z`,
    })
    const [sent] = await node.store.read({ sql: 'select count(*) as n from deliveries', parameters: [] })
    expect(sent!['n']).toBe(3)
  })

  it('keeps the hours of its own zone, else of the workspace, over a change of the clock', async () => {
    const node = await nodeWith(
      `
workspace: { name: default, timeZone: Asia/Kathmandu, dailyStatistics: false }
schedules:
  - { name: here, cron: "0 9 * * *", type: summary.scheduled }
  - { name: berlin, cron: "30 2 * * *", timeZone: Europe/Berlin, type: summary.scheduled }
`,
      Date.parse('2026-03-27T12:00:00Z'),
    )
    run(node)
    await node.pass(Date.parse('2026-03-30T04:00:00Z'))
    expect(await times(node)).toEqual([
      ...['03-28T01:30', '03-28T03:15', '03-29T01:00', '03-29T03:15'],
      ...['03-30T00:30', '03-30T03:15'],
    ])
  })

  it('raises what was missed while nothing ran once, the latest of it, and goes on', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    const first = run(node)
    await node.pass(BEGIN + 90 * MINUTE)
    await first.stop()
    await node.pass(BEGIN + 30 * HOUR + 20 * MINUTE)
    expect(await times(node)).toEqual(['03-14T13:00'])
    run(node)
    await node.pass(BEGIN + 31 * HOUR)
    expect(await times(node)).toEqual(['03-14T13:00', '03-15T18:00', '03-15T19:00'])
  })

  it('that was saved and missed before it ever came is raised after the start', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    await node.pass(BEGIN + 150 * MINUTE)
    run(node)
    await node.pass(BEGIN + 151 * MINUTE)
    expect(await times(node)).toEqual(['03-14T14:00'])
  })

  it('raises nothing of the time before it was saved, and counts from now when it is changed', async () => {
    const node = await nodeWith(OFF)
    run(node)
    await node.pass(BEGIN + 10 * MINUTE)
    await save(node, 'daily', { ...HOURLY, name: 'daily', cron: '5 15 * * *' })
    await node.pass(BEGIN + 20 * MINUTE)
    await save(node, 'daily', { ...HOURLY, name: 'daily', cron: '15,25 15 * * *' })
    await node.pass(BEGIN + 30 * MINUTE)
    expect(await times(node)).toEqual(['03-14T12:25'])
  })

  it('raises nothing while it is off and does not catch up, nor when it is removed', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    run(node)
    await node.pass(BEGIN + 70 * MINUTE)
    await save(node, 'hourly', { ...HOURLY, enabled: false })
    await node.pass(BEGIN + 5 * HOUR + MINUTE)
    await save(node, 'hourly', { ...HOURLY, enabled: true })
    await node.pass(BEGIN + 6 * HOUR)
    expect(await times(node)).toEqual(['03-14T13:00', '03-14T18:00'])
    await save(node, 'hourly', null)
    await node.pass(BEGIN + 9 * HOUR)
    expect(await times(node)).toHaveLength(2)
  })

  it('is raised once by two nodes, and by one that died before it had written down that it was', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    // A node that never gets to write it down.
    run(node, { store: forgetful(node.store) })
    run(node)
    run(node)
    await node.pass(BEGIN + 3 * HOUR)
    expect(await times(node)).toEqual(['03-14T13:00', '03-14T14:00', '03-14T15:00'])
  })

  it('waits for a store that cannot be read, and is raised with its own time when it can again', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    run(node, { store: refusing(node.store, () => node.clock.now() < BEGIN + 75 * MINUTE) })
    await node.pass(BEGIN + 74 * MINUTE)
    expect(await times(node)).toEqual([])
    await node.pass(BEGIN + 80 * MINUTE)
    expect(await times(node)).toEqual(['03-14T13:00'])
  })

  it('that could not be stored is raised again until it is, with what belongs to its own time', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    let refused = 0
    run(node, {
      raise: async (...event) => {
        if (node.clock.now() >= BEGIN + 65 * MINUTE) return node.pipeline.raise(...event)
        refused += 1
        return false
      },
    })
    await node.pass(BEGIN + 64 * MINUTE)
    expect(refused).toBe(5)
    await node.post([{ type: 'ticket.created', data: {} }])
    await node.pass(BEGIN + 2 * HOUR)
    expect((await raised(node)).map(({ at, data }) => [at, data['events']])).toEqual([
      ['03-14T13:00', 0],
      ['03-14T14:00', 1],
    ])
  })

  it('of years ahead is waited for in pieces: a long timer fires at once', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'leap', { ...HOURLY, name: 'leap', cron: '0 12 29 2 *' })
    const asked: number[] = []
    const { clock } = node
    run(node, {
      clock: {
        now: () => clock.now(),
        after: (ms, call) => {
          asked.push(ms)
          return clock.after(ms, call)
        },
      },
    })
    await node.pass(BEGIN + HOUR)
    expect(asked.length).toBeGreaterThan(1)
    expect(Math.max(...asked)).toBeLessThan(2 ** 31)
    expect(await times(node)).toEqual([])
  })

  it('stops with the node: nothing is raised any more', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    const schedules = run(node)
    await node.pass(BEGIN + 61 * MINUTE)
    await schedules.stop()
    await save(node, 'hourly', { ...HOURLY, cron: '*/5 * * * *' })
    await node.pass(BEGIN + 5 * HOUR)
    expect(await times(node)).toEqual(['03-14T13:00'])
  })
})

describe('a summary', () => {
  const at = (data: Record<string, unknown>): unknown[] => [data['since'], data['until']]

  it('counts what has happened since the last time by types, and what became of incidents', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'hourly', HOURLY)
    run(node)
    await node.pass(BEGIN + 10 * MINUTE)
    const camera = (type: string, name: string) => ({ type: `camera.${type}`, data: { camera: name } })
    await node.post([camera('unavailable', 'a'), camera('unavailable', 'b'), camera('available', 'a')])
    await node.post([{ type: 'ticket.created', data: { ticket: 1 } }])
    // Not told unless it is named.
    await node.pipeline.raise(node.view.id, 'system.disk.low', { path: '/' })
    await node.pass(BEGIN + 65 * MINUTE)
    await node.post([camera('available', 'b')])
    await node.pass(BEGIN + 2 * HOUR)
    const [first, second] = await raised(node)
    expect(first!.data).toEqual({
      schedule: 'hourly',
      since: '2026-03-14T12:00:00.000Z',
      until: '2026-03-14T13:00:00.000Z',
      events: 4,
      byType: [
        { type: 'camera.unavailable', title: { ru: 'Камера недоступна', en: 'Camera unavailable' }, count: 2 },
        { type: 'camera.available', title: { ru: 'Камера снова доступна', en: 'Camera available again' }, count: 1 },
        { type: 'ticket.created', title: { ru: 'Новое обращение', en: 'New ticket' }, count: 1 },
      ],
      ...{ opened: 3, ended: 1, open: 2 },
    })
    // The first summary is nothing that happened.
    expect(second!.data).toMatchObject({ events: 1, byType: [{ type: 'camera.available', count: 1 }] })
    expect(second!.data).toMatchObject({ opened: 0, ended: 1, open: 1 })
  })

  it('counts only the types and the events it names', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'pumps', { name: 'pump.stopped', title: { ru: 'Насос встал' } }, 'types')
    const summary = { types: ['camera.*', 'pump.stopped'], when: { field: 'data.object', op: 'eq', value: 'north' } }
    await save(node, 'hourly', { ...HOURLY, summary })
    run(node)
    await node.pass(BEGIN + MINUTE)
    await node.post([
      { type: 'camera.unavailable', data: { camera: 'a', object: 'north' } },
      { type: 'camera.unavailable', data: { camera: 'b', object: 'south' } },
      { type: 'server.unavailable', data: { server: 's', object: 'north' } },
      { type: 'pump.stopped', data: { object: 'north' } },
    ])
    await node.pass(BEGIN + HOUR)
    const [only] = await raised(node)
    expect(only!.data).toMatchObject({ events: 2, opened: 1, open: 1, ended: 0 })
    const byType = only!.data['byType'] as { type: string; title: { en: string }; count: number }[]
    expect(byType.map(({ type, count }) => [type, count])).toEqual([
      ['camera.unavailable', 1],
      ['pump.stopped', 1],
    ])
    expect(byType[1]!.title.en).toBe('Насос встал')
  })

  it('of the first time reaches back a period, and after a downtime to the last time: nothing is left out or told twice', async () => {
    const node = await nodeWith(OFF)
    const event = { type: 'ticket.created', data: {} }
    await node.post([event])
    await node.pass(BEGIN + 10 * MINUTE)
    await save(node, 'daily', { ...HOURLY, name: 'daily', cron: '0 18 * * *' })
    const first = run(node)
    await node.pass(BEGIN + 4 * HOUR)
    await first.stop()
    await node.post([event])
    await node.pass(BEGIN + 3 * DAY)
    await node.post([event])
    await node.pass(BEGIN + 3 * DAY + 4 * HOUR)
    // After the occurrence that was missed, before it is raised.
    await node.post([event, event])
    run(node)
    await node.pass(BEGIN + 4 * DAY + 4 * HOUR)
    const all = await raised(node)
    expect(all.map(({ data }) => [...at(data), data['events']])).toEqual([
      ['2026-03-13T15:00:00.000Z', '2026-03-14T15:00:00.000Z', 1],
      ['2026-03-14T15:00:00.000Z', '2026-03-17T15:00:00.000Z', 2],
      ['2026-03-17T15:00:00.000Z', '2026-03-18T15:00:00.000Z', 2],
    ])
  })

  it('counts more events than one read brings, with and without a condition', async () => {
    const node = await nodeWith(OFF)
    await save(node, 'all', { ...HOURLY, name: 'all' })
    const when = { field: 'data.n', op: 'lt', value: 600 }
    await save(node, 'some', { ...HOURLY, name: 'some', summary: { when } })
    for (let batch = 0; batch < 41; batch += 1)
      await node.post(Array.from({ length: 500 }, (_, n) => ({ type: 'ticket.created', data: { n: batch * 500 + n } })))
    run(node)
    await node.pass(BEGIN + HOUR)
    const counts = (await raised(node)).map(({ data }) => [data['schedule'], data['events']])
    expect(counts).toEqual([
      ['all', 20_500],
      ['some', 600],
    ])
  })
})

describe('the statistics of the day', () => {
  const DAILY = 'workspace: { name: default }'

  it('come at nine by the clock of the workspace, about the day before, with what is being handled', async () => {
    const node = await nodeWith(DAILY)
    const fault = (type: string, id: number) => ({
      type: `fault.${type}`,
      data: { fault: id, target: 'server', origin: 'manual' },
    })
    const ticket = (type: string, id: number) => ({ type: `ticket.${type}`, data: { ticket: id } })
    run(node)
    await node.post([fault('registered', 1), fault('registered', 2), fault('closed', 1), fault('reopened', 1)])
    await node.post([ticket('created', 1), ticket('created', 2), ticket('created', 3), ticket('done', 2)])
    // Half past midnight: the next day has begun.
    await node.pass(Date.parse('2026-03-14T21:30:00Z'))
    await node.post([fault('registered', 3), fault('closed', 2), ticket('cancelled', 3)])
    await node.pass(BEGIN + 2 * DAY)
    const all = await raised(node)
    expect(all.map(({ type, at: time }) => [type, time])).toEqual([
      ['statistics.daily', '03-15T06:00'],
      ['statistics.daily', '03-16T06:00'],
    ])
    expect(all[0]!.eventId).toBe('schedule:statistics:2026-03-15T06:00:00.000Z')
    const handled = { faultsInProgress: 2, ticketsInProgress: 1 }
    expect(all[0]!.data).toEqual({ date: '2026-03-14', faultsNew: 2, ticketsNew: 3, ...handled })
    expect(all[1]!.data).toEqual({ date: '2026-03-15', faultsNew: 1, ticketsNew: 0, ...handled })
  })

  it('come at another hour when the workspace says so, and not at all when it is false', async () => {
    const node = await nodeWith('workspace: { name: default, timeZone: Asia/Yekaterinburg, dailyStatistics: "18:30" }')
    run(node)
    await node.pass(BEGIN + DAY)
    expect(await times(node)).toEqual(['03-14T13:30'])
    await node.configuration.saveSettings(node.view, { dailyStatistics: false }, 'test')
    await node.pass(BEGIN + 4 * DAY)
    expect(await times(node)).toHaveLength(1)
  })

  it('of a new workspace do not come for the past, and after a downtime come once', async () => {
    const node = await nodeWith(DAILY)
    const first = run(node)
    await node.pass(BEGIN + HOUR)
    await first.stop()
    expect(await times(node)).toEqual([])
    await node.pass(BEGIN + 5 * DAY)
    run(node)
    await node.pass(BEGIN + 5 * DAY + HOUR)
    expect((await raised(node)).map(({ data }) => data['date'])).toEqual(['2026-03-18'])
  })
})

/** A store in which some methods are others. */
const withMethods = (store: Store, methods: Partial<Store>): Store =>
  new Proxy(store, { get: (target, name) => Reflect.get(methods, name) ?? Reflect.get(target, name) })

/** A node that dies each time before it writes down what it has raised. */
const forgetful = (store: Store): Store => withMethods(store, { recordScheduleRun: async () => {} })

/** Cannot be read for as long as that. */
const refusing = (store: Store, isDown: () => boolean): Store =>
  withMethods(store, {
    scheduleRuns: async (workspace) => {
      if (isDown()) throw new StoreUnavailable('down')
      return store.scheduleRuns(workspace)
    },
  })
