import { Type } from 'typebox'
import type { Category, EventType, Templates } from '@nabat/api/catalog/event-type.ts'
import type { OwnType } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'

/** Words for a type that brings none of its own: its title, and every field of `data` on a line. */
const plain = (title: string): Templates => ({
  title: `${title}{% if event.subject %}: {{ event.subject }}{% endif %}`,
  text: '{% for field in event.data %}{{ field[0] }}: {{ field[1] }}\n{% endfor %}',
  letter:
    '<table>{% for field in event.data %}<tr><th>{{ field[0] }}</th><td>{{ field[1] }}</td></tr>{% endfor %}</table>',
})

/** An event type a workspace declared, in the shape of the catalogue. */
export function ownType(declared: OwnType): EventType {
  const title = { ru: declared.title.ru, en: declared.title.en ?? declared.title.ru }
  const templates = (language: Language): Templates => ({
    ...plain(title[language]),
    ...declared.templates?.[language],
  })
  return {
    name: declared.name,
    category: (declared.category ?? 'custom') as Category,
    title,
    raisedBy: { ru: 'Рабочее пространство', en: 'The workspace' },
    severity: declared.severity ?? 'info',
    data: Type.Unsafe(declared.data ?? { type: 'object' }),
    ...(declared.incident === undefined ? {} : { incident: declared.incident }),
    ...(declared.relations === undefined ? {} : { relations: declared.relations }),
    example: { data: declared.example ?? {} },
    templates: { ru: templates('ru'), en: templates('en') },
  }
}
