import type { EventSchedule } from '@nabat/api/configuration.ts'
import type { Stored } from './entities.ts'

/** A schedule, with when it comes next; null: never again, or it is off. */
export type StoredSchedule = EventSchedule &
  Stored & {
    readonly next: string | null
    /** That time and a few after it. */
    readonly nextTimes: readonly string[]
  }
