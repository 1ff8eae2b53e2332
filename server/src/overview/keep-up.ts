import type { Clock } from '../clock.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Log } from '../log.ts'
import { HOUR_MS, hourOf } from '../store/hours.ts'
import type { Store } from '../store/store.ts'
import { lookAtHours, MOST_HOURS } from './hours.ts'
import { SETTLES_MS } from './why-count.ts'

/** Before that a start has other things to do. */
const AFTER_START_MS = 60_000

interface Parts {
  readonly store: Store
  readonly workspaces: Pick<Workspaces, 'all'>
  readonly clock: Clock
  readonly log: Log
  /** Whether it falls to this node. */
  readonly keepsUp: () => boolean
}

/**
 * Counts each hour when it is over, and soon after the start what there is already, so that nobody who opens the overview
 * waits for it. Returns a stop.
 */
export function startKeepingHours({ store, workspaces, clock, log, keepsUp }: Parts): () => void {
  let stopped = false
  let endTimer = (): void => {}
  const goesOn = (): boolean => !stopped && keepsUp()
  const round = async (): Promise<void> => {
    try {
      for (const { id } of workspaces.all()) {
        const now = clock.now()
        if (goesOn()) await lookAtHours(store, id, hourOf(now) - MOST_HOURS * HOUR_MS, now, goesOn)
      }
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'hours of history were not counted, they are later')
    }
    if (!stopped) endTimer = clock.after(untilNext(clock.now()), () => void round())
  }
  endTimer = clock.after(AFTER_START_MS, () => void round())
  return () => {
    stopped = true
    endTimer()
  }
}

/** Milliseconds until the next hour is over for good. */
const untilNext = (now: number): number => hourOf(now - SETTLES_MS) + HOUR_MS + SETTLES_MS - now
