import { problem, type Problem } from '@nabat/api/text.ts'
import { cronFault } from '../time/cron.ts'

/** The fields of an expression in their order: their names, and what may stand in them. */
const FIELDS = [
  { ru: 'минуты', en: 'minutes', values: '0-59' },
  { ru: 'часы', en: 'hours', values: '0-23' },
  { ru: 'дни месяца', en: 'days of the month', values: '1-31' },
  { ru: 'месяцы', en: 'months', values: '1-12, jan-dec' },
  { ru: 'дни недели', en: 'days of the week', values: '0-7, sun-sat' },
] as const

/** What is wrong with a cron expression, in words that name the field and what may stand there. */
export function cronProblems(expression: string, path: string): Problem[] {
  const fault = cronFault(expression)
  if (fault === undefined) return []
  if (fault === 'fields')
    return [
      problem(
        path,
        `Нужны пять полей через пробел: ${FIELDS.map(({ ru }) => ru).join(', ')}; пример: 0 9 * * mon-fri`,
        `Five fields are needed, with spaces between: ${FIELDS.map(({ en }) => en).join(', ')}; an example: 0 9 * * mon-fri`,
      ),
    ]
  if (fault === 'never')
    return [
      problem(
        path,
        `«${expression}» не наступает никогда: в этих месяцах нет такого дня`,
        `"${expression}" never comes: these months have no such day`,
      ),
    ]
  const written = expression.trim().split(/\s+/)[fault] ?? ''
  const { ru, en, values } = FIELDS[fault]
  return [
    problem(
      path,
      `Поле ${fault + 1} (${ru}) — «${written}», а может быть ${values}, *, список 1,3, промежуток 1-5, шаг */2`,
      `Field ${fault + 1} (${en}) is "${written}"; it takes ${values}, *, a list 1,3, a range 1-5, a step */2`,
    ),
  ]
}
