import pino from 'pino'

/** A structured log; one line an attempt, secrets never. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Names under which secrets travel; whatever stands there is never written. */
const SECRET_FIELDS = ['token', 'password', 'secret', 'authorization', 'apiKey', 'clientSecret']

/** The log of the process, JSON lines on standard output. */
export function openLog(level: string): pino.Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[secret]' },
  })
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
