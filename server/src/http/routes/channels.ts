import type { FastifyInstance } from 'fastify'
import { Recipient } from '@nabat/api/rule.ts'
import { Type } from 'typebox'
import { isProblem } from '../../channels/channel.ts'
import type { Address } from '../../pipeline/outcome.ts'
import { checkChannel } from '../../pipeline/check-channel.ts'
import { authorizeSection } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'

/** Longest staged check. */
const DEADLINE_MS = 60_000

/** The staged check of a channel, with a test message when it is told where to. */
export function channelRoutes(app: FastifyInstance, { pipeline, clock }: HttpParts): void {
  app.post(
    '/api/v1/channels/:id/test',
    {
      schema: {
        summary: 'Check a channel stage by stage; with an address or post=true, send a test message',
        description: 'Without either nothing is sent, and what only a message could show is not known afterwards.',
        querystring: Type.Object({
          post: Type.Optional(
            Type.Enum(['true'], { description: 'Send a test message to the one receiver the channel has itself' }),
          ),
        }),
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
      const to = addressOf(request.body, (request.query as { post?: string }).post === 'true', channel)
      const language = languageOf(request)
      const stages = []
      for await (const { stage, ok, says } of checkChannel(
        channel,
        view,
        pipeline.ways,
        to,
        AbortSignal.timeout(DEADLINE_MS),
        clock.now(),
      ))
        stages.push({ stage, ok, says: says[language] })
      const posted = stages.some(({ stage, ok }) => stage === 'message' && ok)
      return { ok: stages.length > 0 && stages.every((stage) => stage.ok), posted, stages }
    },
  )
}

/**
 * Where the test message goes: what the body names, or the one receiver of the channel when it is asked for. A webhook has
 * its receiver in the settings, so that nothing named must not mean that something is sent.
 */
function addressOf(body: unknown, post: boolean, channel: Parameters<typeof checkChannel>[0]): Address | undefined {
  const named = typeof body === 'object' && body !== null && Object.keys(body).length > 0
  if (!named && !post) return undefined
  const to = channel.kind.address((named ? body : {}) as Record<string, never>, channel.settings)
  if (isProblem(to)) throw new HttpError('invalid', [to])
  return to
}
