import { useSyncExternalStore } from 'react'
import { STORED_AT } from '../worker/messages.ts'

/*
 * Whether what is shown comes from the device, because the server could not be asked (worker/answers.ts).
 */

/** When the oldest of what is shown was stored; undefined: all of it comes from the server. */
let oldest: string | undefined
const listeners = new Set<() => void>()

function set(at: string | undefined): void {
  if (oldest === at) return
  oldest = at
  for (const tell of listeners) tell()
}

/** Takes note of whether an answer of the server was a kept one. */
export function noteStored({ headers }: Response): void {
  const at = headers.get(STORED_AT)
  if (at !== null && (oldest === undefined || at < oldest)) set(at)
}

/** The server is there again, and everything is asked for anew. */
export const forgetStored = (): void => set(undefined)

/** When the oldest kept answer that is shown was stored, RFC 3339; undefined when all comes from the server. */
export const useStoredAt = (): string | undefined =>
  useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => void listeners.delete(tell)
    },
    () => oldest,
  )
