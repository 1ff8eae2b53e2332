import type { FastifyInstance } from 'fastify'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import { RuleTestReport, RuleTestRequest, type TestMessage } from '@nabat/api/rule-test.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { problem, type Language, type Text } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { MISSING } from '../../history/explain.ts'
import { isId } from '../../ids.ts'
import { exampleOf, firstType } from '../../pipeline/rule-test.ts'
import { sendTest, type Tested } from '../../pipeline/send-test.ts'
import { reasonWords } from '../../reasons.ts'
import { nearest, validator } from '../../schema-problems.ts'
import type { EventRow } from '../../store/store.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { checkedRule } from './tried-rule.ts'

const { rule: _rule, ...besides } = RuleTestRequest.properties
const bodyProblems = validator({ type: 'object', properties: { ...besides, rule: {} }, additionalProperties: false })

const SENT: Text = { ru: 'отправлено', en: 'sent' }
/** Reasons only a test has. */
const ONLY_HERE: Readonly<Record<string, Text>> = {
  test_limit: {
    ru: 'не послано: пробных сообщений уходит не больше ста',
    en: 'not sent: a test sends a hundred messages at most',
  },
  test_late: {
    ru: 'не послано: пределы отправки не пускают его в ближайшие полминуты',
    en: 'not sent: the sending limits keep it back for more than half a minute',
  },
}

/** Test messages of a rule, to everybody it would tell. */
export function ruleTestRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { pipeline, clock, log, makeId } = parts
  app.post(
    '/api/v1/rules/test',
    {
      config: { documented: { answer: RuleTestReport } },
      schema: {
        summary: 'Send a test message to everybody a rule would tell',
        description:
          'Of a stored event or of the example of a type; at once, whatever conditions, hours and silences say. Nothing is stored.',
        body: RuleTestRequest,
      },
      // The rule is checked as on saving, in the person's language.
      validatorCompiler: () => () => true,
    },
    async (request): Promise<RuleTestReport> => {
      const { view } = authorize(request, 'rules.write')
      const body = (request.body ?? {}) as Partial<Record<string, unknown>>
      const problems = bodyProblems(body, '')
      if (problems.length > 0) throw new HttpError('invalid', problems)
      const { rule } = await checkedRule(body['rule'], view, parts)
      const { event, type } = await eventOf(rule, body as { event?: string; type?: string }, view, parts)
      const { ways, renderer, claim } = pipeline
      const tested = await sendTest(rule, event, type, view, { ways, renderer, pace: claim.pace, clock, log, makeId })
      const language = languageOf(request)
      return { messages: tested.map((each) => inWords(each, language)) }
    },
  )
}

/** What the messages tell of: a stored event, or an example. */
async function eventOf(
  rule: Rule,
  wanted: { event?: string; type?: string },
  view: WorkspaceView,
  { history, clock, makeId }: HttpParts,
): Promise<{ event: EventRow; type: EventType }> {
  if (wanted.event !== undefined) {
    const event = isId(wanted.event) ? await history.stored(view, wanted.event) : undefined
    const type = event === undefined ? undefined : view.type(event.type)
    if (event !== undefined && type !== undefined) return { event, type }
    throw new HttpError('invalid', [
      problem(
        '/event',
        'Такого события нет: уберите event, чтобы послать пример',
        'There is no such event: leave event out to send an example',
      ),
    ])
  }
  const type = wanted.type === undefined ? firstType(rule, view) : view.type(wanted.type)
  if (type !== undefined) return { event: exampleOf(type, clock.now(), makeId), type }
  const near = nearest(
    wanted.type ?? '',
    Array.from(view.types(), ({ name }) => name),
  )
  throw new HttpError('invalid', [
    problem(
      '/type',
      `Такого типа нет${near === undefined ? '' : `; может быть, «${near}»?`}`,
      `There is no such type${near === undefined ? '' : `; did you mean "${near}"?`}`,
    ),
  ])
}

function inWords({ way, recipient, reason, detail }: Tested, language: Language): TestMessage {
  return {
    destination: way === null ? null : way.channel.kind.show(way.address),
    channel: way?.channel.name ?? null,
    recipient,
    ok: reason === null,
    says: reason === null ? SENT[language] : sayWhy(reason, detail, language),
  }
}

function sayWhy(reason: string, detail: string | null, language: Language): string {
  const words = (ONLY_HERE[reason] ?? MISSING[reason] ?? reasonWords(reason))[language]
  return detail === null || detail === '' ? words : `${words}: ${detail}`
}
