import type { TSchema } from 'typebox'
import type { Severity } from '../severity.ts'
import type { Text } from '../text.ts'

/** The categories of the catalogue, in the order the console shows them. */
export const CATEGORIES = {
  general: { ru: 'Общие', en: 'General' },
  users: { ru: 'Пользователи', en: 'Users' },
  servers: { ru: 'Серверы', en: 'Servers' },
  cameras: { ru: 'Камеры и объекты', en: 'Cameras and objects' },
  tickets: { ru: 'Обращения', en: 'Tickets' },
  faults: { ru: 'Неисправности', en: 'Faults' },
  workorders: { ru: 'Заказ-наряды', en: 'Work orders' },
  tasks: { ru: 'Задачи', en: 'Tasks' },
  approvals: { ru: 'Согласования', en: 'Approvals' },
  absences: { ru: 'Отсутствия', en: 'Absences' },
  calls: { ru: 'Звонки', en: 'Calls' },
  system: { ru: 'Система', en: 'System' },
  custom: { ru: 'Свои типы', en: 'Own types' },
} as const satisfies Record<string, Text>
export type Category = keyof typeof CATEGORIES

/**
 * The words of a type in one language, as Liquid templates over `event` (`data`, `subject`, `time`, `severity`,
 * `actor`, `incident`), `recipient`, `workspace`. Variables are escaped for the medium by the renderer.
 */
export interface Templates {
  /** One line, plain: the subject of a letter, the bold first line of a chat message. */
  readonly title: string
  /** The short text under the title, for chats and push. Telegram's inline tags only (b, i, u, s, a, code, pre). */
  readonly text: string
  /** The body of a letter, an HTML fragment of p, b, i, a, ul, li, table, tr, th, td, br. */
  readonly letter: string
}

/** What an event of a type does to the incident it belongs to. */
export interface IncidentStep {
  /** Key of the incident; `{data.camera}` and the like are replaced by the event's values. */
  readonly key: string
  readonly step: 'opens' | 'updates' | 'closes'
}

/** What people call a field of `data`, and its values where they are words of a list. */
export interface FieldWords {
  readonly label: Text
  readonly values?: Readonly<Record<string, Text>>
}

/**
 * An entry of the catalogue. The one declaration drives validation, the rule editor, template variables, OpenAPI and
 * the published table.
 */
export interface EventType {
  /** `camera.unavailable`: dotted, lower case, noun first. */
  readonly name: string
  readonly category: Category
  readonly title: Text
  /** Who raises it, for the published table. */
  readonly raisedBy: Text
  readonly severity: Severity
  /** JSON Schema of `data`. More than it names may be posted; what it names is checked. */
  readonly data: TSchema
  /** Words for the fields of `data`; own types have none. */
  readonly fields?: Readonly<Record<string, FieldWords>>
  readonly incident?: IncidentStep
  /** Which fields of the event name people, by relation: `{ assignee: 'data.assignees', author: 'data.author' }`. */
  readonly relations?: Readonly<Record<string, string>>
  /** An event of the type as it could really come, used by previews, documentation and tests. */
  readonly example: {
    readonly subject?: string
    readonly actor?: { readonly user?: string; readonly role?: string }
    readonly data: Readonly<Record<string, unknown>>
  }
  readonly templates: { readonly ru: Templates; readonly en: Templates }
}
