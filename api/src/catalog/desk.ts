import type { Severity } from '../severity.ts'
import type { Text } from '../text.ts'
import type { Category, EventType, IncidentStep } from './event-type.ts'
import { capital, declare, participle, RAISED_BY, type Gender } from './declare.ts'
import {
  address,
  both,
  changes,
  comment,
  hidden,
  line,
  list,
  name,
  prose,
  time,
  letterOnly,
  url,
  type Field,
  type Fields,
} from './fields.ts'

/**
 * The steps that tickets, tasks, approvals, absences, work orders and faults share: `<noun>.<step>`.
 *
 * No field is required of them, save the id of a fault. What names the object is its id (a field called as the noun),
 * its number or the subject of the event, whichever the desk has; without an id the event belongs to no incident. The
 * end of an object updates its incident instead of closing it: whoever has the order today must hear that it was
 * cancelled, told of the opening or not.
 */
export interface DeskNoun {
  readonly noun: 'ticket' | 'task' | 'approval' | 'absence' | 'workorder' | 'fault'
  readonly category: Category
  readonly ru: {
    readonly word: string
    readonly genitive: string
    readonly dative: string
    readonly gender: Gender
    /** Short participle of the end; by default выполнен. */
    readonly done?: string
  }
  readonly en: { readonly word: string; readonly done?: string }
  /** Beside those every desk object has; they come first in a message. */
  readonly fields: Fields
  /** What follows the number in a title, with its own ": "; by default the object's title. */
  readonly about?: Text
  /** Fields of every desk object that make no sense for this one. */
  readonly without?: readonly string[]
  /** Beside assignee, author and watcher. */
  readonly relations?: Readonly<Record<string, string>>
  readonly example: Readonly<Record<string, unknown>>
}

/** What is particular to a step. `shown` names the fields of the short text beside the object's own. */
export interface Step {
  readonly title: Text
  readonly headline: Text
  readonly shown: readonly string[]
  readonly severity?: Severity
  readonly raisedBy?: Text
  readonly data?: Readonly<Record<string, unknown>>
  readonly role?: string
  /** Fields of this step alone, or fields that it demands. */
  readonly fields?: Fields
  readonly schema?: Readonly<Record<string, unknown>>
  /** By default updates. */
  readonly incident?: IncidentStep['step']
}

const GENERAL: Fields = {
  number: letterOnly(name('Номер', 'Number', 'Number as people say it; by default the id')),
  title: letterOnly(line('Название', 'Title', 'What it is about, in a line')),
  status: name('Статус', 'Status', 'Status after the step'),
  address,
  assignees: list('Исполнители', 'Assignees', 'Logins of those who do it'),
  priority: name('Приоритет', 'Priority', 'Priority as people read it'),
  deadline: time('Срок', 'Deadline', 'When it must be done'),
  author: name('Автор', 'Author', 'Login or address of the one who made it'),
  previousAssignees: list('Прежние исполнители', 'Previous assignees', 'Logins of those who did it before'),
  watchers: hidden(list('Наблюдатели', 'Watchers', 'Logins or addresses of those who follow it')),
  files: list('Файлы', 'Files', 'Names of the files'),
  changes,
  description: prose('Описание', 'Description', 'What has to be done'),
  comment,
  url,
}

const GENERAL_RELATIONS = { assignee: 'data.assignees', author: 'data.author', watcher: 'data.watchers' }

const GENERAL_EXAMPLE = {
  status: 'В работе',
  priority: 'Высокий',
  assignees: ['MOW_15_S_1'],
  author: 'dispatcher1',
  watchers: ['chief'],
  deadline: '2026-03-16T15:00:00Z',
}

const TITLE = '{% if event.data.title != blank %}: {{ event.data.title | truncate: 70 }}{% endif %}'

/** A title: the object stands between the words `before` and `after`, what it is about follows. */
export function headline(noun: DeskNoun, ru: readonly [string, string?], en: readonly [string, string?]): Text {
  const number = `{% assign number = event.data.number | default: event.data.${noun.noun} | default: event.subject %}`
  const put = ([before, after = '']: readonly [string, string?], sign: string) =>
    `${number}${before}{% if number != blank %} ${sign}{{ number }}{% endif %}${after}`
  const about = noun.about ?? both(TITLE, TITLE)
  return both(put(ru, '№ ') + about.ru, put(en, '') + about.en)
}

/** A step told by a participle: «Заказ-наряд № 118 назначен», "Work order 118 assigned". */
export function told(noun: DeskNoun, done: string, english: string, rest: Omit<Step, 'title' | 'headline'>): Step {
  const [first = '', ...more] = done.split(' ')
  const words = [participle(first, noun.ru.gender), ...more].join(' ')
  const [ru, en] = [capital(noun.ru.word), capital(noun.en.word)]
  return {
    title: both(`${ru} ${words}`, `${en} ${english}`),
    headline: headline(noun, [ru, ` ${words}`], [en, ` ${english}`]),
    ...rest,
  }
}

/** A step told by what came or is near: «Комментарий к заказ-наряду № 118», "Comment on work order 118". */
export function about(noun: DeskNoun, ru: string, en: string, rest: Omit<Step, 'title' | 'headline'>): Step {
  return { title: both(ru, en), headline: headline(noun, [ru], [en]), ...rest }
}

const NEW = { m: 'Новый', f: 'Новая', n: 'Новое' }

/** The title names the status: the new value among the changes, when the event does not give it apart. */
function statusChanged(noun: DeskNoun): Step {
  const status =
    '{% assign change = event.data.changes | where: "field", "status" | first %}' +
    '{% assign status = event.data.status | default: change.to %}'
  const [ru, en] = [capital(noun.ru.word), capital(noun.en.word)]
  return {
    title: both(`Статус ${noun.ru.genitive} изменён`, `${en} status changed`),
    headline: headline(
      noun,
      [status + ru, ', статус {% if status != blank %}«{{ status }}»{% else %}изменён{% endif %}'],
      [status + en, ', status {% if status != blank %}"{{ status }}"{% else %}changed{% endif %}'],
    ),
    shown: ['changes', 'assignees', 'comment'],
    data: { changes: [{ field: 'status', from: 'Новый', to: 'В работе' }] },
    role: 'support',
  }
}

const BRIEF = ['address', 'priority', 'assignees', 'deadline']

const STEPS = {
  created: (noun) =>
    about(noun, `${NEW[noun.ru.gender]} ${noun.ru.word}`, `New ${noun.en.word}`, {
      shown: ['author', ...BRIEF, 'description'],
      data: { status: 'Новый', description: 'Камера на входе не отвечает с ночи.' },
      incident: 'opens',
    }),
  assigned: (noun) => told(noun, 'назначен', 'assigned', { shown: [...BRIEF, 'comment'] }),
  unassigned: (noun) =>
    told(noun, 'снят с исполнителя', 'taken from its assignee', {
      shown: ['assignees', 'comment'],
      fields: { assignees: list('Был исполнителем', 'Was assigned to', 'Logins of those from whom it was taken') },
    }),
  'handed.over': (noun) =>
    told(noun, 'передан', 'handed over', {
      shown: ['previousAssignees', ...BRIEF, 'comment'],
      data: { previousAssignees: ['MOW_15_S_2'] },
    }),
  delegated: (noun) =>
    told(noun, 'делегирован', 'delegated', {
      shown: ['previousAssignees', ...BRIEF, 'comment'],
      data: { previousAssignees: ['chief'], comment: 'Возьмите, пожалуйста, сегодня.' },
      role: 'staff',
    }),
  'status.changed': statusChanged,
  'field.changed': (noun) =>
    told(noun, 'изменён', 'changed', {
      shown: ['changes', 'comment'],
      data: {
        changes: [
          { field: 'priority', from: 'Обычный', to: 'Высокий' },
          { field: 'assignees', from: [], to: ['MOW_15_S_1', 'MOW_15_S_2'] },
        ],
      },
      role: 'support',
    }),
  commented: (noun) =>
    about(noun, `Комментарий к ${noun.ru.dative}`, `Comment on ${noun.en.word}`, {
      shown: ['comment'],
      data: { comment: 'Добавил фотографии.\nПосмотрите, пожалуйста.' },
      role: 'installer',
    }),
  'file.added': (noun) =>
    about(noun, `Файл к ${noun.ru.dative}`, `File added to ${noun.en.word}`, {
      shown: ['files', 'comment'],
      data: { files: ['акт.pdf', 'фото.jpg'] },
      role: 'installer',
    }),
  done: (noun) =>
    told(noun, noun.ru.done ?? 'выполнен', noun.en.done ?? 'done', {
      shown: ['assignees', 'comment'],
      role: 'installer',
    }),
  approved: (noun) => told(noun, 'одобрен', 'approved', { shown: ['comment'], role: 'staff' }),
  refused: (noun) =>
    told(noun, 'отклонён', 'refused', { shown: ['comment'], data: { comment: 'Нет замены.' }, role: 'staff' }),
  cancelled: (noun) => told(noun, 'отменён', 'cancelled', { shown: ['assignees', 'comment'] }),
  'deadline.near': (noun) =>
    about(noun, `Подходит срок ${noun.ru.genitive}`, `Deadline is near for ${noun.en.word}`, {
      shown: ['deadline', 'status', 'assignees'],
      severity: 'warning',
      raisedBy: RAISED_BY.deadlines,
    }),
  'deadline.missed': (noun) =>
    about(noun, `Пропущен срок ${noun.ru.genitive}`, `Deadline is missed for ${noun.en.word}`, {
      shown: ['deadline', 'status', 'assignees'],
      severity: 'warning',
      raisedBy: RAISED_BY.deadlines,
    }),
} as const satisfies Record<string, (noun: DeskNoun) => Step>
export type DeskStep = keyof typeof STEPS

const keep = <T>(record: Readonly<Record<string, T>>, without: readonly string[]): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !without.includes(name)))

const id = (noun: DeskNoun): Field => hidden(name('Номер', 'Id', `Id of the ${noun.en.word}; names its incident`))

/** A type of a desk object, from what is particular to it. */
export function deskType(noun: DeskNoun, name: string, step: Step): EventType {
  const without = noun.without ?? []
  const fields: Fields = { [noun.noun]: id(noun), ...noun.fields, ...keep(GENERAL, without), ...step.fields }
  const own = Object.keys(noun.fields).filter((field) => !noun.fields[field]!.letterOnly)
  const relations = Object.entries(GENERAL_RELATIONS).filter(([, path]) => !without.includes(path.replace('data.', '')))
  const actor = { user: 'petrov', role: step.role ?? 'admin' }
  const data = { ...keep(GENERAL_EXAMPLE, without), ...noun.example, ...step.data }
  return declare({
    name: `${noun.noun}.${name}`,
    category: noun.category,
    title: step.title,
    headline: step.headline,
    raisedBy: step.raisedBy ?? RAISED_BY.desk,
    ...(step.severity && { severity: step.severity }),
    ...(step.schema && { schema: step.schema }),
    fields,
    shown: [...new Set([...own, ...step.shown])].filter((field) => field in fields),
    incident: { key: `${noun.noun}:{data.${noun.noun}}`, step: step.incident ?? 'updates' },
    relations: { ...Object.fromEntries(relations), ...noun.relations },
    example: { subject: String(noun.example[noun.noun]), ...(step.raisedBy ? {} : { actor }), data },
  })
}

/** The types of a desk object for those steps that make sense for it; `particular` says where it differs. */
export const deskTypes = (
  noun: DeskNoun,
  steps: readonly DeskStep[],
  particular: Partial<Record<DeskStep, Partial<Step>>> = {},
): EventType[] => steps.map((step) => deskType(noun, step, { ...STEPS[step](noun), ...particular[step] }))
