import { Type } from 'typebox'
import type { Text } from './text.ts'

interface ErrorKind {
  readonly status: number
  readonly message: Text
}

const kind = (status: number, ru: string, en: string): ErrorKind => ({ status, message: { ru, en } })

/** Every error the API answers with, by its stable code. The message may be followed by `details`, one a mistake. */
export const ERRORS = {
  invalid: kind(400, 'В запросе есть ошибки, ничего не сохранено', 'The request has mistakes, nothing was stored'),
  malformed: kind(400, 'Тело запроса не разобрать', 'The body of the request cannot be parsed'),
  unauthorized: kind(
    401,
    'Нужно войти или прислать ключ API: заголовок «Authorization: Bearer <ключ>»',
    'Sign in, or send an API key: the header "Authorization: Bearer <key>"',
  ),
  forbidden: kind(403, 'На это нет прав', 'You do not have the right to do this'),
  not_found: kind(404, 'Такого здесь нет', 'There is no such thing here'),
  conflict: kind(409, 'Сейчас это невозможно', 'This is not possible now'),
  too_large: kind(413, 'Слишком много за один запрос', 'Too much for one request'),
  unsupported_media_type: kind(
    415,
    'Такой Content-Type здесь не принимается',
    'This Content-Type is not accepted here',
  ),
  too_many_requests: kind(429, 'Слишком часто, повторите позже', 'Too often, try again later'),
  internal: kind(500, 'Внутренняя ошибка, она записана в журнал', 'Internal error, it is in the log'),
  unavailable: kind(
    503,
    'Хранилище сейчас не принимает записи: ничего не сохранено, повторите запрос позже',
    'The store takes no writes now: nothing was stored, repeat the request later',
  ),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERRORS

/** The body of every answer that is not a success. `path` is a JSON pointer into the request. */
export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    details: Type.Array(
      Type.Object({ path: Type.String(), message: Type.String(), line: Type.Optional(Type.Integer()) }),
    ),
  }),
})
