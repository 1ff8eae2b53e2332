import type { FastifyInstance } from 'fastify'
import { DryRunReport, DryRunRequest } from '@nabat/api/dry-run.ts'
import { problem, type Language, type Problem } from '@nabat/api/text.ts'
import { DryRuns, TooMuchAtOnce, type Span } from '../../dry-run/run.ts'
import { reasonWords } from '../../reasons.ts'
import { validator } from '../../schema-problems.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import { answerWork, endOf, PROGRESS } from '../progress.ts'
import type { HttpParts } from '../server.ts'
import { checkedRule } from './tried-rule.ts'

/** The span when none is given. */
const DEFAULT_MS = 7 * 86_400_000

const { rule: _rule, ...span } = DryRunRequest.properties
const spanProblems = validator({ type: 'object', properties: { ...span, rule: {} }, additionalProperties: false })

/** What a rule would have sent of the stored events, before it is saved. */
export function dryRunRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { workspaces, store, clock } = parts
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
      return await answerWork(inWords(run, languageOf(request)), request, reply, parts, errorOf)
    },
  )
}

/** The run, whose report has words for its reasons. */
async function* inWords(run: ReturnType<DryRuns['run']>, language: Language): ReturnType<DryRuns['run']> {
  const report = yield* run
  const reasons = Object.keys({ ...report.held, ...report.suppressed })
  return { ...report, words: Object.fromEntries(reasons.map((reason) => [reason, reasonWords(reason)[language]])) }
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
