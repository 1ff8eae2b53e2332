import type { IncidentLook } from '../pipeline/hold.ts'
import { stateOfUnknown, type Step } from '../store/store.ts'
import type { Waiting } from './waiting.ts'

/** An incident over the span: open or not, who was told of it, who waits to be. The store keeps the same in three tables. */
export class Incident {
  /** By destination, what waits to tell of it, in the order of events. */
  readonly lines = new Map<string, Waiting[]>()
  /** Null: nothing of the span opened it. */
  #state: 'open' | 'ended' | null = null
  /** The event that opened it, empty when none of the span did. */
  #openedBy = ''
  /** By destination, the latest event it was told of. */
  readonly #told = new Map<string, string>()

  /** Moves on with an event; true when that closes what was not open. */
  step(event: string, step: Step): boolean {
    const wasOpen = this.#state === 'open'
    if (step === 3) {
      if (this.#state !== null) this.#state = 'ended'
      return !wasOpen
    }
    if (step === 1 && !wasOpen) {
      this.#state = 'open'
      this.#openedBy = event
    }
    return false
  }

  /** A destination is told of an event. */
  tell(destination: string, event: string): void {
    const before = this.#told.get(destination)
    if (before === undefined || before < event) this.#told.set(destination, event)
  }

  /** As a destination knows it. What it was told of an earlier life of it counts only for events of then. */
  look(destination: string, event: string, step: Step): NonNullable<IncidentLook['incident']> {
    const state = this.#state ?? stateOfUnknown(step)
    const toldEvent = this.#told.get(destination) ?? null
    if (toldEvent === null) return { state, told: null, toldEvent }
    return { state, told: toldEvent < this.#openedBy && event >= this.#openedBy ? null : TOLD, toldEvent }
  }
}

const TOLD: readonly string[] = []

/** The incidents of the span. */
export class Incidents {
  readonly #incidents = new Map<string, Incident>()

  of(key: string): Incident {
    let incident = this.#incidents.get(key)
    if (incident === undefined) this.#incidents.set(key, (incident = new Incident()))
    return incident
  }
}
