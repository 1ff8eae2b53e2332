import { words } from '../i18n.ts'

/** Hours of days. */
export const hourWords = words(
  'hours',
  {
    fromTime: 'с',
    toTime: 'до',
    days: 'Дни',
    mon: 'Пн',
    tue: 'Вт',
    wed: 'Ср',
    thu: 'Чт',
    fri: 'Пт',
    sat: 'Сб',
    sun: 'Вс',
  },
  {
    fromTime: 'from',
    toTime: 'to',
    days: 'Days',
    mon: 'Mon',
    tue: 'Tue',
    wed: 'Wed',
    thu: 'Thu',
    fri: 'Fri',
    sat: 'Sat',
    sun: 'Sun',
  },
)
