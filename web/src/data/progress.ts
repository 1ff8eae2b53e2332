import { ApiError, request, unreached, type CallOptions, type Detail } from './api.ts'

/** A line of work that is told as it goes on. */
type Line<Progress, Result> =
  | (Progress & { readonly result?: undefined; readonly error?: undefined })
  | { readonly result: Result; readonly error?: undefined }
  | { readonly error: { readonly code: string; readonly message: string; readonly details?: readonly Detail[] } }

/**
 * Calls for work that takes a while: `told` hears of each step, the result is returned. Aborting the signal stops the work on
 * the server as well. A stream that breaks off before its result is a failure.
 */
// The shape of the steps is the caller's promise, as that of an answer is with `call`.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export async function follow<Progress, Result>(
  method: string,
  path: string,
  options: Omit<CallOptions, 'deadlineMs'>,
  told: (progress: Progress) => void,
): Promise<Result> {
  const answer = await request(method, path, {
    ...options,
    headers: { accept: 'application/x-ndjson', ...options.headers },
    deadlineMs: null,
  })
  for await (const text of linesOf(answer.body!)) {
    const line = JSON.parse(text) as Line<Progress, Result>
    if (line.error !== undefined)
      throw new ApiError(answer.status, line.error.code, line.error.message, line.error.details ?? [])
    if (line.result !== undefined) return line.result as Result
    told(line as Progress)
  }
  throw unreached()
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split('\n')
    rest = lines.pop()!
    yield* lines.filter((line) => line !== '')
  }
  if (rest !== '') yield rest
}
