import type { EventType } from './event-type.ts'
import { deskTypes, type DeskNoun } from './desk.ts'
import { camera, letterOnly, name, object } from './fields.ts'

const WORKORDER: DeskNoun = {
  noun: 'workorder',
  category: 'workorders',
  ru: { word: 'заказ-наряд', genitive: 'заказ-наряда', dative: 'заказ-наряду', gender: 'm' },
  en: { word: 'work order' },
  fields: {
    object,
    camera: letterOnly(camera),
    fault: letterOnly(name('Неисправность', 'Fault', 'Id of the fault it mends')),
    ticket: letterOnly(name('Обращение', 'Ticket', 'Id of the ticket it came from')),
  },
  example: {
    workorder: '118',
    number: 'ЗН-118',
    title: 'Замена камеры',
    object: 'Северный парк, 12',
    address: 'Москва, Северная, 12',
  },
}

/** Work orders. `workorder.unassigned` names in `assignees` those from whom the order was taken: they must hear it. */
export const WORKORDER_TYPES: readonly EventType[] = deskTypes(WORKORDER, [
  'created',
  'assigned',
  'handed.over',
  'unassigned',
  'delegated',
  'status.changed',
  'field.changed',
  'commented',
  'file.added',
  'done',
  'cancelled',
  'deadline.near',
  'deadline.missed',
])
