import { expect, it } from 'vitest'
import { placeAfter } from './template-place.ts'

it.each([
  ['Камера {{ ', 'variable', ''],
  ['Камера {{event.da', 'variable', 'event.da'],
  ['{{ event.time | da', 'filter', 'da'],
  ['{{ event.time |', 'filter', ''],
  ['{{ event.time | date: event.', 'variable', 'event.'],
  ['{% i', 'tag', 'i'],
  ['{%- ', 'tag', ''],
  ['{% if event.data.', 'variable', 'event.data.'],
  ['{{ event.time }} и каме', 'text', 'каме'],
  ['{% if a %} VM_D', 'text', 'VM_D'],
  ['просто текст ', 'text', ''],
  ['{{ a }}\n{{ b', 'variable', 'b'],
] as const)('after %j one types a %s: %j', (before, kind, typed) => {
  const place = placeAfter(before)
  expect([place.kind, before.slice(place.from)]).toEqual([kind, typed])
})
