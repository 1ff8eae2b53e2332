import type { Templates } from '@nabat/api/catalog/event-type.ts'
import { EVENTS_RU, gatheringType } from './digest.ts'

/** The name under which a workspace writes its own words for summaries of storms. */
export const STORM = 'storm'

/** Objects named for each type; the rest is counted. */
export const OBJECTS_NAMED = 12

const objects =
  '{% for object in kind.objects %}{{ object.name }}{% if object.count > 1 %} ({{ object.count }}){% endif %}{% unless forloop.last %}, {% endunless %}{% endfor %}'

/** From when to when; what came within a second has one time. */
const span = (at: string, from: string, to: string): string =>
  '{% assign begins = digest.from | date: "%H:%M:%S" %}{% assign ends = digest.to | date: "%H:%M:%S" %}' +
  `{% if begins == ends %}${at} {{ begins }}{% else %}${from} {{ begins }} ${to} {{ ends }}{% endif %}`

const ru: Templates = {
  title: `Сразу ${EVENTS_RU} ${span('в', 'с', 'по')}`,
  text:
    `{% for kind in digest.kinds %}<b>{{ kind.title }} — {{ kind.count }}</b>{% if kind.objects.size > 0 %}: ${objects}{% endif %}` +
    '{% if kind.moreObjects > 0 %} и ещё {{ kind.moreObjects }}{% endif %}\n{% endfor %}',
  letter:
    `<table>{% for kind in digest.kinds %}<tr><td>{{ kind.title }}</td><td>{{ kind.count }}</td><td>${objects}` +
    '{% if kind.moreObjects > 0 %} и ещё {{ kind.moreObjects }}{% endif %}</td></tr>{% endfor %}</table>',
}

const en: Templates = {
  title: `{{ digest.count }} events at once, ${span('at', 'from', 'to')}`,
  text: ru.text.replaceAll(' и ещё ', ' and more: '),
  letter: ru.letter.replaceAll(' и ещё ', ' and more: '),
}

/** More than can leave one by one. */
export const stormType = gatheringType(STORM, { ru: 'Много событий сразу', en: 'Many events at once' }, { ru, en })
