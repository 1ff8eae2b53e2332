import { CAMERA_TYPES } from './cameras.ts'
import type { EventType } from './event-type.ts'
import { SERVER_TYPES } from './servers.ts'
import { SYSTEM_TYPES } from './system.ts'
import { WORKORDER_TYPES } from './workorders.ts'

/** Every event type Nabat knows by itself, by category in the order the console shows them. */
export const CATALOG: readonly EventType[] = [...SERVER_TYPES, ...CAMERA_TYPES, ...WORKORDER_TYPES, ...SYSTEM_TYPES]

/** The catalogue by name. */
export const typeByName: ReadonlyMap<string, EventType> = new Map(CATALOG.map((type) => [type.name, type]))
