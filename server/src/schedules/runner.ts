import type { Clock } from '../clock.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Log } from '../log.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { RaisedAs } from '../pipeline/system-events.ts'
import type { ScheduleRun, Store } from '../store/store.ts'
import { lastBefore } from '../time/cron.ts'
import { dueOccurrence } from './due.ts'
import { dataOf, entriesOf, STATISTICS, summaryOf, type Entry } from './entries.ts'
import { dailyStatistics } from './statistics.ts'
import { summarize } from './summary.ts'

/*
 * Raises what the clock raises. A look at a workspace reads its configuration and what was raised last, raises what is due
 * (due.ts decides) and says when to look again; one timer waits for the first of these moments. Every node does so: the
 * event's id is made of the schedule and the occurrence, so what another node has raised already is a duplicate. What was
 * raised is remembered after the event is stored; a node that dies between raises it again, as a duplicate.
 */

/** Everything is looked at this often at least: another node may have saved something, and machines sleep. */
const SLICE_MS = 600_000
/** After a failure: the store takes no writes, or cannot be read. */
const AGAIN_MS = 60_000

export interface SchedulesParts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly clock: Clock
  readonly log: Log
  readonly raise: Pipeline['raise']
}

export class Schedules {
  readonly #parts: SchedulesParts
  /** Workspaces that are to be looked at, with the next moment of those that were. */
  readonly #next = new Map<number, number>()
  #endTimer = (): void => {}
  #endListening = (): void => {}
  #running: Promise<void> | null = null
  #stopped = true

  constructor(parts: SchedulesParts) {
    this.#parts = parts
  }

  /** Looks at every workspace, and goes on until stopped. */
  start(): void {
    this.#stopped = false
    this.#endListening = this.#parts.workspaces.onChange((workspace) => {
      this.#next.set(workspace, -Infinity)
      this.#wait()
    })
    this.#wait()
  }

  /** Raises nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#endListening()
    this.#endTimer()
    await this.#running
  }

  /** Sets the timer for the first workspace that is to be looked at; a round under way does so at its end. */
  #wait(): void {
    if (this.#stopped || this.#running !== null) return
    this.#endTimer()
    const { clock, workspaces } = this.#parts
    const first = Math.min(...Array.from(workspaces.all(), ({ id }) => this.#next.get(id) ?? -Infinity))
    const inMs = Math.min(Math.max(0, first - clock.now()), SLICE_MS)
    this.#endTimer = clock.after(inMs, () => {
      this.#running = this.#round().finally(() => {
        this.#running = null
        this.#wait()
      })
    })
  }

  /** Looks at the workspaces whose time has come. Never rejects. */
  async #round(): Promise<void> {
    const { workspaces, clock, log } = this.#parts
    for (const view of workspaces.all()) {
      if (this.#stopped) return
      if ((this.#next.get(view.id) ?? -Infinity) > clock.now()) continue
      // Whatever changes from here on asks for another look.
      this.#next.set(view.id, clock.now() + SLICE_MS)
      try {
        await workspaces.refresh(view.id)
        this.#sooner(view.id, await this.#look(view))
      } catch (error) {
        log.error({ workspace: view.id, error: (error as Error).message }, 'schedules could not be looked at')
        this.#sooner(view.id, clock.now() + AGAIN_MS)
      }
    }
  }

  #sooner(workspace: number, at: number): void {
    this.#next.set(workspace, Math.min(this.#next.get(workspace) ?? Infinity, at))
  }

  /** Raises what is due in a workspace; answers with the next moment at which something is. */
  async #look(view: WorkspaceView): Promise<number> {
    const entries = entriesOf(view).filter(({ enabled }) => enabled)
    if (entries.length === 0) return Infinity
    const runs = new Map((await this.#parts.store.scheduleRuns(view.id)).map((run) => [run.schedule, run]))
    let next = Infinity
    for (const entry of entries) {
      const run = runs.get(entry.id)
      // Removed by another node since.
      if (run === undefined) continue
      next = Math.min(next, await this.#one(view, entry, run))
    }
    return next
  }

  async #one(view: WorkspaceView, entry: Entry, { savedAt, raisedAt }: ScheduleRun): Promise<number> {
    const { store, clock } = this.#parts
    const now = clock.now()
    if (entry.id === STATISTICS && raisedAt === null) await store.recordScheduleRun(view.id, STATISTICS, now)
    // Of statistics it is not written down when the workspace was made: they begin when they are first looked at.
    const last = Math.max(savedAt, raisedAt ?? (entry.id === STATISTICS ? now : 0))
    const { occurrence, next } = dueOccurrence(entry, last, now)
    if (occurrence !== null) {
      if (!(await this.#raise(view, entry, occurrence, raisedAt))) return now + AGAIN_MS
      await store.recordScheduleRun(view.id, entry.id, occurrence)
    }
    return next ?? Infinity
  }

  /** False when the event could not be stored. */
  async #raise(view: WorkspaceView, entry: Entry, occurrence: number, raisedAt: number | null): Promise<boolean> {
    const { store, raise } = this.#parts
    const { schedule } = entry
    const id = schedule === null ? 'statistics' : entry.id
    const as: RaisedAs = { eventId: `schedule:${id}:${new Date(occurrence).toISOString()}`, time: occurrence }
    if (schedule === null) {
      const data = await dailyStatistics(store, view, occurrence)
      return raise(view.id, 'statistics.daily', data, as)
    }
    const wanted = summaryOf(schedule)
    const since = raisedAt ?? lastBefore(entry.times, occurrence) ?? occurrence
    const summary = wanted === null ? null : await summarize(store, view, wanted, { since, until: occurrence })
    const { subject, severity } = schedule
    return raise(view.id, schedule.type, dataOf(schedule, summary), {
      ...as,
      ...(subject === undefined ? {} : { subject }),
      ...(severity === undefined ? {} : { severity }),
    })
  }
}
