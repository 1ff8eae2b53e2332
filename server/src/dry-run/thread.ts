/*
 * The thread of a dry run. The event loop of the node only hands slices of stored events on, as bytes it does not look at;
 * parsing them and deciding about them happens here, so that delivering goes on as if nothing were. Ending the thread ends
 * the work at once.
 */
import module from 'node:module'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { DryRunReport } from '@nabat/api/dry-run.ts'
import { WorkspaceView } from '../configuration/view.ts'
import type { ConfigurationChanges, Priority } from '../store/store.ts'
import { DryRun } from './dry-run.ts'
import type { SeenEvent } from './event.ts'
import { inWords } from './words.ts'

/** The nights of a busy week wait in it. Megabytes; a run that needs more ends with an error, and not the node. */
const LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 64 }

/** A configuration as it crosses over to the thread. */
export interface Tried {
  readonly changes: ConfigurationChanges
  /** Entity id of the rule that is tried. */
  readonly rule: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly secrets: ReadonlyMap<string, string>
}

/** What the run found, without what only its caller knows. */
export type Found = Omit<DryRunReport, 'from' | 'to' | 'storedFrom' | 'events'>

/** One event of a slice: the columns of `EVENT_COLUMNS` (run.ts), its data parsed. */
type Columns = readonly [
  id: string,
  source: string,
  eventId: string | null,
  type: string,
  subject: string | null,
  severity: Priority,
  time: number,
  actorUser: string | null,
  actorRole: string | null,
  incident: string | null,
  data: unknown,
]

/** A dry run under way in its thread; one question at a time. */
export class DryRunThread {
  readonly #worker: Worker
  #answer = Promise.withResolvers<Found | null>()
  #dead: Error | null = null

  constructor(tried: Tried) {
    this.#worker = new Worker(new URL('./thread.mjs', import.meta.url), {
      workerData: { tried, entry: import.meta.url, compileCache: module.getCompileCacheDir() },
      resourceLimits: LIMITS,
    })
    this.#worker.on('message', (found: Found | null) => this.#answer.resolve(found))
    this.#worker.on('error', (error) => this.#die(error as Error))
    this.#worker.on('exit', () => this.#die(new Error('the thread of the dry run has ended')))
  }

  #die(why: Error): void {
    this.#dead ??= why
    this.#answer.promise.catch(() => {})
    this.#answer.reject(this.#dead)
  }

  /** Takes the next events, JSON of a list of columns; resolves when they have been looked at. */
  async see(events: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#ask(events, [events.buffer])
  }

  /** What came of all of them. */
  async end(): Promise<Found> {
    return (await this.#ask(null, []))!
  }

  #ask(events: Uint8Array<ArrayBuffer> | null, transfer: ArrayBuffer[]): Promise<Found | null> {
    // A thread that has ended answers nothing.
    if (this.#dead !== null) return Promise.reject(this.#dead)
    this.#answer = Promise.withResolvers()
    this.#worker.postMessage(events, transfer)
    return this.#answer.promise
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

function seen(columns: Columns): SeenEvent {
  const [id, source, eventId, type, subject, severity, time, actorUser, actorRole, incident, data] = columns
  const at = parseInt(id.slice(0, 12), 16)
  return { id, source, eventId, type, subject, severity, time, actorUser, actorRole, incident, data, at }
}

/** The thread's side. */
function serve({ changes, rule, env, secrets }: Tried): void {
  const port = parentPort!
  const view = new WorkspaceView(changes.workspace.id)
  view.update(changes, { env, secret: (name) => secrets.get(name) })
  const run = new DryRun(view, rule)
  const text = new TextDecoder()
  port.on('message', (events: Uint8Array | null) => {
    if (events === null) return port.postMessage(foundBy(run, view))
    for (const columns of JSON.parse(text.decode(events)) as readonly Columns[]) run.see(seen(columns))
    return port.postMessage(null)
  })
}

function foundBy(run: DryRun, view: WorkspaceView): Found {
  const overBudget = run.end()
  const { matched, alreadyTold, tookOver } = run
  const { messages, perRecipient, perHour, perWeekday, night } = run.tally
  return {
    ...{ matched, messages, alreadyTold, tookOver, perRecipient, perHour, perWeekday, night },
    held: run.held.counts,
    suppressed: run.suppressed.counts,
    overBudget,
    first: run.first.map((leaving) => inWords(leaving, view)),
  }
}

const data = workerData as { tried?: Tried } | null
if (parentPort !== null && data?.tried !== undefined) serve(data.tried)
