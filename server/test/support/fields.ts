import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Fields } from '../../src/pipeline/conditions.ts'

/** The fields of an event as conditions see them; what a test does not name is an ordinary camera that went down. */
export function fieldsWith(some: Partial<Fields> = {}): Fields {
  return {
    type: 'camera.unavailable',
    subject: 'cam-1',
    severity: 'warning',
    source: 'watch',
    actor: { user: null, role: null },
    incident: null,
    data: { camera: 'cam-1' },
    ...some,
  }
}

/** A type of the catalogue. */
export function catalogued(name: string): EventType {
  const type = typeByName.get(name)
  if (type === undefined) throw new Error(`the catalogue has no ${name}`)
  return type
}
