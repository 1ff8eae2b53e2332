import type { IncidentLook } from '../pipeline/hold.ts'
import type { Step } from '../store/store.ts'
import type { SeenEvent } from './event.ts'

interface Incident {
  state: 'open' | 'ended'
  /** The event that opened it, null when none of the span did. */
  openedBy: string | null
  /** By destination, the latest event it was told of. */
  readonly told: Map<string, string>
}

/** Incidents over the span: open or not, and who was told of them. The store keeps the same in two tables. */
export class Incidents {
  readonly #incidents = new Map<string, Incident>()

  /** Moves the incident of an event on; true when it closes one that was not open. */
  step({ incident: key, id }: SeenEvent, step: Step): boolean {
    if (key === null || (step !== 1 && step !== 3)) return false
    const incident = this.#incidents.get(key)
    const wasOpen = incident?.state === 'open'
    if (step === 3) {
      if (incident !== undefined) incident.state = 'ended'
      return !wasOpen
    }
    if (wasOpen) return false
    if (incident === undefined) this.#incidents.set(key, { state: 'open', openedBy: id, told: new Map() })
    else Object.assign(incident, { state: 'open', openedBy: id })
    return false
  }

  /** A destination is told of an event. */
  tell(key: string, destination: string, event: string): void {
    let incident = this.#incidents.get(key)
    if (incident === undefined)
      this.#incidents.set(key, (incident = { state: 'ended', openedBy: null, told: new Map() }))
    const before = incident.told.get(destination)
    if (before === undefined || before < event) incident.told.set(destination, event)
  }

  /** The incident as a destination knows it. What it was told of an earlier life of it counts only for events of then. */
  look(key: string, destination: string, event: string): NonNullable<IncidentLook['incident']> {
    const incident = this.#incidents.get(key)
    const state = incident?.state ?? 'ended'
    const toldEvent = incident?.told.get(destination) ?? null
    if (toldEvent === null) return { state, told: null, toldEvent }
    const openedBy = incident?.openedBy ?? ''
    return { state, told: toldEvent < openedBy && event >= openedBy ? null : [], toldEvent }
  }
}
