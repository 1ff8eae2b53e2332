import type { ImportReport } from '@nabat/api/people-import.ts'
import { follow } from './progress.ts'
import { queries } from './queries.ts'

/** How far an import has come. */
export interface ImportProgress {
  readonly done: number
  readonly total: number
}

/** Sends a table of people: to be shown, or to be written. */
export async function importPeople(
  file: File,
  how: { readonly preview?: true; readonly skipWrong?: boolean },
  signal: AbortSignal,
  told: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const form = new FormData()
  form.append('file', file, file.name)
  const report = await follow<ImportProgress, ImportReport>(
    'POST',
    '/users/import',
    {
      raw: { content: form },
      query: { preview: how.preview, skipWrong: how.skipWrong === true ? true : undefined },
      signal,
    },
    told,
  )
  if (report.written) await queries.invalidateQueries({ queryKey: ['configuration'] })
  return report
}
