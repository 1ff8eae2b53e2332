import type { EventType } from './event-type.ts'
import { deskTypes, headline, type DeskNoun } from './desk.ts'
import { both, date, letterOnly, line, list } from './fields.ts'

/** Whose absence, and its days. */
const days = (format: string) =>
  '{% if event.data.employee != blank %}: {{ event.data.employee }}{% endif %}' +
  `{% if event.data.from != blank %}, {{ event.data.from | date: "${format}" }}` +
  `{% if event.data.to != blank %} – {{ event.data.to | date: "${format}" }}{% endif %}{% endif %}`

const ABSENCE: DeskNoun = {
  noun: 'absence',
  category: 'absences',
  ru: { word: 'отсутствие', genitive: 'отсутствия', dative: 'отсутствию', gender: 'n' },
  en: { word: 'absence' },
  fields: {
    employee: letterOnly(line('Сотрудник', 'Employee', 'Login of the one who will be absent')),
    kind: line('Вид', 'Kind', 'Holiday, illness and so on, as people read it'),
    from: letterOnly(date('С', 'From', 'First day')),
    to: letterOnly(date('По', 'To', 'Last day')),
    substitute: line('Замещает', 'Substitute', 'Login of the one who stands in'),
    approvers: letterOnly(list('Согласующие', 'Approvers', 'Logins of those who must decide')),
  },
  about: both(days('%d.%m.%Y'), days('%Y-%m-%d')),
  without: ['title', 'address', 'assignees', 'previousAssignees', 'priority', 'deadline'],
  relations: { employee: 'data.employee', approver: 'data.approvers', substitute: 'data.substitute' },
  example: {
    absence: '31',
    employee: 'ivanov',
    author: 'ivanov',
    kind: 'Отпуск',
    from: '2026-07-01',
    to: '2026-07-14',
    substitute: 'sidorov',
    approvers: ['chief'],
    status: 'На согласовании',
  },
}

/** Absences. They have no assignee and no deadline: heads approve or refuse them. */
export const ABSENCE_TYPES: readonly EventType[] = deskTypes(
  ABSENCE,
  ['created', 'status.changed', 'field.changed', 'commented', 'file.added', 'approved', 'refused', 'cancelled'],
  {
    created: {
      title: both('Запрос на отсутствие', 'Absence request'),
      headline: headline(ABSENCE, ['Запрос на отсутствие'], ['Absence request']),
      shown: ['description'],
      data: { description: 'Отпуск по графику.' },
      role: 'staff',
    },
    'status.changed': {
      data: { changes: [{ field: 'status', from: 'Новое', to: 'На согласовании' }] },
      role: 'staff',
    },
    'field.changed': {
      data: { changes: [{ field: 'to', label: 'Последний день', from: '14.07.2026', to: '21.07.2026' }] },
      role: 'staff',
    },
  },
)
