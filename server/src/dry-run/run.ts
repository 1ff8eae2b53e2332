/*
 * A dry run over the store: slices of events by id, read beside the writer. Between slices, and inside one that takes its
 * time, the event loop goes on with delivering.
 */
import { setImmediate } from 'node:timers/promises'
import type { DryRunReport } from '@nabat/api/dry-run.ts'
import type { Rule } from '@nabat/api/rule.ts'
import type { Clock } from '../clock.ts'
import type { Sources } from '../configuration/references.ts'
import { WorkspaceView } from '../configuration/view.ts'
import { firstIdOf, idBytes, idText, idTime } from '../ids.ts'
import type { EventRow, Priority, Store } from '../store/store.ts'
import { DryRun } from './dry-run.ts'
import { inWords } from './words.ts'

/** Events of one read. */
const SLICE = 2_000
/** Longest the event loop is held. */
const BREATH_MS = 15
/** The clock is asked after so many events, or messages that waited. */
const LOOK_EVERY = 16

/** Milliseconds, both ends included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * The configuration of a workspace as it is stored, with this rule in place of all of its own. A copy: what is saved while
 * the run goes on does not change its answer. The rule counts as switched on.
 */
export async function viewWithRule(
  store: Store,
  workspace: number,
  { enabled: _enabled, ...rule }: Rule,
  sources: Sources,
): Promise<WorkspaceView> {
  const changes = await store.configurationSince(workspace, 0)
  const others = changes.entities.filter(({ section }) => section !== 'rules')
  const { version } = changes.workspace
  const body = JSON.stringify(rule)
  const row = { section: 'rules', id: 1, key: rule.name, body, origin: 'api', version, removed: false } as const
  const view = new WorkspaceView(workspace)
  view.update({ ...changes, entities: [...others, row] }, sources)
  return view
}

/** Runs the rule of the view over the stored events; yields how far it is, from 0 to 1. */
export async function* dryRun(
  store: Store,
  view: WorkspaceView,
  { from, to }: Span,
  clock: Clock,
): AsyncGenerator<number, DryRunReport, void> {
  const run = new DryRun(view)
  const types = JSON.stringify(typesToSee(view))
  const end = idBytes(firstIdOf(to + 1))
  let after: Uint8Array = idBytes(firstIdOf(from))
  let heldSince = clock.now()
  const breathe = async (): Promise<void> => {
    if (clock.now() - heldSince < BREATH_MS) return
    await setImmediate()
    heldSince = clock.now()
  }
  for (;;) {
    const { count, last } = await sliceAfter(store, view.id, after, end)
    if (last === null) break
    run.events += count
    const rows = await eventsOf(store, view.id, after, last, types)
    heldSince = clock.now()
    for (const [index, row] of rows.entries()) {
      const event = eventRow(row)
      while (!run.advance(idTime(event.id), LOOK_EVERY)) await breathe()
      run.see(event)
      if (index % LOOK_EVERY === 0) await breathe()
    }
    after = last
    yield Math.min(1, Math.max(0, (idTime(idText(last)) - from) / (to - from + 1)))
  }
  while (!run.advance(Infinity, LOOK_EVERY)) await breathe()
  const overBudget = run.end()
  const { messages, perRecipient, perHour, perWeekday, night } = run.tally
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    events: run.events,
    matched: run.matched,
    ...{ messages, perRecipient, perHour, perWeekday, night },
    held: run.held.counts,
    suppressed: run.suppressed.counts,
    overBudget,
    first: run.first.map((leaving) => inWords(leaving, view)),
  }
}

/** The types the rule names, and those that open or close incidents of the same kinds. */
function typesToSee(view: WorkspaceView): string[] {
  const all = [...view.types()]
  const isNamed = (name: string): boolean => view.rulesNaming(name).length > 0
  const kinds = new Set(all.filter(({ name }) => isNamed(name)).map(({ incident }) => incident?.key))
  return all
    .filter(({ name, incident }) => isNamed(name) || (incident !== undefined && kinds.has(incident.key)))
    .map(({ name }) => name)
}

/** How many events the next slice has and which is its last; null behind the end. */
async function sliceAfter(
  store: Store,
  workspace: number,
  after: Uint8Array,
  end: Uint8Array,
): Promise<{ count: number; last: Uint8Array | null }> {
  const [row] = await store.read({
    sql: `select count(*) as n, max(id) as last from
            (select id from events where workspace = ? and id > ? and id < ? order by id limit ?)`,
    parameters: [workspace, after, end, SLICE],
  })
  return { count: Number(row?.['n']), last: (row?.['last'] as Uint8Array | null | undefined) ?? null }
}

const eventsOf = (
  store: Store,
  workspace: number,
  after: Uint8Array,
  last: Uint8Array,
  types: string,
): Promise<readonly Record<string, unknown>[]> =>
  store.read({
    sql: `select id, source, event_id, type, subject, severity, time, actor_user, actor_role, incident, data
          from events where workspace = ? and id > ? and id <= ? and type in (select value from json_each(?))
          order by id`,
    parameters: [workspace, after, last, types],
  })

function eventRow(row: Record<string, unknown>): EventRow {
  const id = idText(row['id'] as Uint8Array)
  return {
    id,
    source: row['source'] as string,
    eventId: (row['event_id'] as string | null) ?? id,
    type: row['type'] as string,
    subject: row['subject'] as string | null,
    severity: Number(row['severity']) as Priority,
    time: Number(row['time']),
    actorUser: row['actor_user'] as string | null,
    actorRole: row['actor_role'] as string | null,
    incident: row['incident'] as string | null,
    data: row['data'] as string,
    attachments: null,
  }
}
