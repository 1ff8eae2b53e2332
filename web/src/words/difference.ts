import { words } from '../i18n.ts'

/** What differs between two versions. */
export const differenceWords = words(
  'difference',
  {
    nothing: 'Отличий нет',
    was: 'Было',
    is: 'Стало',
    absent: 'не было',
    gone: 'убрано',
    whole: 'Целиком',
    byField: 'По полям',
    asText: 'Текстом',
    view: 'Как показать отличия',
    removedLine: 'убрано:',
    addedLine: 'добавлено:',
    skipped_one: '{{count}} строка без изменений',
    skipped_few: '{{count}} строки без изменений',
    skipped_many: '{{count}} строк без изменений',
    skipped_other: '{{count}} строки без изменений',
  },
  {
    nothing: 'There are no differences',
    was: 'Before',
    is: 'After',
    absent: 'was not there',
    gone: 'taken out',
    whole: 'As a whole',
    byField: 'By field',
    asText: 'As text',
    view: 'How to show the differences',
    removedLine: 'taken out:',
    addedLine: 'added:',
    skipped_one: '{{count}} line unchanged',
    skipped_other: '{{count}} lines unchanged',
  },
)
