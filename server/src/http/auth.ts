import type { FastifyRequest } from 'fastify'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Caller, Keys } from '../people/keys.ts'
import { problem } from '@nabat/api/text.ts'
import { HttpError } from './errors.ts'

/** What a route asks of its caller. `send` keys may only post events and files; `read` keys may only look. */
export type Right = 'send' | 'read' | 'write'

const GRANTS: Readonly<Record<Caller['rights'], readonly Right[]>> = {
  send: ['send'],
  read: ['read'],
  all: ['send', 'read', 'write'],
}

export interface Authorized {
  readonly caller: Caller
  readonly view: WorkspaceView
}

/** Finds out who calls and whether they may; 401 without a key that is known, 403 without the right. `any`: every known key. */
export function authorizer(
  keys: Keys,
  workspaces: Workspaces,
): (request: FastifyRequest, right: Right | 'any') => Authorized {
  return (request, right) => {
    const header = request.headers.authorization
    const key = header !== undefined && /^bearer /i.test(header) ? header.slice(7).trim() : undefined
    const caller = key === undefined ? undefined : keys.caller(key)
    const view = caller === undefined ? undefined : workspaces.get(caller.workspace)
    if (caller === undefined || view === undefined)
      throw new HttpError(
        'unauthorized',
        key === undefined ? [] : [problem('', 'Такого ключа нет', 'There is no such key')],
      )
    if (right !== 'any' && !GRANTS[caller.rights].includes(right)) throw new HttpError('forbidden')
    return { caller, view }
  }
}
