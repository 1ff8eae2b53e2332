import { Type, type Static } from 'typebox'
import { LetterLook } from './configuration.ts'
import { LANGUAGES } from './text.ts'

const optionalText = (description: string) => Type.Optional(Type.String({ description }))

/** Words that need not be saved, and what they are tried on. */
export const PreviewRequest = Type.Object(
  {
    type: Type.String({ minLength: 1, description: 'Event type; digest and storm for the words of several events' }),
    template: optionalText('Id or name of the template that is edited: its saved words are left aside'),
    channel: optionalText('Name of a channel: words of its own fill in what is not given'),
    language: Type.Optional(Type.Enum([...LANGUAGES], { description: 'By default the one of the workspace' })),
    title: optionalText('What is not given comes from the other templates, then from the catalogue'),
    text: optionalText('Short text'),
    letter: optionalText('HTML fragment, or a whole <mjml> document'),
    event: optionalText('Id of a stored event of this workspace; without it, the example of the type'),
    zone: optionalText('IANA time zone of the reader; by default the one of the workspace'),
    look: Type.Optional(
      Type.Object(LetterLook.properties, {
        additionalProperties: false,
        description: 'How letters would look; by default as they do. For those who may change that',
      }),
    ),
  },
  { additionalProperties: false },
)
export type PreviewRequest = Static<typeof PreviewRequest>

/** A mistake in one part of a template, or something in it that is doubtful. Lines and columns count from 1. */
export const TemplateMistake = Type.Object({
  part: Type.Enum(['title', 'text', 'letter']),
  level: Type.Enum(['error', 'warning'], { description: 'error: the words of the catalogue are sent instead' }),
  message: Type.String({ description: 'In the language of the person' }),
  line: Type.Integer(),
  column: Type.Integer(),
  near: Type.Optional(Type.Array(Type.String(), { description: 'What was probably meant' })),
})
export type TemplateMistake = Static<typeof TemplateMistake>

/** What every medium makes of the words. */
export const PreviewReport = Type.Object({
  title: Type.String({ description: 'Plain' }),
  text: Type.String({ description: 'Safe inline HTML, as Telegram gets it, without the title' }),
  plain: Type.String({ description: 'The short text without tags' }),
  telegram: Type.String({ description: 'The whole message as Telegram gets it' }),
  mattermost: Type.String({ description: 'The whole message in Markdown' }),
  push: Type.Object({ title: Type.String(), text: Type.String() }),
  subject: Type.String({ description: 'Of the letter' }),
  letter: Type.String({ description: 'Whole HTML document of the letter; pictures as data: addresses' }),
  letterPlain: Type.String({ description: 'The text part of the letter' }),
  links: Type.Array(Type.Object({ title: Type.String(), url: Type.String() })),
  mistakes: Type.Array(TemplateMistake),
  tookMs: Type.Number({ description: 'Rendering alone' }),
})
export type PreviewReport = Static<typeof PreviewReport>

/** Something a template may name. */
export const TemplateVariable = Type.Object({
  name: Type.String({ description: 'Such as event.data.camera; bare words as they are written' }),
  insert: Type.String({ description: 'What is written into the template' }),
  title: Type.String(),
  type: Type.Enum(['string', 'number', 'boolean', 'time', 'array', 'object', 'any']),
  example: Type.Union([Type.String(), Type.Null()], { description: 'In one line' }),
  values: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Words for the values there may be' }),
  ),
})
export type TemplateVariable = Static<typeof TemplateVariable>

/** A filter or tag with a hint. */
export const TemplateWord = Type.Object({
  name: Type.String(),
  insert: Type.String(),
  title: Type.String(),
})

/** What a template of a type may use. */
export const VariablesReport = Type.Object({
  type: Type.String(),
  title: Type.String({ description: 'Title of the type' }),
  variables: Type.Array(TemplateVariable),
  bare: Type.Array(TemplateVariable, { description: 'Words written without braces; of calls only' }),
  filters: Type.Array(TemplateWord),
  tags: Type.Array(TemplateWord),
  defaults: Type.Object(
    { title: Type.String(), text: Type.String(), letter: Type.String() },
    { description: 'Words of the catalogue in the language asked for' },
  ),
  limits: Type.Object({
    title: Type.Integer(),
    text: Type.Integer(),
    letter: Type.Integer(),
    renderMs: Type.Integer(),
  }),
})
export type VariablesReport = Static<typeof VariablesReport>
