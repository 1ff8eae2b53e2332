import { Type, type TSchema } from 'typebox'
import type { Text } from '../text.ts'

/**
 * How a value is shown. `prose` stands as a paragraph of its own, `lines` as a line for each, `items` as a line for each
 * object of the desk, `counts` as a line for each event type; `hidden` is data for rules and not for reading.
 */
export type Shape =
  | 'plain'
  | 'list'
  | 'time'
  | 'date'
  | 'percent'
  | 'seconds'
  | 'bytes'
  | 'money'
  | 'share'
  | 'words'
  | 'prose'
  | 'lines'
  | 'items'
  | 'counts'
  | 'changes'
  | 'hidden'

/** A field of `data`: what it may hold, what people call it, and how its value reads in a message. */
export interface Field {
  readonly label: Text
  readonly schema: TSchema
  readonly shape: Shape
  readonly required?: boolean
  /** The title says it, or it can wait: a row in the letter, no line in the short text. */
  readonly letterOnly?: boolean
  /** Words for the values, for the shape `words`. */
  readonly words?: Readonly<Record<string, Text>>
}
export type Fields = Readonly<Record<string, Field>>

export const both = (ru: string, en: string): Text => ({ ru, en })

/** The field that names the thing: required, and said in the title. */
export const naming = (field: Field): Field => ({ ...field, required: true, letterOnly: true })
export const required = (field: Field): Field => ({ ...field, required: true })
export const letterOnly = (field: Field): Field => ({ ...field, letterOnly: true })
export const hidden = (field: Field): Field => ({ ...field, shape: 'hidden' })

/** The name or id of a thing; systems that count from one post numbers. */
export const name = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.Unsafe<string | number>({ type: ['string', 'integer'], minLength: 1, maxLength: 200, description }),
  shape: 'plain',
})

export const line = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.String({ maxLength: 1000, description }),
  shape: 'plain',
})

export const prose = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.String({ maxLength: 20_000, description }),
  shape: 'prose',
})

export const list = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1000, description }),
  shape: 'list',
})

export const lines = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 1000, description }),
  shape: 'lines',
})

export const flag = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.Boolean({ description }),
  shape: 'hidden',
})

export const time = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.String({ format: 'date-time', description }),
  shape: 'time',
})

export const date = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.String({ format: 'date', description }),
  shape: 'date',
})

export const amount = (ru: string, en: string, description: string, shape: Shape = 'plain'): Field => ({
  label: both(ru, en),
  schema: Type.Number({ minimum: 0, description }),
  shape,
})

export const count = (ru: string, en: string, description: string, shape: Shape = 'plain'): Field => ({
  label: both(ru, en),
  schema: Type.Integer({ minimum: 0, description }),
  shape,
})

/** How many events there were of each type, the most frequent first. */
export const countsByType: Field = {
  label: both('По типам', 'By type'),
  schema: Type.Array(
    Type.Object({
      type: Type.String({ maxLength: 128, description: 'Event type' }),
      title: Type.Object({ ru: Type.String(), en: Type.String() }, { description: 'Its titles' }),
      count: Type.Integer({ minimum: 1, description: 'How many' }),
    }),
    { description: 'Events by type, the most frequent first: type, title (ru, en), count' },
  ),
  shape: 'counts',
}

/** Billing systems send 1500, 1500.5 and "1500.00"; all are shown as they came. */
export const money = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.Unsafe<string | number>({
    type: ['string', 'number'],
    pattern: '^-?\\d+([.,]\\d{1,6})?$',
    description,
  }),
  shape: 'money',
})

export const choice = (ru: string, en: string, description: string, words: Readonly<Record<string, Text>>): Field => ({
  label: both(ru, en),
  schema: Type.Enum(Object.keys(words), { description }),
  shape: 'words',
  words,
})

/** Scalars only: an object has no way to be read in a line. */
const scalar = { type: ['string', 'number', 'boolean', 'null'] }
const before = (description: string) =>
  Type.Unsafe<unknown>({ anyOf: [scalar, { type: 'array', items: scalar }], description })

/** What was changed, each with its value before and after. */
export const changes: Field = {
  label: both('Изменения', 'Changes'),
  schema: Type.Array(
    Type.Object({
      field: Type.String({ minLength: 1, maxLength: 200, description: 'Name of the field, such as status' }),
      label: Type.Optional(Type.String({ maxLength: 200, description: 'The field as people read it' })),
      from: Type.Optional(before('Value before')),
      to: Type.Optional(before('Value after')),
    }),
    { maxItems: 200, description: 'What was changed: field, value before, value after' },
  ),
  shape: 'changes',
}

/** What a changed field is called when the event brings no label of its own. */
export const CHANGED: Readonly<Record<string, Text>> = {
  status: both('Статус', 'Status'),
  title: both('Название', 'Title'),
  name: both('Имя', 'Name'),
  assignees: both('Исполнители', 'Assignees'),
  deadline: both('Срок', 'Deadline'),
  priority: both('Приоритет', 'Priority'),
  address: both('Адрес', 'Address'),
  description: both('Описание', 'Description'),
  enabled: both('Включено', 'Enabled'),
}

export const url = hidden({
  label: both('Ссылка', 'Link'),
  schema: Type.String({ pattern: '^https?://\\S+$', maxLength: 2048, description: 'Page of it, for the link' }),
  shape: 'plain',
})

// The things that many types speak of.
export const camera = name('Камера', 'Camera', 'Name or id of the camera')
export const object = name('Объект', 'Object', 'Name or id of the object')
export const segment = name('Сегмент сети', 'Network segment', 'Name or id of the network segment')
export const server = name('Сервер', 'Server', 'Name or id of the server')
export const user = name('Пользователь', 'User', 'Login or id of the user')
export const address = line('Адрес', 'Address', 'Postal address')
export const reason = line('Причина', 'Reason', 'Why, as people read it')
export const comment = prose('Комментарий', 'Comment', 'What the one who did it wrote')
