import type { ErrorCode } from '@nabat/api/errors.ts'

/** One mistake of a request: `path` is a JSON pointer into it, `line` a line of the YAML file. */
export interface ErrorDetail {
  readonly path: string
  readonly message: string
  readonly line?: number
}

/**
 * A call that did not succeed. Beside the codes of the API: `network` (no answer came), `timeout` (none in time), and
 * `unexpected` (an answer that is not Nabat's, from a proxy perhaps).
 */
export class NabatError extends Error {
  override readonly name = 'NabatError'
  readonly code: ErrorCode | 'network' | 'timeout' | 'unexpected'
  /** HTTP status, 0 when no answer came. */
  readonly status: number
  readonly details: readonly ErrorDetail[]
  /** When it makes sense to try again. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: NabatError['code'],
    message: string,
    about: {
      readonly status?: number
      readonly details?: readonly ErrorDetail[]
      readonly retryAfterSeconds?: number | undefined
      readonly cause?: unknown
    } = {},
  ) {
    super(message, { cause: about.cause })
    this.code = code
    this.status = about.status ?? 0
    this.details = about.details ?? []
    this.retryAfterSeconds = about.retryAfterSeconds
  }
}
