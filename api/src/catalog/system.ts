import type { EventType } from './event-type.ts'
import { closes, declare, opens, RAISED_BY, type Declaration } from './declare.ts'
import {
  amount,
  both,
  changes,
  choice,
  count,
  hidden,
  letterOnly,
  line,
  lines,
  name,
  naming,
  reason,
  required,
  time,
  type Fields,
} from './fields.ts'

const channel = name('Канал', 'Channel', 'Name of the channel')
const waiting = count('Сообщений ждёт отправки', 'Messages waiting', 'Deliveries that wait for it')
const lostSince = time('Началось', 'Since', 'When it began')
const wasLostSince = time('Не было с', 'Was down since', 'When it had begun')

/** A notice of Nabat about itself: words, fields in the order of reading, an example of data. */
const notice = (
  step: string,
  words: Pick<Declaration, 'title' | 'headline'> & Partial<Pick<Declaration, 'severity' | 'incident' | 'relations'>>,
  fields: Fields,
  data: Readonly<Record<string, unknown>>,
  actor?: EventType['example']['actor'],
): EventType =>
  declare({
    name: `system.${step}`,
    category: 'system',
    raisedBy: RAISED_BY.nabat,
    severity: 'warning',
    ...words,
    fields,
    example: { ...(actor && { actor }), data },
  })

const channels: readonly EventType[] = [
  notice(
    'channel.down',
    {
      title: both('Канал не работает', 'Channel down'),
      headline: both(
        'Канал «{{ event.data.channel }}» не работает, уведомления не уходят',
        'Channel "{{ event.data.channel }}" is down, notifications do not leave',
      ),
      severity: 'critical',
      incident: opens('channel:{data.channel}'),
    },
    { channel: naming(channel), reason, since: lostSince, waiting },
    { channel: 'mail', reason: 'соединение отклонено (ECONNREFUSED)', since: '2026-03-14T00:12:00Z', waiting: 17 },
  ),
  notice(
    'channel.back',
    {
      title: both('Канал снова работает', 'Channel back'),
      headline: both(
        'Канал «{{ event.data.channel }}» снова работает',
        'Channel "{{ event.data.channel }}" works again',
      ),
      severity: 'info',
      incident: closes('channel:{data.channel}'),
    },
    { channel: naming(channel), since: wasLostSince, waiting },
    { channel: 'mail', since: '2026-03-14T00:12:00Z', waiting: 17 },
  ),
  notice(
    'destination.disabled',
    {
      title: both('Адрес отключён', 'Destination disabled'),
      headline: both(
        'Адрес отключён: {{ event.data.destination }}',
        'Destination disabled: {{ event.data.destination }}',
      ),
      relations: { user: 'data.user' },
    },
    {
      destination: naming(name('Адрес', 'Destination', 'Chat, e-mail address or other place that was switched off')),
      channel,
      user: name('Сотрудник', 'Person', 'Login of the person who was reached there'),
      reason,
    },
    { destination: '555', channel: 'duty-bot', user: 'MOW_15_S_1', reason: 'бот заблокирован пользователем' },
  ),
]

const pbx: readonly EventType[] = [
  notice(
    'pbx.lost',
    {
      title: both('Потеряна связь с АТС', 'PBX connection lost'),
      headline: both(
        'Потеряна связь с АТС {{ event.data.pbx }}: пропущенные вызовы не видны',
        'Connection with PBX {{ event.data.pbx }} lost: missed calls are not seen',
      ),
      incident: opens('pbx:{data.pbx}'),
    },
    { pbx: naming(name('АТС', 'PBX', 'Name or address of the PBX')), reason, since: lostSince },
    { pbx: 'asterisk', reason: 'соединение закрыто', since: '2026-03-14T00:12:00Z' },
  ),
  notice(
    'pbx.back',
    {
      title: both('Связь с АТС восстановлена', 'PBX connection back'),
      headline: both(
        'Связь с АТС {{ event.data.pbx }} восстановлена',
        'Connection with PBX {{ event.data.pbx }} is back',
      ),
      severity: 'info',
      incident: closes('pbx:{data.pbx}'),
    },
    { pbx: naming(name('АТС', 'PBX', 'Name or address of the PBX')), since: wasLostSince },
    { pbx: 'asterisk', since: '2026-03-14T00:12:00Z' },
  ),
]

const upkeep: readonly EventType[] = [
  notice(
    'disk.low',
    {
      title: both('На диске Набата заканчивается место', 'Disk space of Nabat is low'),
      headline: both(
        'Заканчивается место на диске{% if event.data.path != blank %}: {{ event.data.path }}{% endif %}',
        'Disk space is low{% if event.data.path != blank %}: {{ event.data.path }}{% endif %}',
      ),
      severity: 'critical',
    },
    {
      path: letterOnly(line('Папка', 'Folder', 'Folder of the data')),
      freeBytes: amount('Свободно', 'Free', 'Free space in bytes', 'bytes'),
      totalBytes: amount('Всего', 'Total', 'Size of the disk in bytes', 'bytes'),
    },
    { path: '/var/lib/nabat', freeBytes: 7.5e8, totalBytes: 4e10 },
  ),
  notice(
    'token.expiring',
    {
      title: both('Истекает ключ или токен', 'Token about to expire'),
      headline: both('Скоро истечёт {{ event.data.token }}', '{{ event.data.token }} is about to expire'),
    },
    {
      token: naming(name('Токен', 'Token', 'Name of the key, token or secret; never its value')),
      channel,
      expires: time('Действует до', 'Valid until', 'When it ends'),
    },
    { token: 'OAuth2 (mail)', channel: 'mail', expires: '2026-03-21T09:00:00Z' },
  ),
  notice(
    'backup.failed',
    {
      title: both('Не удалась резервная копия', 'Backup failed'),
      headline: both('Не удалось сделать резервную копию', 'The backup failed'),
    },
    {
      reason,
      path: line('Куда', 'Where to', 'File or folder of the backup'),
      lastGood: time('Последняя удачная', 'Last good one', 'When the last good backup was made'),
    },
    { reason: 'нет места', path: '/backup/nabat.db', lastGood: '2026-03-13T00:00:00Z' },
  ),
]

const problems = lines('Ошибки', 'Mistakes', 'The mistakes, each with the line of the file where it is known')

/** Of which part of the settings one entry was changed. */
const SECTIONS = {
  workspace: { ru: 'кабинет', en: 'workspace' },
  types: { ru: 'своё событие', en: 'own event' },
  channels: { ru: 'канал', en: 'channel' },
  groups: { ru: 'группа', en: 'group' },
  templates: { ru: 'шаблон', en: 'template' },
  silences: { ru: 'тишина', en: 'silence' },
  rules: { ru: 'правило', en: 'rule' },
  schedules: { ru: 'расписание', en: 'schedule' },
}

const section = (language: 'ru' | 'en'): string => {
  const whens = Object.entries(SECTIONS).map(([name, words]) => `{% when "${name}" %}${words[language]}`)
  return `{% case event.data.section %}${whens.join('')}{% else %}{{ event.data.section }}{% endcase %}`
}

const ACTIONS = {
  created: both('добавлено', 'created'),
  changed: both('изменено', 'changed'),
  removed: both('удалено', 'removed'),
}

const PARTS = {
  title: both('заголовок', 'title'),
  text: both('текст', 'text'),
  letter: both('письмо', 'letter'),
}

const settings: readonly EventType[] = [
  notice(
    'config.rejected',
    {
      title: both('Файл настроек не принят', 'Configuration file rejected'),
      headline: both(
        'Файл настроек не принят, действуют прежние',
        'The configuration file was rejected, the previous one stays',
      ),
    },
    { file: line('Файл', 'File', 'Path of the file'), problems },
    {
      file: '/etc/nabat.yaml',
      problems: ['строка 41: rules/2/to/0/chat: id чата начинается с «-»', 'строка 58: неизвестный канал mial'],
    },
  ),
  notice(
    'rule.loop',
    {
      title: both('Правило ходит по кругу', 'A rule goes round in a loop'),
      headline: both(
        'Правило «{{ event.data.rule }}» шлёт одно и то же снова и снова, остальное придержано',
        'The rule "{{ event.data.rule }}" sends the same over and over, the rest is kept back',
      ),
    },
    {
      rule: naming(name('Правило', 'Rule', 'Name of the rule')),
      destination: line('Куда', 'Destination', 'Where it sends'),
      type: line('Тип события', 'Event type', 'What it sends'),
    },
    { rule: 'Камеры в учётную систему', destination: 'hook webhook', type: 'camera.unavailable' },
  ),
  notice(
    'template.failed',
    {
      title: both('Шаблон не сработал', 'Template failed'),
      headline: both(
        'Шаблон «{{ event.data.template }}» не сработал, ушли слова каталога',
        'The template "{{ event.data.template }}" failed, the words of the catalogue were sent',
      ),
      relations: { author: 'data.author' },
    },
    {
      template: naming(name('Шаблон', 'Template', 'Name of the template')),
      part: choice('Часть', 'Part', 'Part of it that failed', PARTS),
      reason,
      line: count('Строка', 'Line', 'Line of the part'),
      type: line('Тип события', 'Event type', 'Type of the event it was to tell of'),
      author: line('Кто изменил', 'Changed by', 'Who changed it last: login of a person, or name of a key'),
      templateId: hidden(name('Номер', 'Id', 'Id of the template')),
    },
    {
      ...{ template: 'Камеры дежурному', part: 'letter', reason: 'Нет фильтра «upcas»; может быть, «upcase»?' },
      ...{ line: 3, type: 'camera.unavailable', author: 'petrov', templateId: '12' },
    },
    { user: 'petrov' },
  ),
  notice(
    'settings.changed',
    {
      title: both('Настройки изменены', 'Settings changed'),
      headline: both(
        'Настройки изменены: {% if event.data.more != blank %}и ещё {{ event.data.more }}{% else %}' +
          section('ru') +
          '{% if event.data.name != blank %} «{{ event.data.name }}»{% endif %}{% endif %}',
        'Settings changed: {% if event.data.more != blank %}and {{ event.data.more }} more{% else %}' +
          section('en') +
          '{% if event.data.name != blank %} "{{ event.data.name }}"{% endif %}{% endif %}',
      ),
      severity: 'info',
    },
    {
      section: letterOnly(required(line('Раздел', 'Section', 'Section of the settings, such as rules or channels'))),
      name: letterOnly(line('Запись', 'Entry', 'Entry of the section')),
      action: choice('Действие', 'Action', 'What was done with the entry', ACTIONS),
      changes,
      more: letterOnly(
        count('Ещё записей', 'More entries', 'Entries the same save changed that are not told one by one'),
      ),
      version: hidden(count('Версия', 'Version', 'Version of the configuration after it')),
    },
    {
      section: 'rules',
      name: 'Камеры дежурному',
      action: 'changed',
      changes: [{ field: 'enabled', from: true, to: false }],
      version: 41,
    },
    { user: 'admin', role: 'admin' },
  ),
]

/** What Nabat says about itself. Delivering one of these never raises another about the same channel or destination. */
export const SYSTEM_TYPES: readonly EventType[] = [...channels, ...pbx, ...upkeep, ...settings]
