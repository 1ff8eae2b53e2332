import type { FastifyReply, FastifyRequest } from 'fastify'
import { ERRORS, type ErrorCode } from '@nabat/api/errors.ts'
import { problem, type Language, type Problem } from '@nabat/api/text.ts'
import type { Log } from '../log.ts'
import { StoreUnavailable } from '../store/store.ts'

/** An answer that is not a success; thrown by handlers, told in the person's language by the error handler. */
export class HttpError extends Error {
  readonly code: ErrorCode
  readonly problems: readonly Problem[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, problems: readonly Problem[] = [], retryAfterSeconds?: number) {
    super(ERRORS[code].message.en)
    this.code = code
    this.problems = problems
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The language of a request: English when it is preferred to Russian, else Russian. */
export function languageOf(request: FastifyRequest): Language {
  const header = request.headers['accept-language']
  if (header === undefined) return 'ru'
  const first = header.split(',').find((part) => /^\s*(ru|en)/i.test(part))
  return first !== undefined && /^\s*en/i.test(first) ? 'en' : 'ru'
}

/** Seconds after which a refused write may be tried again. */
const TRY_AGAIN_SECONDS = 5

/** What is answered to an error, in the one shape of all of them. */
interface ErrorAnswer {
  readonly code: ErrorCode
  readonly retryAfterSeconds: number | undefined
  readonly body: object
}

/** Writes the answer to an error. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const { code, retryAfterSeconds, body } = answerTo(error, request, log)
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds)
  return reply.status(ERRORS[code].status).type('application/json; charset=utf-8').send(body)
}

/** The answer to an error. What is not expected is logged whole and told as `internal`. */
export function answerTo(error: unknown, request: FastifyRequest, log: Log): ErrorAnswer {
  const { code, retryAfterSeconds, problems } = recognise(error)
  if (code === 'internal')
    log.error(
      { method: request.method, url: request.routeOptions.url, error: (error as Error).stack },
      'a request failed',
    )
  const language = languageOf(request)
  const details = problems.map(({ path, message, line }) => ({
    path,
    message: message[language],
    ...(line === undefined ? {} : { line }),
  }))
  return { code, retryAfterSeconds, body: { error: { code, message: ERRORS[code].message[language], details } } }
}

const UNSUPPORTED = problem(
  '',
  'События: application/json, application/cloudevents+json, application/cloudevents-batch+json; конфигурация: application/yaml; файл: multipart/form-data',
  'Events: application/json, application/cloudevents+json, application/cloudevents-batch+json; configuration: application/yaml; file: multipart/form-data',
)

function recognise(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  // Something nested so deep that it cannot be walked.
  if (error instanceof RangeError && error.message.includes('call stack')) return new HttpError('malformed')
  if (error instanceof StoreUnavailable) return new HttpError('unavailable', [], TRY_AGAIN_SECONDS)
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE' || statusCode === 413)
    return new HttpError('too_large', [
      problem(
        '',
        'Тело запроса больше, чем здесь принимается: события — до 1 МиБ, файл — до 20 МиБ',
        'The body is larger than what is taken here: events up to 1 MiB, a file up to 20 MiB',
      ),
    ])
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || statusCode === 415)
    return new HttpError('unsupported_media_type', [UNSUPPORTED])
  if (statusCode === 400) return new HttpError('malformed')
  return new HttpError('internal')
}
