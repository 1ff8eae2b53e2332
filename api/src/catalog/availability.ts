import type { Category, EventType } from './event-type.ts'
import { capital, closes, declare, opens, RAISED_BY } from './declare.ts'
import {
  both,
  camera,
  count,
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

const down: Field = time('Связь пропала', 'Down since', 'When it stopped answering')
const wasDown: Field = time('Связь пропадала', 'Was down since', 'When it had stopped answering')
const share: Field = count('Камеры', 'Cameras', 'How many cameras it is about', 'share')
const total: Field = hidden(count('Всего камер', 'Cameras in all', 'How many cameras there are in all'))

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
    `{% else %}${several} ({{ event.data.count }}{% if event.data.total != blank %} ${of} {{ event.data.total }}{% endif %})` +
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
  count: letterOnly(share),
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

/** What takes its cameras down with it. */
export interface Place {
  readonly noun: 'object' | 'segment' | 'server'
  readonly category: Category
  readonly ru: string
  readonly en: string
  /** Where it stands, beside its own name. */
  readonly within: Fields
}

/** Unavailable and back of a place: an accident. */
export function accidentTypes({ noun, category, ru, en, within }: Place): EventType[] {
  const named = `{{ event.data.${noun} }}`
  const at = 'object' in within ? '{% if event.data.object != blank %} ({{ event.data.object }}){% endif %}' : ''
  const fields = (since: Field): Fields => ({
    [noun]: naming({ object, segment, server }[noun]),
    ...within,
    count: share,
    total,
    since,
    reason,
    url,
  })
  const known = [noun, 'since', ...Object.keys(within)]
  const data = Object.fromEntries(Object.entries(EXAMPLE).filter(([name]) => known.includes(name)))
  const [subject, incident] = [EXAMPLE[noun], `${noun}:{data.${noun}}`]
  return [
    declare({
      name: `${noun}.unavailable`,
      category,
      title: both(`${capital(ru)} недоступен`, `${capital(en)} unavailable`),
      headline: both(`Авария: недоступен ${ru} ${named}${at}`, `Outage: ${en} ${named} is unavailable${at}`),
      raisedBy: RAISED_BY.watch,
      severity: 'critical',
      fields: fields(down),
      incident: opens(incident),
      example: { subject, data: { ...data, reason: 'нет ответа на ping', count: 48, total: 48 } },
    }),
    declare({
      name: `${noun}.available`,
      category,
      title: both(`${capital(ru)} снова доступен`, `${capital(en)} available again`),
      headline: both(`${capital(ru)} ${named} снова доступен${at}`, `${capital(en)} ${named} is available again${at}`),
      raisedBy: RAISED_BY.watch,
      fields: fields(wasDown),
      incident: closes(incident),
      example: { subject, data: { ...data, count: 46, total: 48 } },
    }),
  ]
}
