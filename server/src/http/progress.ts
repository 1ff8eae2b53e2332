import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerTo } from './errors.ts'
import type { HttpParts } from './server.ts'

/** With this in `Accept`, work that takes a while is answered in lines as it goes on. */
export const PROGRESS = 'application/x-ndjson'
/** A stream says that it is alive at least this often, and not more often than anybody can look. */
const LINE_EVERY_MS = 100

/** Work that says how far it has come, and comes to a result. */
export type Working<Step extends object, Result extends object> = AsyncGenerator<Step, Result, undefined>

/** Aborts once the answer has been sent or nobody waits for it any more. */
export function endOf(reply: FastifyReply): AbortSignal {
  const ended = new AbortController()
  reply.raw.once('close', () => ended.abort())
  return ended.signal
}

/** Answers with what work comes to: all at once, or in lines when that is asked for. `errorOf`: as people are told of errors. */
export async function answerWork<Step extends object, Result extends object>(
  work: Working<Step, Result>,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Pick<HttpParts, 'clock' | 'log'>,
  errorOf: (error: unknown) => unknown = (error) => error,
): Promise<Result | FastifyReply> {
  if (request.headers.accept?.includes(PROGRESS) === true)
    return reply.type(PROGRESS).send(Readable.from(linesOf(work, request, parts, errorOf)))
  try {
    for (;;) {
      const next = await work.next()
      if (next.done === true) return next.value
    }
  } catch (error) {
    if (reply.raw.destroyed) return reply.hijack()
    throw errorOf(error)
  }
}

/** A stream nobody reads is ended by whoever closed it, and the work with it. */
async function* linesOf<Step extends object, Result extends object>(
  work: Working<Step, Result>,
  request: FastifyRequest,
  { clock, log }: Pick<HttpParts, 'clock' | 'log'>,
  errorOf: (error: unknown) => unknown,
): AsyncGenerator<string> {
  let saidAt = -Infinity
  try {
    for (;;) {
      const next = await work.next()
      if (next.done === true) return yield line({ result: next.value })
      const now = clock.now()
      if (now - saidAt < LINE_EVERY_MS) continue
      saidAt = now
      yield line(next.value)
    }
  } catch (error) {
    // The status has been sent: what went wrong is the last line.
    yield line(answerTo(errorOf(error), request, log).body)
  } finally {
    await work.return(undefined as never)
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`
