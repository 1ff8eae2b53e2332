import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Recipient } from '@nabat/api/rule.ts'
import { problem, type Language, type Problem } from '@nabat/api/text.ts'
import { Type } from 'typebox'
import { isProblem, type Channel } from '../../channels/channel.ts'
import { channelView, type ChannelView } from '../../configuration/channel-view.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import type { Address } from '../../pipeline/outcome.ts'
import { checkChannel } from '../../pipeline/check-channel.ts'
import type { EntityRow } from '../../store/store.ts'
import { authorizeSection } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { withoutAdded } from './configuration.ts'

/** Longest staged check. */
const DEADLINE_MS = 60_000

const Post = Type.Object({
  post: Type.Optional(
    Type.Enum(['true'], { description: 'Send a test message to the one receiver the channel has itself' }),
  ),
})

const Checked = Type.Object({
  ok: Type.Boolean({ description: 'Every stage is' }),
  posted: Type.Boolean({ description: 'A test message was sent' }),
  stages: Type.Array(Type.Object({ stage: Type.String(), ok: Type.Boolean(), says: Type.String() })),
})

/** The staged check of a channel, saved or not, with a test message when it is told where to. */
export function channelRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { pipeline } = parts
  app.post(
    '/api/v1/channels/:id/test',
    {
      config: { documented: { answer: Checked } },
      schema: {
        summary: 'Check a channel stage by stage; with an address or post=true, send a test message',
        description: 'Without either nothing is sent, and what only a message could show is not known afterwards.',
        querystring: Post,
        body: Type.Optional(Type.Union([Recipient, Type.Null()])),
      },
      validatorCompiler: () => () => true,
    },
    async (request) => {
      const { view } = authorizeSection(request, 'channels', 'write')
      const row = view.row('channels', (request.params as { id: string }).id)
      const channel = row === undefined ? undefined : view.channels.get(row.id)
      if (channel === undefined) throw new HttpError('not_found')
      authorizeSection(request, 'channels', 'write', channel.settings.kind)
      if (channel.problems.length > 0) throw new HttpError('invalid', channel.problems)
      const to = addressOf(request.body, wantsPost(request), channel)
      return stagesOf(channel, view, () => pipeline.ways.open(channel, view.id), to, languageOf(request), parts)
    },
  )
  checkRoute(app, parts)
}

/** The check of a channel that is being filled in. */
function checkRoute(app: FastifyInstance, parts: HttpParts): void {
  const { pipeline, log } = parts
  app.post(
    '/api/v1/channels/check',
    {
      config: { documented: { answer: Checked } },
      schema: {
        summary: 'Check a channel that is not saved, stage by stage; nothing is stored',
        description:
          'The channel as it would be saved, `name` not needed yet. With the `id` of a saved one references to its stored secrets hold. `to` (a recipient) or post=true sends a test message.',
        querystring: Post,
        body: Type.Object({
          id: Type.Optional(Type.String({ description: 'The saved channel this is a change of' })),
          kind: Type.String(),
          to: Type.Optional(Recipient),
        }),
      },
      validatorCompiler: () => () => true,
    },
    async (request) => {
      const { view, caller } = authorizeSection(request, 'channels', 'write')
      const { to, ...given } = (request.body ?? {}) as Record<string, unknown>
      const saved = savedOf(given['id'], view)
      for (const kind of [given['kind'], ...(saved === undefined ? [] : [kindOf(saved)])])
        authorizeSection(request, 'channels', 'write', kind)
      const channel = await unsaved(withoutAdded(given), saved, view, parts)
      const address = addressOf(to, wantsPost(request), channel, '/to')
      log.info({ workspace: view.id, kind: channel.settings.kind, by: caller.name }, 'a channel is checked unsaved')
      let opened: Promise<Channel> | undefined
      const open = (): Promise<Channel> => (opened ??= pipeline.ways.openAside(channel, view.id))
      try {
        return await stagesOf(channel, view, open, address, languageOf(request), parts)
      } finally {
        await opened?.then((each) => each.close()).catch(() => {})
      }
    },
  )
}

const wantsPost = ({ query }: FastifyRequest): boolean => (query as { post?: string }).post === 'true'

const kindOf = ({ body }: EntityRow): unknown => (JSON.parse(body) as { kind: string }).kind

/** The saved channel that is being changed; undefined for a new one. */
function savedOf(id: unknown, view: WorkspaceView): EntityRow | undefined {
  if (id === undefined || id === null) return undefined
  const row = view.entities.get('channels')?.get(Number(id))
  if (row !== undefined) return row
  throw new HttpError('invalid', [
    problem(
      '/id',
      'Канала с таким номером нет: уберите id, чтобы проверить новый',
      'There is no channel with this id: leave it out to check a new one',
    ),
  ])
}

/** The channel as it would be once saved. Only secrets that the saved one has already may stay unsaid. */
async function unsaved(
  given: Record<string, unknown>,
  saved: EntityRow | undefined,
  view: WorkspaceView,
  { configuration, workspaces, makeId }: HttpParts,
): Promise<ChannelView> {
  // A token is checked as soon as it is typed, before anybody has thought of a name.
  const named = typeof given['name'] === 'string' && given['name'] !== ''
  const entity: Record<string, unknown> = {
    ...given,
    name: named ? given['name'] : (saved?.key ?? `check ${makeId()}`),
  }
  const edit = { section: 'channels', id: saved?.id ?? null, entity, path: '', origin: 'api' } as const
  const checked = await configuration.check(view, [edit])
  if ('problems' in checked) throw new HttpError('invalid', checked.problems)
  const { env, secret } = await workspaces.sources(view.id)
  const own = (name: string): string | undefined =>
    saved?.body.includes(`\${secret:${name}}`) === true ? secret(name) : undefined
  const row = { id: saved?.id ?? -1, body: JSON.stringify(entity), version: -1 }
  const channel = channelView(view.id, row, { env, secret: own })
  if (channel.problems.length > 0) throw new HttpError('invalid', channel.problems)
  return channel
}

async function stagesOf(
  channel: ChannelView,
  view: WorkspaceView,
  open: () => Promise<Channel>,
  to: Address | undefined,
  language: Language,
  { clock }: HttpParts,
): Promise<object> {
  const stages = []
  const signal = AbortSignal.timeout(DEADLINE_MS)
  for await (const { stage, ok, says } of checkChannel(channel, view, open, to, signal, clock.now()))
    stages.push({ stage, ok, says: says[language] })
  const posted = stages.some(({ stage, ok }) => stage === 'message' && ok)
  return { ok: stages.length > 0 && stages.every((stage) => stage.ok), posted, stages }
}

/**
 * Where the test message goes: what is named, or the one receiver of the channel when it is asked for. A webhook has
 * its receiver in the settings, so that nothing named must not mean that something is sent.
 */
function addressOf(named: unknown, post: boolean, { kind, settings }: ChannelView, path = ''): Address | undefined {
  const isNamed = typeof named === 'object' && named !== null && Object.keys(named).length > 0
  if (!isNamed && !post) return undefined
  const to = kind.address((isNamed ? named : {}) as Record<string, never>, settings)
  if (isProblem(to)) throw new HttpError('invalid', [{ ...to, path: path + to.path } satisfies Problem])
  return to
}
