import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DryRunReport, DryRunRequest } from '@nabat/api/dry-run.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { DryRuns, TooMuchAtOnce, type Span } from '../../dry-run/run.ts'
import { validator } from '../../schema-problems.ts'
import { authorize } from '../auth.ts'
import { answerTo, HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { checkedRule } from './tried-rule.ts'

/** The span when none is given. */
const DEFAULT_MS = 7 * 86_400_000
const PROGRESS = 'application/x-ndjson'
/** A stream says that it is alive at least this often, and not more often than anybody can look. */
const LINE_EVERY_MS = 100

const { rule: _rule, ...span } = DryRunRequest.properties
const spanProblems = validator({ type: 'object', properties: { ...span, rule: {} }, additionalProperties: false })

type Run = ReturnType<DryRuns['run']>

/** What a rule would have sent of the stored events, before it is saved. */
export function dryRunRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { workspaces, store, clock, log } = parts
  const runs = new DryRuns(store)
  app.post(
    '/api/v1/rules/dry-run',
    {
      schema: {
        summary: 'Try a rule that is not saved on the stored events',
        description: `With \`Accept: ${PROGRESS}\` lines of {"progress": 0.35, "events": 350000}, and {"result": …} or {"error": …} as the last.`,
        body: DryRunRequest,
        response: { 200: DryRunReport },
      },
      // The rule is checked as on saving, in the person's language.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      // It shows what messages say, so it takes the right of those who write rules.
      const { view } = authorize(request, 'rules.write')
      const body = (request.body ?? {}) as Partial<Record<string, unknown>>
      const span = spanOf(body, clock.now())
      const { rule, replaces } = await checkedRule(body['rule'], view, parts)
      const sources = await workspaces.sources(view.id)
      const run = runs.run({ workspace: view.id, rule, replaces, span, sources, signal: endOf(reply) })
      if (request.headers.accept?.includes(PROGRESS) === true)
        return reply.type(PROGRESS).send(Readable.from(linesOf(run, request, parts)))
      return await reportOf(run, reply)
    },
  )

  /** A stream nobody reads is ended by whoever closed it, and the run with it. */
  async function* linesOf(run: Run, request: FastifyRequest, { clock }: HttpParts): AsyncGenerator<string> {
    let saidAt = -Infinity
    try {
      for (;;) {
        const next = await run.next()
        if (next.done === true) return yield line({ result: next.value })
        const now = clock.now()
        if (now - saidAt < LINE_EVERY_MS) continue
        saidAt = now
        yield line(next.value)
      }
    } catch (error) {
      // The status has been sent: what went wrong is the last line.
      yield line(answerTo(errorOf(error), request, log).body)
    } finally {
      await run.return(undefined as never)
    }
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`

/** Aborts once the answer has been sent or nobody waits for it any more. */
function endOf(reply: FastifyReply): AbortSignal {
  const ended = new AbortController()
  reply.raw.once('close', () => ended.abort())
  return ended.signal
}

async function reportOf(run: Run, reply: FastifyReply): Promise<DryRunReport | FastifyReply> {
  try {
    for (;;) {
      const next = await run.next()
      if (next.done === true) return next.value
    }
  } catch (error) {
    if (reply.raw.destroyed) return reply.hijack()
    throw errorOf(error)
  }
}

const errorOf = (error: unknown): unknown =>
  error instanceof TooMuchAtOnce
    ? new HttpError('invalid', [
        problem(
          '/from',
          'За это время слишком многое ждало бы одновременно: возьмите промежуток короче',
          'Too much would have waited at once in this span: take a shorter one',
        ),
      ])
    : error

function spanOf(body: Partial<Record<string, unknown>>, now: number): Span {
  const problems: Problem[] = spanProblems(body, '')
  if (problems.length > 0) throw new HttpError('invalid', problems)
  const to = body['to'] === undefined ? now : Date.parse(body['to'] as string)
  const from = body['from'] === undefined ? to - DEFAULT_MS : Date.parse(body['from'] as string)
  if (from > to)
    throw new HttpError('invalid', [
      problem('/from', 'Начало позже конца: поменяйте их местами', 'The beginning is after the end: swap them'),
    ])
  return { from, to }
}
