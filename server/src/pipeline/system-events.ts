import type { Severity } from '@nabat/api/severity.ts'
import type { World } from '../channels/channel.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { MakeId } from '../ids.ts'
import type { AcceptRequest, Store, Woken } from '../store/store.ts'
import { planEvents, severityOf } from './accept.ts'
import { decideByWorkspace } from './hold.ts'
import type { LoopGuard } from './loops.ts'

/** The source of events that Nabat raises about itself. */
const SOURCE = 'nabat'

interface Parts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly world: Pick<World, 'clock' | 'log'>
  readonly makeId: MakeId
  readonly loops: LoopGuard
  readonly wake: (woken: readonly Woken[]) => void
}

/** What else is known of a raised event. The same `eventId` again changes nothing. `time`: milliseconds, by default now. */
export interface RaisedAs {
  readonly incident?: string
  readonly eventId?: string
  readonly time?: number
  readonly subject?: string
  readonly severity?: Severity
  /** Who did it. */
  readonly actor?: { readonly user: string }
}

/** Events of the system's own (a channel is down, a destination was disabled): routed and stored like any other. */
export class SystemEvents {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Routes an event, ready to be written with whatever raised it; null where there is no such workspace or type, or it is shut. */
  plan(workspace: number, name: string, data: Record<string, unknown>, as: RaisedAs = {}): AcceptRequest | null {
    const { workspaces, world, makeId, loops } = this.#parts
    const view = workspaces.get(workspace)
    const type = view?.type(name)
    if (view === undefined || type === undefined || decideByWorkspace(name, view, 0).kind !== 'now') return null
    const { eventId, time, ...more } = as
    const posted = {
      type: name,
      data,
      ...more,
      ...(eventId === undefined ? {} : { id: eventId }),
      ...(time === undefined ? {} : { time: new Date(time).toISOString() }),
    }
    return planEvents([{ posted, type, data: JSON.stringify(data) }], view, SOURCE, world.clock.now(), makeId, loops)
  }

  /** Writes a planned event. Never rejects: that something could not be told is in the log, and the answer false. */
  async accept(request: AcceptRequest | null): Promise<boolean> {
    if (request === null) return true
    const { store, world, wake } = this.#parts
    try {
      const result = await store.accept(request)
      if (result === 'stale') return await this.again(request)
      wake(result.woken)
      return true
    } catch (error) {
      const type = request.events[0]?.type
      world.log.error({ error: (error as Error).message, type }, 'an event of the system could not be stored')
      return false
    }
  }

  /** Routes again what was routed by an older configuration. */
  async again(request: AcceptRequest): Promise<boolean> {
    await this.#parts.workspaces.refresh(request.workspace)
    let stored = true
    for (const event of request.events) {
      const { type, time, incident, eventId, subject, actorUser } = event
      const planned = this.plan(request.workspace, type, JSON.parse(event.data) as Record<string, unknown>, {
        time,
        severity: severityOf(event.severity),
        ...(incident === null ? {} : { incident }),
        ...(eventId === null ? {} : { eventId }),
        ...(subject === null ? {} : { subject }),
        ...(actorUser === null ? {} : { actor: { user: actorUser } }),
      })
      stored = (await this.accept(planned)) && stored
    }
    return stored
  }
}
