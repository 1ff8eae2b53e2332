import { problem } from '@nabat/api/text.ts'
import type { Closed } from '../configuration/closed.ts'
import { HttpError } from './errors.ts'

/** What everybody of a shut workspace is answered: nothing is accepted, shown or changed there. */
export function closedError({ reason, says }: Closed): HttpError {
  if (reason === 'workspace_removed')
    return new HttpError('forbidden', [
      problem(
        '',
        'Кабинет удалён; вернуть его может оператор системы',
        'The workspace was removed; the operator of the installation can restore it',
      ),
    ])
  return new HttpError('forbidden', [
    problem(
      '',
      `Кабинет заблокирован: ${says}. Разблокировать его может оператор системы`,
      `The workspace is blocked: ${says}. The operator of the installation can unblock it`,
    ),
  ])
}
