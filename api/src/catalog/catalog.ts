import { ABSENCE_TYPES } from './absences.ts'
import { APPROVAL_TYPES } from './approvals.ts'
import { CALL_TYPES } from './calls.ts'
import { CAMERA_TYPES } from './cameras.ts'
import type { EventType } from './event-type.ts'
import { FAULT_TYPES } from './faults.ts'
import { GENERAL_TYPES } from './general.ts'
import { SERVER_TYPES } from './servers.ts'
import { SYSTEM_TYPES } from './system.ts'
import { TASK_TYPES } from './tasks.ts'
import { TICKET_TYPES } from './tickets.ts'
import { USER_TYPES } from './users.ts'
import { WORKORDER_TYPES } from './workorders.ts'

/** Every event type Nabat knows by itself, by category in the order the console shows them. */
export const CATALOG: readonly EventType[] = [
  ...GENERAL_TYPES,
  ...USER_TYPES,
  ...SERVER_TYPES,
  ...CAMERA_TYPES,
  ...TICKET_TYPES,
  ...FAULT_TYPES,
  ...WORKORDER_TYPES,
  ...TASK_TYPES,
  ...APPROVAL_TYPES,
  ...ABSENCE_TYPES,
  ...CALL_TYPES,
  ...SYSTEM_TYPES,
]

/** The catalogue by name. */
export const typeByName: ReadonlyMap<string, EventType> = new Map(CATALOG.map((type) => [type.name, type]))
