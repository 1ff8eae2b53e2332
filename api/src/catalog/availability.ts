import type { EventType } from './event-type.ts'
import { capital, closes, declare, opens, RAISED_BY } from './declare.ts'
import {
  amount,
  both,
  camera,
  hidden,
  naming,
  object,
  reason,
  segment,
  server,
  time,
  letterOnly,
  url,
  type Field,
  type Fields,
} from './fields.ts'

const down: Field = time('Нет связи с', 'Down since', 'When it stopped answering')
const wasDown: Field = time('Не было связи с', 'Was down since', 'When it had stopped answering')
const count: Field = amount('Камеры', 'Cameras', 'How many cameras it is about', 'share')
const total: Field = hidden(amount('Всего камер', 'Cameras in all', 'How many cameras there are in all'))

const EXAMPLE = {
  camera: 'Вход 3',
  object: 'Северный парк, 12',
  segment: '10.15.3.0/24',
  server: 'video-2',
  since: '2026-03-14T00:12:00Z',
}

/** Where several cameras are down at once: the object, or else the segment, or else the server. */
const place = (ru: boolean) => {
  const words = ru
    ? { object: 'Объект', segment: 'Сегмент сети', server: 'Сервер', none: 'Камера' }
    : { object: 'Object', segment: 'Network segment', server: 'Server', none: 'Camera' }
  const branch = (name: 'object' | 'segment' | 'server') =>
    `event.data.${name} != blank %}${words[name]} {{ event.data.${name} }}`
  return `{% if ${branch('object')}{% elsif ${branch('segment')}{% elsif ${branch('server')}{% else %}${words.none} {{ event.data.camera }}{% endif %}`
}

/** One camera by its name, several as "43 of 48" of the place. */
function cameraHeadline(several: string, all: string, one: string, ru: boolean): string {
  const of = ru ? 'из' : 'of'
  return (
    `{% if event.data.count > 1 %}${place(ru)}: ` +
    `{% if event.data.count == event.data.total %}${all} ({{ event.data.total }})` +
    `{% else %}${several}: {{ event.data.count }}{% if event.data.total != blank %} ${of} {{ event.data.total }}{% endif %}` +
    `{% endif %}{% else %}${one}: {{ event.data.camera }}` +
    `{% if event.data.object != blank %} ({{ event.data.object }}){% endif %}{% endif %}`
  )
}

const cameraFields = (since: Field): Fields => ({
  camera: naming(camera),
  object: letterOnly(object),
  segment,
  server,
  since,
  reason,
  count: letterOnly(count),
  total,
  url,
})

/** One camera, or several at once, of which the event names one. */
export const CAMERA_AVAILABILITY: readonly EventType[] = [
  declare({
    name: 'camera.unavailable',
    category: 'cameras',
    title: both('Камера недоступна', 'Camera unavailable'),
    headline: both(
      cameraHeadline('недоступны камеры', 'недоступны все камеры', 'Камера недоступна', true),
      cameraHeadline('cameras unavailable', 'all cameras unavailable', 'Camera unavailable', false),
    ),
    raisedBy: RAISED_BY.watch,
    severity: 'warning',
    fields: cameraFields(down),
    incident: opens('camera:{data.camera}'),
    example: { subject: 'Вход 3', data: { ...EXAMPLE, reason: 'нет ответа на RTSP' } },
  }),
  declare({
    name: 'camera.available',
    category: 'cameras',
    title: both('Камера снова доступна', 'Camera available again'),
    headline: both(
      cameraHeadline('снова доступны камеры', 'снова доступны все камеры', 'Камера снова доступна', true),
      cameraHeadline('cameras available again', 'all cameras available again', 'Camera available again', false),
    ),
    raisedBy: RAISED_BY.watch,
    fields: cameraFields(wasDown),
    incident: closes('camera:{data.camera}'),
    example: { subject: 'Вход 3', data: EXAMPLE },
  }),
]

/** Unavailable and back, of what takes its cameras down with it: an accident. Servers use it as well. */
export function accidentTypes(
  noun: 'object' | 'segment' | 'server',
  ru: string,
  en: string,
  fields: Fields,
): EventType[] {
  const category = noun === 'server' ? 'servers' : 'cameras'
  const named = `{{ event.data.${noun} }}`
  const at = noun === 'object' ? '' : '{% if event.data.object != blank %} ({{ event.data.object }}){% endif %}'
  const own: Fields = { [noun]: naming(fields[noun]!), ...fields, count, total, url }
  const data = Object.fromEntries(Object.entries(EXAMPLE).filter(([name]) => name in own))
  const word = capital(ru)
  return [
    declare({
      name: `${noun}.unavailable`,
      category,
      title: both(`${word} недоступен`, `${en} unavailable`),
      headline: both(
        `Авария: недоступен ${ru} ${named}${at}`,
        `Outage: ${en.toLowerCase()} ${named} is unavailable${at}`,
      ),
      raisedBy: RAISED_BY.watch,
      severity: 'critical',
      fields: { ...own, [noun]: naming(fields[noun]!), since: down, reason },
      incident: opens(`${noun}:{data.${noun}}`),
      example: { subject: String(data[noun]), data: { ...data, reason: 'нет ответа на ping', count: 48, total: 48 } },
    }),
    declare({
      name: `${noun}.available`,
      category,
      title: both(`${word} снова доступен`, `${en} available again`),
      headline: both(`${word} ${named} снова доступен${at}`, `${en} ${named} is available again${at}`),
      raisedBy: RAISED_BY.watch,
      fields: { ...own, [noun]: naming(fields[noun]!), since: wasDown, reason },
      incident: closes(`${noun}:{data.${noun}}`),
      example: { subject: String(data[noun]), data: { ...data, count: 46, total: 48 } },
    }),
  ]
}
