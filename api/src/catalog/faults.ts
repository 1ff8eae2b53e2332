import type { EventType } from './event-type.ts'
import { RAISED_BY } from './declare.ts'
import { deskType, deskTypes, told, type DeskNoun } from './desk.ts'
import { both, camera, choice, letterOnly, line, name, naming, object, required, segment, server } from './fields.ts'

const TARGETS = {
  camera: both('камера', 'camera'),
  server: both('сервер', 'server'),
  object: both('объект', 'object'),
  segment: both('сегмент сети', 'network segment'),
  'access-control': both('СКУД', 'access control'),
}
const target = choice('Оборудование', 'Equipment', 'What is out of order', TARGETS)
const origin = choice('Зарегистрирована', 'Registered', 'How it was registered; access control: manual only', {
  automatic: both('автоматически', 'automatically'),
  manual: both('вручную', 'by hand'),
  ticket: both('через обращение', 'through a ticket'),
})

/** What is out of order and where: the camera of an object, the segment of an object, the object itself. */
const broken = (language: 'ru' | 'en') => {
  const whens = Object.entries(TARGETS).map(([target, word]) => {
    const named = `event.data.${target === 'access-control' ? 'device' : target}`
    return `{% when "${target}" %}: ${word[language]}{% if ${named} != blank %} {{ ${named} }}{% endif %}`
  })
  const at = '{% if event.data.object != blank and event.data.target != "object" %}, {{ event.data.object }}{% endif %}'
  return `{% case event.data.target %}${whens.join('')}{% endcase %}${at}`
}

const FAULT: DeskNoun = {
  noun: 'fault',
  category: 'faults',
  ru: { word: 'неисправность', genitive: 'неисправности', dative: 'неисправности', gender: 'f' },
  en: { word: 'fault' },
  fields: {
    fault: naming(name('Номер', 'Id', 'Id of the fault')),
    target: letterOnly(target),
    camera: letterOnly(camera),
    server: letterOnly(server),
    segment: letterOnly(segment),
    device: letterOnly(line('СКУД', 'Access control', 'Door, turnstile or controller')),
    object: letterOnly(object),
    origin: letterOnly(origin),
    ticket: letterOnly(name('Обращение', 'Ticket', 'Id of the ticket it came through')),
    workorder: letterOnly(name('Заказ-наряд', 'Work order', 'Id of the work order that mends it')),
  },
  about: both(broken('ru'), broken('en')),
  example: {
    fault: '57',
    title: 'Нет изображения',
    target: 'camera',
    camera: 'Вход 3',
    object: 'Северный парк, 12',
    origin: 'automatic',
  },
}

/** Nothing polls access control, and tickets do not reach it: its faults are registered by hand. */
const ACCESS_CONTROL_BY_HAND = {
  if: { properties: { target: { const: 'access-control' } }, required: ['target'] },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own word
  then: { properties: { origin: { const: 'manual' } } },
}

const registered = deskType(
  FAULT,
  'registered',
  told(FAULT, 'зарегистрирован', 'registered', {
    shown: ['title', 'origin', 'assignees', 'description'],
    fields: { target: letterOnly(required(target)) },
    schema: ACCESS_CONTROL_BY_HAND,
    severity: 'warning',
    raisedBy: RAISED_BY.faults,
    data: { status: 'Новая' },
    incident: 'opens',
  }),
)

const ended: readonly EventType[] = [
  deskType(
    FAULT,
    'closed',
    told(FAULT, 'закрыт', 'closed', {
      shown: ['assignees', 'comment'],
      data: { status: 'Устранена', comment: 'Заменён блок питания.' },
      role: 'installer',
      incident: 'closes',
    }),
  ),
  deskType(
    FAULT,
    'reopened',
    told(FAULT, 'открыт снова', 'reopened', {
      shown: ['assignees', 'comment'],
      severity: 'warning',
      data: { status: 'В работе', comment: 'Камера опять не отвечает.' },
      role: 'support',
      incident: 'opens',
    }),
  ),
]

/** Faults: registered, every step of handling, closed. */
export const FAULT_TYPES: readonly EventType[] = [
  registered,
  ...deskTypes(
    FAULT,
    [
      'assigned',
      'handed.over',
      'unassigned',
      'status.changed',
      'field.changed',
      'commented',
      'file.added',
      'cancelled',
    ],
    { cancelled: { incident: 'closes', data: { comment: 'Плановые работы.' } } },
  ),
  ...ended,
]
