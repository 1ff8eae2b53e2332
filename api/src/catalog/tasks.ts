import { Type } from 'typebox'
import type { EventType } from './event-type.ts'
import { declare, RAISED_BY } from './declare.ts'
import { deskTypes, type DeskNoun } from './desk.ts'
import { both, letterOnly, name, naming, user, type Field } from './fields.ts'

const TASK: DeskNoun = {
  noun: 'task',
  category: 'tasks',
  ru: { word: 'задача', genitive: 'задачи', dative: 'задаче', gender: 'f' },
  en: { word: 'task' },
  fields: { ticket: letterOnly(name('Обращение', 'Ticket', 'Id of the ticket it belongs to')) },
  example: { task: '54', title: 'Подготовить акт по дому на Северной', ticket: '7301' },
}

const due = (ru: string, en: string, description: string): Field => ({
  label: both(ru, en),
  schema: Type.Array(
    Type.Object({
      number: Type.Optional(Type.Unsafe<string | number>({ type: ['string', 'integer'], description: 'Number' })),
      title: Type.String({ description: 'What it is about' }),
      deadline: Type.Optional(Type.String({ format: 'date-time', description: 'Deadline' })),
    }),
    { maxItems: 200, description },
  ),
  shape: 'items',
})

/** What a person has before them today, at the hour they chose. */
const summary = declare({
  name: 'summary.daily',
  category: 'tasks',
  title: both('Сводка задач и обращений на день', 'Daily summary of tasks and tickets'),
  headline: both('Ваши задачи и обращения на сегодня', 'Your tasks and tickets for today'),
  raisedBy: RAISED_BY.nabat,
  fields: {
    user: naming(user),
    tasks: due('Задачи', 'Tasks', 'Tasks of the person that are not done'),
    tickets: due('Обращения', 'Tickets', 'Tickets of the person that are not closed'),
  },
  relations: { assignee: 'data.user' },
  example: {
    subject: 'ivanov',
    data: {
      user: 'ivanov',
      tasks: [{ number: 54, title: 'Подготовить акт', deadline: '2026-03-16T15:00:00Z' }],
      tickets: [
        { number: 7301, title: 'Нет изображения с камеры' },
        { number: 7304, title: 'Сменить пароль' },
      ],
    },
  },
})

/** Tasks between colleagues. */
export const TASK_TYPES: readonly EventType[] = [
  ...deskTypes(TASK, [
    'created',
    'assigned',
    'handed.over',
    'unassigned',
    'delegated',
    'status.changed',
    'field.changed',
    'commented',
    'file.added',
    'done',
    'cancelled',
    'deadline.near',
    'deadline.missed',
  ]),
  summary,
]
