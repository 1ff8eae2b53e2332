import type { Rule } from '@nabat/api/rule.ts'

/** Names of starting points, in the order in which they are offered. */
export const START_NAMES = ['alarms', 'tickets', 'orders', 'calls', 'system'] as const
export type StartName = (typeof START_NAMES)[number]

const ORDERS = [
  'workorder.assigned',
  'workorder.handed.over',
  'workorder.unassigned',
  'workorder.status.changed',
  'workorder.field.changed',
]

/** What a rule begins with; whom it tells is left to whoever makes it, where that is a chat or an address. */
export const STARTS: Readonly<Record<StartName, Omit<Rule, 'name'>>> = {
  alarms: {
    types: [
      'camera.unavailable',
      'camera.available',
      'object.unavailable',
      'object.available',
      'segment.unavailable',
      'segment.available',
      'server.unavailable',
      'server.available',
      'server.disk.failed',
      'server.storage.low',
    ],
    to: [],
    messages: 'living',
  },
  tickets: {
    types: [
      'ticket.created',
      'ticket.commented',
      'ticket.answered',
      'ticket.access.requested',
      'ticket.connection.requested',
    ],
    to: [],
  },
  orders: {
    actions: { admin: ORDERS, support: ORDERS },
    to: [],
  },
  calls: { types: ['call.missed'], to: [{ relation: 'callee' }] },
  system: {
    types: [
      'system.channel.down',
      'system.channel.back',
      'system.destination.disabled',
      'system.disk.low',
      'system.backup.failed',
      'system.token.expiring',
    ],
    to: [{ role: 'admin' }],
  },
}

/** The starting point of an address, undefined when it names none. */
export const startNamed = (name: string | null): StartName | undefined => START_NAMES.find((each) => each === name)
