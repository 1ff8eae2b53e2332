import type { EventType, Templates } from '@nabat/api/catalog/event-type.ts'
import { Type } from 'typebox'

/** The name under which a workspace writes its own words for summaries of storms. */
export const STORM = 'storm'

/** Objects named for each type; the rest is counted. */
export const OBJECTS_NAMED = 12

const events =
  '{% assign ten = digest.count | modulo: 10 %}{% assign hundred = digest.count | modulo: 100 %}' +
  '{% if hundred >= 11 and hundred <= 14 %}событий{% elsif ten == 1 %}событие{% elsif ten >= 2 and ten <= 4 %}события{% else %}событий{% endif %}'

const objects =
  '{% for object in kind.objects %}{{ object.name }}{% if object.count > 1 %} ({{ object.count }}){% endif %}{% unless forloop.last %}, {% endunless %}{% endfor %}'

const ru: Templates = {
  title: `Сразу {{ digest.count }} ${events} с {{ digest.from | date: "%H:%M:%S" }} по {{ digest.to | date: "%H:%M:%S" }}`,
  text:
    `{% for kind in digest.kinds %}<b>{{ kind.title }} — {{ kind.count }}</b>{% if kind.objects.size > 0 %}: ${objects}{% endif %}` +
    '{% if kind.moreObjects > 0 %} и ещё {{ kind.moreObjects }}{% endif %}\n{% endfor %}',
  letter:
    `<table>{% for kind in digest.kinds %}<tr><td>{{ kind.title }}</td><td>{{ kind.count }}</td><td>${objects}` +
    '{% if kind.moreObjects > 0 %} и ещё {{ kind.moreObjects }}{% endif %}</td></tr>{% endfor %}</table>',
}

const en: Templates = {
  title:
    '{{ digest.count }} events at once, from {{ digest.from | date: "%H:%M:%S" }} to {{ digest.to | date: "%H:%M:%S" }}',
  text: ru.text.replaceAll(' и ещё ', ' and more: '),
  letter: ru.letter.replaceAll(' и ещё ', ' and more: '),
}

/** More than can leave one by one, in one message; in the shape of a type, like a digest. */
export const stormType: EventType = {
  name: STORM,
  category: 'system',
  title: { ru: 'Много событий сразу', en: 'Many events at once' },
  raisedBy: { ru: 'Набат', en: 'Nabat' },
  severity: 'info',
  data: Type.Object({}),
  example: { data: {} },
  templates: { ru, en },
}
