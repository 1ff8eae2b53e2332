import type { Language } from '@nabat/api/text.ts'
import type { FastifyReply } from 'fastify'
import type { Section } from '@nabat/api/configuration.ts'
import type { Applied, ApplyResult } from '../../configuration/configuration.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { authorsOf } from '../../history/authors.ts'
import { reachOf } from '../../people/reachability.ts'
import { downOf } from '../../history/channels-down.ts'
import { lastFailures } from '../../history/template-failures.ts'
import { nextTimesOf } from '../../schedules/entries.ts'
import type { EntityRow } from '../../store/store.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { accountStates } from './accounts.ts'
import { silenceFields } from './silences.ts'

/** An entity as the API shows it. Bodies hold references instead of secrets, so nothing has to be masked. */
function entityView(row: EntityRow, view: WorkspaceView): Record<string, unknown> {
  const channel = row.section === 'channels' ? view.channels.get(row.id) : undefined
  return {
    id: String(row.id),
    ...(JSON.parse(row.body) as object),
    origin: row.origin,
    version: row.version,
    ...(channel === undefined
      ? {}
      : {
          status:
            channel.problems.length > 0
              ? 'unusable'
              : channel.missing.length > 0
                ? 'incomplete'
                : channel.enabled
                  ? 'ready'
                  : 'off',
          missing: channel.missing,
        }),
  }
}

/**
 * Entities of one section as the API shows them; of schedules and silences also what the clock says of them, of channels
 * whether they are down, of users whether they can sign in and be told anything, of rules where they stand, of templates whose
 * they are and when they failed last.
 */
export async function entityViews(
  { store, clock, pipeline }: HttpParts,
  view: WorkspaceView,
  rows: readonly EntityRow[],
  language: Language,
): Promise<Record<string, unknown>[]> {
  const silences = rows[0]?.section === 'silences' ? await silenceFields(store, view, rows, clock.now()) : undefined
  const now = clock.now()
  const accounts = rows[0]?.section === 'users' ? await accountStates(store, view.id, rows, now) : undefined
  const names = rows[0]?.section === 'channels' ? rows.map(({ key }) => key) : undefined
  const ids = rows.map(({ id }) => id)
  const authors = rows[0]?.section === 'templates' ? await authorsOf(store, view, 'templates', ids) : undefined
  const down = names === undefined ? undefined : await downOf(store, view.id, names, language)
  const failures = rows[0]?.section === 'templates' ? await lastFailures(store, view, rows) : undefined
  return rows.map((row) => ({
    ...entityView(row, view),
    ...(failures === undefined ? {} : { lastFailure: failures.get(row.id) ?? null }),
    ...silences?.get(row.id),
    ...authors?.get(row.id),
    ...(accounts === undefined ? {} : { account: accounts.get(row.id), reachable: isReached(row, view, pipeline) }),
    ...(down === undefined ? {} : { down: down.get(row.key) ?? null }),
    ...(row.section === 'schedules' ? times(row, view, now) : {}),
    ...(row.section === 'rules' ? { place: view.placeOfRule(row.id) } : {}),
  }))
}

/** When a schedule comes next, and the times after that. */
function times(row: EntityRow, view: WorkspaceView, now: number): { next: string | null; nextTimes: string[] } {
  const nextTimes = nextTimesOf(row, view, now)
  return { next: nextTimes[0] ?? null, nextTimes }
}

/** Whether any contact of a person works just now; nobody is told anything who has left. */
function isReached(row: EntityRow, view: WorkspaceView, { claim }: HttpParts['pipeline']): boolean {
  const person = view.people.get(row.key)
  return person !== undefined && reachOf(person, view, (channel) => claim.lanes.isDown(channel)).fault === null
}

/** What a save has done; 400 with everything that was wrong when it has done nothing. */
export function changed(result: ApplyResult): Applied {
  if ('problems' in result) throw new HttpError('invalid', result.problems)
  return result
}

/** Names the change, so that it can be taken back: POST /api/v1/changes/{id}/undo. */
export const naming = (reply: FastifyReply, { change }: Applied): FastifyReply =>
  change === null ? reply : reply.header('nabat-change', change)

/** Answers with an entity that was saved; 404 when somebody has removed it since. */
export async function answerWith(
  reply: FastifyReply,
  parts: HttpParts,
  view: WorkspaceView,
  section: Section,
  id: number,
): Promise<FastifyReply> {
  const row = view.entities.get(section)?.get(id)
  if (row === undefined) throw new HttpError('not_found')
  const [entity] = await entityViews(parts, view, [row], languageOf(reply.request))
  return reply.send(entity)
}

/** The kind of a channel, undefined for what has none. */
export const kindOf = (row: EntityRow): unknown =>
  row.section === 'channels' ? (JSON.parse(row.body) as { kind: string }).kind : undefined
