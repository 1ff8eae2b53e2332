import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import { PreviewReport, PreviewRequest, VariablesReport, type TemplateMistake } from '@nabat/api/template-preview.ts'
import { LANGUAGES, problem, type Language } from '@nabat/api/text.ts'
import { zoneProblems } from '../../configuration/check-hours.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { isId } from '../../ids.ts'
import { exampleEvent, previewOf, wordedType, type Preview } from '../../pipeline/preview.ts'
import { FILTER_HINTS, TAG_HINTS, type Hint } from '../../render/filter-hints.ts'
import type { Reader } from '../../render/message.ts'
import type { Mistake } from '../../render/mistakes.ts'
import { bareWordsOf, exampleOf, variablesOf, type Variable } from '../../render/variables.ts'
import { LIMITS, LONGEST, type Context } from '../../render/words.ts'
import { nearest, validator } from '../../schema-problems.ts'
import type { EventRow } from '../../store/store.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'

const bodyProblems = validator(PreviewRequest)

/** What the editor of templates asks: how words would look, and what they may name. */
export function templateRoutes(app: FastifyInstance, parts: HttpParts): void {
  app.post(
    '/api/v1/templates/preview',
    {
      config: { documented: { answer: PreviewReport } },
      schema: {
        summary: 'What each medium would make of a template',
        description: 'Tried on the example of a type, or on a stored event (with events.read). Nothing is stored.',
        body: PreviewRequest,
      },
      validatorCompiler: () => () => true,
    },
    async (request): Promise<PreviewReport> => {
      const { view } = authorize(request, 'templates.read')
      const problems = bodyProblems(request.body, '')
      if (problems.length > 0) throw new HttpError('invalid', problems)
      const body = request.body as PreviewRequest
      const { title, text, letter, look } = body
      if (look !== undefined) authorize(request, 'workspace.write')
      const preview = await previewOf(
        {
          type: typeOf(body.type, view),
          words: given({ title, text, letter }),
          instead: body.template === undefined ? undefined : view.row('templates', body.template)?.id,
          channel: channelOf(body, view),
          reader: readerOf(request, body, view),
          event: await eventOf(request, body, view, parts),
          look,
        },
        view,
        parts.pipeline.renderer,
        parts.makeId,
      )
      return reportOf(preview, languageOf(request))
    },
  )

  app.get(
    '/api/v1/templates/variables',
    {
      config: { documented: { answer: VariablesReport } },
      schema: {
        summary: 'What a template of a type may name, with filters and the words of the catalogue',
        querystring: Type.Object({
          type: Type.Optional(Type.String({ description: 'Event type, digest or storm; required' })),
          language: Type.Optional(Type.Enum([...LANGUAGES], { description: 'Of the words of the catalogue' })),
        }),
      },
    },
    async (request): Promise<VariablesReport> => {
      const { view } = authorize(request, 'templates.read')
      const query = request.query as { type?: string; language?: Language }
      const type = typeOf(query.type ?? '', view)
      const reader = readerOf(request, query, view)
      const event = exampleEvent(type, parts.clock.now(), parts.makeId)
      const tried = { type, words: {}, channel: '', reader, event }
      const { message } = await previewOf(tried, view, parts.pipeline.renderer, parts.makeId)
      return variablesIn(type, message.context, languageOf(request), type.templates[query.language ?? view.language])
    },
  )
}

/** Only what was written; an empty part is one that is not given. */
const given = (words: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(words).filter((each): each is [string, string] => each[1] !== undefined))

function typeOf(name: string, view: WorkspaceView): EventType {
  const type = wordedType(name, view)
  if (type !== undefined) return type
  const near = nearest(name, ['digest', 'storm', ...Array.from(view.types(), (each) => each.name)])
  throw new HttpError('invalid', [
    problem(
      '/type',
      `Нет такого типа: «${name}»${near === undefined ? '' : `; может быть, «${near}»?`}`,
      `No such type: "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    ),
  ])
}

function channelOf({ channel }: PreviewRequest, view: WorkspaceView): string {
  if (channel === undefined) return ''
  if (view.channelByName(channel) !== undefined) return channel
  throw new HttpError('invalid', [problem('/channel', `Нет канала «${channel}»`, `There is no channel "${channel}"`)])
}

/** The one who looks reads it, in the language and zone asked for. */
function readerOf(
  request: FastifyRequest,
  { language, zone }: Pick<PreviewRequest, 'language' | 'zone'>,
  view: WorkspaceView,
): Reader & { readonly language: Language } {
  const problems = zoneProblems(zone, '/zone')
  if (problems.length > 0) throw new HttpError('invalid', problems)
  const person = view.people.get(request.identity?.caller.name ?? '')
  const { login, name } = person ?? READER[language ?? view.language]
  return {
    login,
    ...(name === undefined ? {} : { name }),
    language: language ?? view.language,
    timeZone: zone ?? view.timeZone,
  }
}

const READER: Readonly<Record<Language, { readonly login: string; readonly name: string }>> = {
  ru: { login: 'ivanov', name: 'Иван Иванов' },
  en: { login: 'ivanov', name: 'Ivan Ivanov' },
}

/** A stored event of this workspace, for those who may look at events; else the example. */
async function eventOf(
  request: FastifyRequest,
  { event: id, type: name }: PreviewRequest,
  view: WorkspaceView,
  { history, clock, makeId }: HttpParts,
): Promise<EventRow> {
  const type = typeOf(name, view)
  if (id === undefined) return exampleEvent(type, clock.now(), makeId)
  authorize(request, 'events.read')
  const event = isId(id) ? await history.stored(view, id.toLowerCase()) : undefined
  if (event === undefined)
    throw new HttpError('invalid', [
      problem(
        '/event',
        'Такого события нет: уберите event, чтобы взять пример',
        'There is no such event: leave event out to take the example',
      ),
    ])
  if (event.type !== type.name && view.type(type.name) !== undefined)
    throw new HttpError('invalid', [
      problem(
        '/event',
        `Это событие типа «${event.type}», а шаблон — для «${type.name}»`,
        `This event is of the type "${event.type}", and the template is for "${type.name}"`,
      ),
    ])
  return event
}

function reportOf({ message, shown, text, plain, mistakes, tookMs }: Preview, language: Language): PreviewReport {
  const { title, links } = message
  return {
    ...{ title, text, plain, links: [...links] },
    telegram: shown.telegram?.html ?? '',
    mattermost: shown.mattermost?.markdown ?? '',
    push: { title: shown.push?.subject ?? title, text: shown.push?.plain ?? plain },
    subject: shown.smtp?.subject ?? '',
    letter: shown.smtp?.html ?? '',
    letterPlain: shown.smtp?.plain ?? '',
    mistakes: mistakes.map((each) => told(each, language)),
    tookMs: Math.round(tookMs * 100) / 100,
  }
}

const told = ({ message, near, ...mistake }: Mistake, language: Language): TemplateMistake => ({
  ...mistake,
  message: message[language],
  ...(near === undefined ? {} : { near: [...near] }),
})

function variablesIn(
  type: EventType,
  context: Context,
  language: Language,
  defaults: VariablesReport['defaults'],
): VariablesReport {
  const shown = ({ name, insert, title, type: kind, values }: Variable): VariablesReport['variables'][number] => ({
    ...{ name, insert, title: title[language], type: kind, example: exampleOf(name, context) },
    ...(values === undefined
      ? {}
      : { values: Object.fromEntries(Object.entries(values).map(([value, words]) => [value, words[language]])) }),
  })
  const hinted = ({ name, insert, title }: Hint): VariablesReport['filters'][number] => ({
    ...{ name, insert, title: title[language] },
  })
  return {
    type: type.name,
    title: type.title[language],
    variables: variablesOf(type).map(shown),
    bare: bareWordsOf(type).map(shown),
    filters: FILTER_HINTS.map(hinted),
    tags: TAG_HINTS.map(hinted),
    defaults: { ...defaults },
    limits: { ...LONGEST, renderMs: LIMITS.renderLimit },
  }
}
