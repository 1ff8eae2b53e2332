import { StartRefused } from '../start-refused.ts'

/** Refuses a source whose schema is not that of this version; both are counted in migrations. */
export function refuseOtherSchema(found: number, known: number): void {
  if (found > known)
    throw new StartRefused(
      'Эти данные записал более новый Набат: переносите им.',
      'This data was written by a newer Nabat: move it with that one.',
    )
  if (found < known)
    throw new StartRefused(
      'Эти данные записал более старый Набат: запустите и остановите на них этот, чтобы их схема обновилась, и повторите.',
      'This data was written by an older Nabat: start and stop this one on it, so that its schema is brought up to date, then try again.',
    )
}
