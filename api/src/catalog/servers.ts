import type { EventType } from './event-type.ts'
import { accidentTypes } from './availability.ts'
import { closes, declare, opens, RAISED_BY, registerTypes, type Declaration } from './declare.ts'
import {
  address,
  amount,
  both,
  changes,
  choice,
  count,
  line,
  naming,
  object,
  reason,
  required,
  segment,
  server,
  time,
  letterOnly,
  url,
  type Fields,
} from './fields.ts'

const NAMED = '{{ event.data.server }}'
const LOAD = 'server:{data.server}:load:{data.metric}'

const metric = choice('Показатель', 'Metric', 'ram, cpu (per cent) or la (load average)', {
  ram: both('память (RAM)', 'memory (RAM)'),
  cpu: both('процессор (CPU)', 'processor (CPU)'),
  la: both('средняя загрузка (LA)', 'load average (LA)'),
})
const bytes = (ru: string, en: string, description: string) => amount(ru, en, description, 'bytes')

const loadFields: Fields = {
  server: naming(server),
  metric: letterOnly(required(metric)),
  value: letterOnly(amount('Значение', 'Value', 'Measured value: per cent, for la a number')),
  threshold: amount('Порог', 'Threshold', 'What it was compared with'),
  since: time('Началось', 'Since', 'When it began'),
  url,
}
const storage: Fields = {
  volume: letterOnly(line('Том', 'Volume', 'Array, file system or mount point')),
  totalBytes: bytes('Всего', 'Total', 'Capacity in bytes'),
  freeBytes: bytes('Свободно', 'Free', 'Free space in bytes'),
}
const volume = '{% if event.data.volume != blank %} ({{ event.data.volume }}){% endif %}'
const measured =
  '{{ event.data.metric | upcase }}{% if event.data.value != blank %} {{ event.data.value }}' +
  '{% unless event.data.metric == "la" %} %{% endunless %}{% endif %}'

/** A warning of a server: its own fields between the server's name and the link. */
const warning = (
  step: string,
  words: Pick<Declaration, 'title' | 'headline'> & Partial<Pick<Declaration, 'severity' | 'incident'>>,
  fields: Fields,
  data: Readonly<Record<string, unknown>>,
): EventType =>
  declare({
    name: `server.${step}`,
    category: 'servers',
    raisedBy: RAISED_BY.watch,
    severity: 'warning',
    ...words,
    fields: { server: naming(server), ...fields, url },
    example: { subject: 'video-2', data: { server: 'video-2', ...data } },
  })

const load: readonly EventType[] = [
  warning(
    'load.high',
    {
      title: both('Высокая нагрузка на сервер', 'Server load is high'),
      headline: both(`Сервер ${NAMED}: высокая нагрузка, ${measured}`, `Server ${NAMED}: high load, ${measured}`),
      incident: opens(LOAD),
    },
    loadFields,
    { metric: 'cpu', value: 97, threshold: 90, since: '2026-03-14T00:02:00Z' },
  ),
  warning(
    'load.normal',
    {
      title: both('Нагрузка на сервер снизилась', 'Server load is back to normal'),
      headline: both(`Сервер ${NAMED}: нагрузка в норме, ${measured}`, `Server ${NAMED}: load is normal, ${measured}`),
      severity: 'info',
      incident: closes(LOAD),
    },
    loadFields,
    { metric: 'cpu', value: 41, threshold: 90, since: '2026-03-14T00:02:00Z' },
  ),
]

const maintenance: readonly EventType[] = [
  warning(
    'certificate.expiring',
    {
      title: both('Истекает сертификат сервера', 'Server certificate about to expire'),
      headline: both(`Сервер ${NAMED}: истекает SSL-сертификат`, `Server ${NAMED}: TLS certificate is about to expire`),
    },
    {
      host: line('Имя', 'Host', 'Host name the certificate is for'),
      expires: time('Действует до', 'Valid until', 'End of the certificate'),
      daysLeft: count('Осталось дней', 'Days left', 'Whole days until then'),
    },
    { host: 'video-2.example.ru', expires: '2026-03-21T09:00:00Z', daysLeft: 7 },
  ),
  warning(
    'update.available',
    {
      title: both('Доступно обновление ПО сервера', 'Server software update available'),
      headline: both(`Сервер ${NAMED}: доступно обновление ПО`, `Server ${NAMED}: a software update is available`),
      severity: 'info',
    },
    {
      software: line('Программа', 'Software', 'What can be updated'),
      current: line('Установлена версия', 'Installed version', 'Version that runs now'),
      version: line('Новая версия', 'New version', 'Version that can be installed'),
    },
    { software: 'Видеосервер', current: '6.1.0', version: '6.2.1' },
  ),
]

const disks: readonly EventType[] = [
  warning(
    'disk.failed',
    {
      title: both('Сбой диска сервера', 'Server disk failed'),
      headline: both(
        `Сервер ${NAMED}: сбой диска{% if event.data.disk != blank %} {{ event.data.disk }}{% endif %}`,
        `Server ${NAMED}: disk{% if event.data.disk != blank %} {{ event.data.disk }}{% endif %} failed`,
      ),
      severity: 'critical',
    },
    {
      disk: letterOnly(line('Диск', 'Disk', 'Device or slot')),
      model: line('Модель', 'Model', 'Model of the disk'),
      serial: line('Серийный номер', 'Serial number', 'Serial number of the disk'),
      reason,
    },
    { disk: '/dev/sdc', model: 'WD82PURZ', serial: 'VDK12345', reason: 'SMART: 214 переназначенных секторов' },
  ),
  warning(
    'storage.shrank',
    {
      title: both('Объём хранилища уменьшился', 'Server storage shrank'),
      headline: both(
        `Сервер ${NAMED}: объём хранилища уменьшился${volume}`,
        `Server ${NAMED}: storage capacity shrank${volume}`,
      ),
    },
    { ...storage, beforeBytes: bytes('Было', 'Before', 'Capacity before, in bytes'), reason },
    { volume: '/archive', totalBytes: 24e12, beforeBytes: 32e12, reason: 'диск выпал из массива' },
  ),
  warning(
    'storage.low',
    {
      title: both('На сервере заканчивается место', 'Server storage is running out'),
      headline: both(
        `Сервер ${NAMED}: заканчивается место${volume}`,
        `Server ${NAMED}: storage is running out${volume}`,
      ),
    },
    { ...storage, usedPercent: amount('Занято', 'Used', 'Used space in per cent', 'percent') },
    { volume: '/archive', totalBytes: 32e12, freeBytes: 9.6e11, usedPercent: 97 },
  ),
]

/** Servers of the video system: what is kept of them, whether they answer, how they feel. */
export const SERVER_TYPES: readonly EventType[] = [
  ...accidentTypes({
    noun: 'server',
    category: 'servers',
    ru: 'сервер',
    en: 'server',
    within: { object: letterOnly(object), segment },
  }),
  ...load,
  ...maintenance,
  ...disks,
  ...registerTypes({
    noun: 'server',
    category: 'servers',
    ru: { word: 'сервер', gender: 'm' },
    en: 'server',
    fields: { server: naming(server), address, changes, url },
    example: { server: 'video-2', address: 'Москва, Северная, 1' },
    changed: { field: 'name', from: 'video-1', to: 'video-2' },
  }),
]
