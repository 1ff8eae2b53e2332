import type { FastifyInstance } from 'fastify'
import { Recipient } from '@nabat/api/rule.ts'
import { Type } from 'typebox'
import { isProblem } from '../../channels/channel.ts'
import type { Address } from '../../pipeline/outcome.ts'
import { checkChannel } from '../../pipeline/check-channel.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'

/** Longest staged check. */
const DEADLINE_MS = 60_000

/** The staged check of a channel, with a test message when it is told where to. */
export function channelRoutes(app: FastifyInstance, { authorize, pipeline, clock }: HttpParts): void {
  app.post(
    '/api/v1/channels/:id/test',
    {
      schema: {
        summary: 'Check a channel stage by stage; with an address, send a test message',
        body: Type.Optional(Type.Union([Recipient, Type.Null()])),
      },
      validatorCompiler: () => () => true,
    },
    async (request) => {
      const { view } = authorize(request, 'write')
      const row = view.row('channels', (request.params as { id: string }).id)
      const channel = row === undefined ? undefined : view.channels.get(row.id)
      if (channel === undefined) throw new HttpError('not_found')
      if (channel.problems.length > 0) throw new HttpError('invalid', channel.problems)
      const to = addressOf(request.body, channel)
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
      return { ok: stages.length > 0 && stages.every((stage) => stage.ok), stages }
    },
  )
}

/** Where the test message goes: what the body names; a channel with one destination needs nothing. */
function addressOf(body: unknown, channel: Parameters<typeof checkChannel>[0]): Address | undefined {
  const to = channel.kind.address((body ?? {}) as Record<string, never>, channel.settings)
  if (!isProblem(to)) return to
  if (body === undefined || body === null || Object.keys(body).length === 0) return undefined
  throw new HttpError('invalid', [to])
}
