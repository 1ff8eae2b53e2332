import type { EventType } from './event-type.ts'
import { accidentTypes, CAMERA_AVAILABILITY } from './availability.ts'
import { declare, RAISED_BY, registerTypes } from './declare.ts'
import {
  address,
  both,
  camera,
  changes,
  naming,
  object,
  segment,
  server,
  letterOnly,
  url,
  type Fields,
} from './fields.ts'

const settingsChanged = (noun: 'camera' | 'object', ru: string, en: string, fields: Fields, example: object) =>
  declare({
    name: `${noun}.settings.changed`,
    category: 'cameras',
    title: both(`Настройки ${ru} изменены`, `${en} settings changed`),
    headline: both(
      `Изменены настройки ${ru}: {{ event.data.${noun} }}`,
      `${en} settings changed: {{ event.data.${noun} }}`,
    ),
    raisedBy: RAISED_BY.video,
    fields,
    example: {
      actor: { user: 'petrov', role: 'support' },
      data: { ...example, changes: [{ field: 'archiveDays', label: 'Срок архива, дней', from: 7, to: 14 }] },
    },
  })

const CAMERA: Fields = { camera: naming(camera), object, server, address, changes, url }
const OBJECT: Fields = { object: naming(object), address, changes, url }
const cameraExample = { camera: 'Вход 3', object: 'Северный парк, 12', server: 'video-2' }
const objectExample = { object: 'Северный парк, 12', address: 'Москва, Северная, 12' }

/** Cameras, objects and network segments: what is kept of them, and whether they answer. */
export const CAMERA_TYPES: readonly EventType[] = [
  ...CAMERA_AVAILABILITY,
  ...accidentTypes({ noun: 'object', category: 'cameras', ru: 'объект', en: 'object', within: { segment, server } }),
  ...accidentTypes({
    noun: 'segment',
    category: 'cameras',
    ru: 'сегмент сети',
    en: 'network segment',
    within: { object: letterOnly(object) },
  }),
  ...registerTypes({
    noun: 'camera',
    category: 'cameras',
    ru: { word: 'камера', gender: 'f' },
    en: 'camera',
    fields: CAMERA,
    example: cameraExample,
    changed: { field: 'name', from: 'Вход 2', to: 'Вход 3' },
  }),
  settingsChanged('camera', 'камеры', 'Camera', CAMERA, cameraExample),
  ...registerTypes({
    noun: 'object',
    category: 'cameras',
    ru: { word: 'объект', gender: 'm' },
    en: 'object',
    fields: OBJECT,
    example: objectExample,
    changed: { field: 'name', from: 'Северный парк', to: 'Северный парк, 12' },
  }),
  settingsChanged('object', 'объекта', 'Object', OBJECT, objectExample),
]
