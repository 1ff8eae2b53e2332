import type { FastifyRequest } from 'fastify'
import { problem } from '@nabat/api/text.ts'
import { HttpError } from './errors.ts'

const NOT_OPERATOR = problem(
  '',
  'Это делает только оператор системы: его учётная запись или ключ сервера (NABAT_ADMIN_KEY)',
  'Only the operator of the installation does this: his account, or a key of the server (NABAT_ADMIN_KEY)',
)

/**
 * Who the operator is that calls, by the name under which his changes are listed; 401 for nobody, 403 for everybody else.
 * It does not matter which workspace he looks at, or whether that is shut.
 */
export function authorizeOperator({ identity, signedIn }: FastifyRequest): string {
  if (identity === undefined && signedIn === undefined) throw new HttpError('unauthorized')
  if (identity?.caller.operator === true) return identity.caller.name
  if (signedIn?.account.operator === true) return signedIn.account.login
  throw new HttpError('forbidden', [NOT_OPERATOR])
}
