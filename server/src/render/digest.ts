import type { EventType, Templates } from '@nabat/api/catalog/event-type.ts'
import { Type } from 'typebox'

/** How many events a digest lists; the rest is counted. */
export const LISTED = 40

/** The name under which a workspace writes its own words for digests. */
export const DIGEST = 'digest'

/** How many events there are, in the form the number asks for. */
export const EVENTS_RU =
  '{{ digest.count }} {% assign ten = digest.count | modulo: 10 %}{% assign hundred = digest.count | modulo: 100 %}' +
  '{% if hundred >= 11 and hundred <= 14 %}событий{% elsif ten == 1 %}событие{% elsif ten >= 2 and ten <= 4 %}события{% else %}событий{% endif %}'

const ru: Templates = {
  title: EVENTS_RU + ' с {{ digest.from | date: "%d.%m %H:%M" }} по {{ digest.to | date: "%d.%m %H:%M" }}',
  text:
    '{% for each in digest.events %}{{ each.time | date: "%H:%M" }} {{ each.title }}\n{% endfor %}' +
    '{% if digest.more > 0 %}и ещё {{ digest.more }}: {% for kind in digest.kinds %}{{ kind.title }} — {{ kind.count }}{% unless forloop.last %}, {% endunless %}{% endfor %}{% endif %}',
  letter:
    '<table>{% for each in digest.events %}<tr><td>{{ each.time | date: "%d.%m %H:%M" }}</td><td>{{ each.title }}</td></tr>{% endfor %}</table>' +
    '<p>{% for kind in digest.kinds %}{{ kind.title }}: {{ kind.count }}<br>{% endfor %}</p>',
}

const en: Templates = {
  title:
    '{{ digest.count }} event{% if digest.count != 1 %}s{% endif %} from {{ digest.from | date: "%d.%m %H:%M" }} to {{ digest.to | date: "%d.%m %H:%M" }}',
  text: ru.text.replace('и ещё', 'and more'),
  letter: ru.letter,
}

/** Words for several events, in the shape of a type so that they are rendered, and may be reworded, like any other. */
export const gatheringType = (
  name: string,
  title: EventType['title'],
  templates: EventType['templates'],
): EventType => ({
  name,
  category: 'system',
  title,
  raisedBy: { ru: 'Набат', en: 'Nabat' },
  severity: 'info',
  data: Type.Object({}),
  example: { data: {} },
  templates,
})

/** What a rule with a digest has gathered. */
export const digestType = gatheringType(DIGEST, { ru: 'Дайджест', en: 'Digest' }, { ru, en })
