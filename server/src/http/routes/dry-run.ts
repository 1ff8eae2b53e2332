import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { DryRunReport, DryRunRequest } from '@nabat/api/dry-run.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { dryRun, viewWithRule, type Span } from '../../dry-run/run.ts'
import { validator } from '../../schema-problems.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'

/** The span when none is given. */
const DEFAULT_MS = 7 * 86_400_000
const PROGRESS = 'application/x-ndjson'

const { rule: _rule, ...span } = DryRunRequest.properties
const spanProblems = validator({ type: 'object', properties: { ...span, rule: {} }, additionalProperties: false })

/** What a rule would have sent of the stored events, before it is saved. */
export function dryRunRoutes(
  app: FastifyInstance,
  { authorize, configuration, workspaces, store, clock }: HttpParts,
): void {
  app.post(
    '/api/v1/rules/dry-run',
    {
      schema: {
        summary: 'Try a rule that is not saved on the stored events',
        description: `With \`Accept: ${PROGRESS}\` lines of {"progress": 0.35}, and {"result": …} as the last.`,
        body: DryRunRequest,
        response: { 200: DryRunReport },
      },
      // The rule is checked as on saving, in the person's language.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      // It shows what messages say, so it takes the right of those who write rules.
      const { view } = authorize(request, 'write')
      const body = (request.body ?? {}) as Partial<Record<string, unknown>>
      const wanted = spanOf(body, clock.now())
      const entity = ruleOf(body['rule'])
      const id = view.rowByKey('rules', String(entity['name']))?.id ?? null
      const checked = await configuration.check(view, [{ section: 'rules', id, entity, path: '/rule', origin: 'api' }])
      if ('problems' in checked) throw new HttpError('invalid', checked.problems)
      const rule = checked.edits[0]!.entity as unknown as Rule
      const alone = await viewWithRule(store, view.id, rule, await workspaces.sources(view.id))
      const run = dryRun(store, alone, wanted, clock)
      if (request.headers.accept?.includes(PROGRESS) === true)
        return reply.type(PROGRESS).send(Readable.from(linesOf(run)))
      for (;;) {
        const next = await run.next()
        if (next.done === true) return next.value
        // Nobody waits for the answer any more.
        if (request.raw.socket.destroyed) return reply.hijack()
      }
    },
  )
}

/** A stream nobody reads is ended by whoever closed it, and the run with it. */
async function* linesOf(run: ReturnType<typeof dryRun>): AsyncGenerator<string> {
  for (;;) {
    const next = await run.next()
    if (next.done === true) return yield `${JSON.stringify({ result: next.value })}\n`
    yield `${JSON.stringify({ progress: Math.round(next.value * 1000) / 1000 })}\n`
  }
}

function spanOf(body: Partial<Record<string, unknown>>, now: number): Span {
  const problems: Problem[] = spanProblems(body, '')
  if (problems.length > 0) throw new HttpError('invalid', problems)
  const to = body['to'] === undefined ? now : Date.parse(body['to'] as string)
  const from = body['from'] === undefined ? to - DEFAULT_MS : Date.parse(body['from'] as string)
  if (from > to)
    throw new HttpError('invalid', [problem('/from', 'Начало позже конца', 'The beginning is after the end')])
  return { from, to }
}

/** The rule without what the server adds to one that is stored. */
function ruleOf(rule: unknown): Record<string, unknown> {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    throw new HttpError('invalid', [problem('/rule', 'Здесь нужно правило', 'A rule is needed here')])
  const { id: _id, origin: _origin, version: _version, ...entity } = rule as Record<string, unknown>
  return entity
}
