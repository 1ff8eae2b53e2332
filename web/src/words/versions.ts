import { words } from '../i18n.ts'

/** Earlier versions of what is configured. */
export const versionWords = words(
  'versions',
  {
    versions: 'Прежние версии',
    none: 'Прежних версий нет.',
    version: 'Версия {{version}}',
    current: 'так сейчас',
    made: 'создано',
    removed: 'удалено',
    restore: 'Вернуть эту версию',
    restored: 'Снова действует версия {{version}}',
    showChange: 'Показать изменения',
    hideChange: 'Скрыть изменения',
  },
  {
    versions: 'Earlier versions',
    none: 'There are no earlier versions.',
    version: 'Version {{version}}',
    current: 'as it is now',
    made: 'made',
    removed: 'removed',
    restore: 'Bring this version back',
    restored: 'Version {{version}} holds again',
    showChange: 'Show what changed',
    hideChange: 'Hide what changed',
  },
)
