import type { Silence } from '@nabat/api/configuration.ts'
import type { Stored } from './entities.ts'

/** A silence, with what the clock says of it. */
export type StoredSilence = Silence &
  Stored & {
    readonly status: 'pending' | 'active' | 'ended'
    /** When that changes; null once it has ended. */
    readonly changesAt: string | null
    readonly madeBy: string | null
  }

/** A silence as the API takes it, without what the server adds. */
export const silenceOf = ({ name, when, comment, from, until, schedule }: StoredSilence): Silence => ({
  name,
  when,
  comment,
  until,
  ...(from === undefined ? {} : { from }),
  ...(schedule === undefined ? {} : { schedule }),
})
