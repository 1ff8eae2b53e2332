import type { FastifyRequest } from 'fastify'
import type { Section } from '@nabat/api/configuration.ts'
import { sectionPermissions, type Permission } from '@nabat/api/permissions.ts'
import { problem } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Caller } from '../people/caller.ts'
import type { Keys } from '../people/keys.ts'
import { callerIn } from '../people/member.ts'
import type { Sessions } from '../people/sessions.ts'
import type { KnownSession } from '../store/access.ts'
import { closedError } from './closed.ts'
import { HttpError } from './errors.ts'
import { refuseForeign, seatOf } from './seat.ts'
import { sessionToken } from './session-cookie.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, once `identify` has found out; undefined for somebody who may not enter the workspace he looks at. */
    identity: Authorized | undefined
    /** Whose session it is, where no key calls. */
    signedIn: KnownSession | undefined
  }
  interface FastifyContextConfig {
    /** Needs nobody who is known: signing in, and links that are handed out. */
    open?: boolean
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

/** These change nothing, whoever sends them. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * Finds out who calls, by the key of the request or the session in its cookie; 401 when nobody is known by it. Only a
 * session has to be waited for, and what a page of another site sends with its cookie is refused.
 */
export function identify(
  keys: Keys,
  workspaces: Workspaces,
  sessions: Sessions,
  publicUrl: string | null,
): (request: FastifyRequest) => void | Promise<void> {
  const bySession = async (request: FastifyRequest, token: string): Promise<void> => {
    if (!SAFE.has(request.method)) refuseForeign(request, publicUrl, true)
    const known = await sessions.find(token, seatOf(request))
    if (known === undefined)
      throw new HttpError('unauthorized', [
        problem('', 'Вход истёк или завершён: войдите снова', 'The session has expired or was ended: sign in again'),
      ])
    request.signedIn = known
    const view = workspaces.get(known.session.workspace)
    const caller = view && callerIn(known, view)
    if (view !== undefined && caller !== undefined) request.identity = { caller, view }
  }
  return (request) => {
    const key = keyIn(request)
    if (key === undefined) {
      if (request.routeOptions.config.open === true) return
      const token = sessionToken(request)
      if (token === undefined) throw new HttpError('unauthorized')
      return bySession(request, token)
    }
    const caller = keys.caller(key)
    const view = caller === undefined ? undefined : workspaces.get(caller.workspace)
    if (caller === undefined || view === undefined)
      throw new HttpError('unauthorized', [problem('', 'Такого ключа нет', 'There is no such key')])
    request.identity = { caller, view }
  }
}

/** Whose session it is that calls; 403 for a key, which has none. */
export function authorizePerson({ signedIn }: FastifyRequest): KnownSession {
  if (signedIn !== undefined) return signedIn
  throw new HttpError('forbidden', [
    problem('', 'Это для людей, которые вошли, а не для ключей', 'This is for people who have signed in, not for keys'),
  ])
}

const NO_ACCESS = problem(
  '',
  'В этот кабинет вам больше нельзя: обновите страницу',
  'You may not enter this workspace any more: reload the page',
)

/**
 * A page that was opened in one workspace must not write into another, which was chosen in another tab meanwhile: it says
 * where it means to be in the header Nabat-Workspace.
 */
function refuseElsewhere({ headers: { 'nabat-workspace': meant } }: FastifyRequest, view: WorkspaceView): void {
  if (meant === undefined || meant === view.name) return
  throw new HttpError('conflict', [
    problem(
      '',
      `Эта страница — кабинета «${String(meant)}», а выбран теперь «${view.name}»: обновите её`,
      `This page is of the workspace "${String(meant)}", and "${view.name}" is chosen now: reload it`,
    ),
  ])
}

/** The caller that `identify` found, whatever he may do; 401 when nobody has been asked for, 403 where he may not enter. */
export function enter(request: FastifyRequest): Authorized {
  const { identity, signedIn } = request
  if (identity === undefined) {
    if (signedIn !== undefined) throw new HttpError('forbidden', [NO_ACCESS])
    throw new HttpError('unauthorized')
  }
  if (signedIn !== undefined) refuseElsewhere(request, identity.view)
  if (identity.view.closed !== null) throw closedError(identity.view.closed)
  return identity
}

/** As `enter`; 403 without one of the permissions. */
export const authorize: Authorize = (request, ...anyOf) => {
  const identity = enter(request)
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
