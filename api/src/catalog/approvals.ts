import type { EventType } from './event-type.ts'
import { deskTypes, type DeskNoun } from './desk.ts'
import { letterOnly, list, name } from './fields.ts'

const APPROVAL: DeskNoun = {
  noun: 'approval',
  category: 'approvals',
  ru: { word: 'согласование', genitive: 'согласования', dative: 'согласованию', gender: 'n' },
  en: { word: 'approval' },
  fields: {
    approvers: list('Согласующие', 'Approvers', 'Logins of those who must decide'),
    ticket: letterOnly(name('Обращение', 'Ticket', 'Id of the ticket it belongs to')),
  },
  relations: { approver: 'data.approvers' },
  example: { approval: '12', title: 'Закупка камер для дома на Северной', approvers: ['chief'] },
}

/** Approvals. Their end is approved or refused; there is no other being done. */
export const APPROVAL_TYPES: readonly EventType[] = deskTypes(APPROVAL, [
  'created',
  'assigned',
  'handed.over',
  'delegated',
  'status.changed',
  'field.changed',
  'commented',
  'file.added',
  'approved',
  'refused',
  'cancelled',
  'deadline.near',
  'deadline.missed',
])
