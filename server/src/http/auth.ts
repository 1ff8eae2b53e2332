import type { FastifyRequest } from 'fastify'
import type { Section } from '@nabat/api/configuration.ts'
import { sectionPermissions, type Permission } from '@nabat/api/permissions.ts'
import { problem } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Caller } from '../people/caller.ts'
import type { Keys } from '../people/keys.ts'
import { HttpError } from './errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, once `identify` has found out. */
    identity: Authorized | undefined
  }
}

export interface Authorized {
  readonly caller: Caller
  readonly view: WorkspaceView
}

/** Fails unless the caller of the request has one of these permissions; says who calls and for which workspace. */
export type Authorize = (request: FastifyRequest, ...anyOf: readonly Permission[]) => Authorized

/** The key in a request's header, undefined without one. */
const keyIn = ({ headers: { authorization } }: FastifyRequest): string | undefined =>
  authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined

/** Finds out who calls, by the key of the request; 401 without a key that is known. */
export function identify(keys: Keys, workspaces: Workspaces): (request: FastifyRequest) => void {
  return (request) => {
    const key = keyIn(request)
    const caller = key === undefined ? undefined : keys.caller(key)
    const view = caller === undefined ? undefined : workspaces.get(caller.workspace)
    if (caller === undefined || view === undefined)
      throw new HttpError(
        'unauthorized',
        key === undefined ? [] : [problem('', 'Такого ключа нет', 'There is no such key')],
      )
    request.identity = { caller, view }
  }
}

/** The caller that `identify` found; 401 when nobody has been asked for, 403 without one of the permissions. */
export const authorize: Authorize = ({ identity }, ...anyOf) => {
  if (identity === undefined) throw new HttpError('unauthorized')
  if (!anyOf.some((permission) => identity.caller.permissions.has(permission))) throw new HttpError('forbidden')
  return identity
}

/** Whether somebody may look at an entity; `kind` that of a channel. */
export const sees = ({ permissions }: Caller, section: Section, kind: unknown): boolean =>
  sectionPermissions(section, 'read', kind).some((permission) => permissions.has(permission))

/** As `authorize`, for an entity of a section; a channel's `kind` undefined: whoever may with channels of some kind. */
export const authorizeSection = (
  request: FastifyRequest,
  section: Section,
  act: 'read' | 'write',
  kind?: unknown,
): Authorized => authorize(request, ...sectionPermissions(section, act, kind))
