import type { AttachedFile, World } from '../channel.ts'
import { call, excerpt, isAnswer, openPool, type Request } from '../http-call.ts'
import { deferred, type Outcome } from '../../pipeline/outcome.ts'
import { classify, refusalOf, type Step } from './classify.ts'

/** Why a call did not succeed, as an outcome; `refusalId` is Mattermost's own word for it, or empty. */
export interface Failure {
  readonly outcome: Outcome
  readonly refusalId: string
}

/** What an answer holds, or why there is none. */
export type Result = Failure | { readonly value: Readonly<Record<string, unknown>> }

/** The few calls of Mattermost's REST API that posting takes. */
export interface Api {
  get(step: Step, path: string, signal: AbortSignal): Promise<Result>
  send(step: Step, method: 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal): Promise<Result>
  /** Puts a file into a channel; the value is the file's description. */
  upload(channel: string, file: AttachedFile, bytes: Buffer, signal: AbortSignal): Promise<Result>
  close(): Promise<void>
}

/** Calls in flight at once; a message takes one to three. */
const CONNECTIONS = 10

/** Opens the API of a server with the token of a bot account. */
export function openApi(settings: { server: string; token: string; proxy?: string | undefined }, world: World): Api {
  const url = new URL(settings.server)
  const { origin } = url
  // A server may live below a path: https://example.ru/mattermost
  const root = `${url.pathname.replace(/\/$/, '')}/api/v4`
  const authorization = `Bearer ${settings.token}`
  const pool = openPool(origin, { connections: CONNECTIONS, proxy: settings.proxy })

  async function ask(step: Step, request: Omit<Request, 'origin'>, signal: AbortSignal): Promise<Result> {
    const headers = { ...request.headers, authorization }
    const answer = await call(pool, { ...request, origin, path: root + request.path, headers }, signal)
    if (!isAnswer(answer)) return { outcome: answer, refusalId: '' }
    if (answer.status >= 200 && answer.status < 300) return valueOf(answer.body)
    const refusal = refusalOf(answer.body)
    const said = excerpt(refusal.message === '' ? answer.body : refusal.message, [settings.token])
    const outcome = classify(answer.status, answer.headers, refusal, step, said, world.clock.now())
    return { outcome, refusalId: refusal.id }
  }

  return {
    get: (step, path, signal) => ask(step, { method: 'GET', path, headers: {} }, signal),
    send: (step, method, path, body, signal) =>
      ask(step, { method, path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, signal),
    async upload(channel, file, bytes, signal) {
      const boundary = `nabat-${world.random.bytes(16).toString('hex')}`
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
      const request = { method: 'POST', path: '/files', headers, body: formOf(boundary, channel, file, bytes) }
      const result = await ask('file', request, signal)
      if ('outcome' in result) return result
      const [info] = (result.value['file_infos'] as Readonly<Record<string, unknown>>[] | undefined) ?? []
      return { value: info ?? {} }
    },
    close: () => pool.destroy(),
  }
}

const NO_MATTERMOST: Failure = {
  outcome: deferred('misconfigured', 'the answer is none of Mattermost: check the address of the server', {
    of: 'channel',
    state: 'down',
  }),
  refusalId: '',
}

/** A 2xx of something that is no Mattermost is no success: without the post's id nothing was posted. */
function valueOf(body: string): Result {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null) return { value: value as Record<string, unknown> }
  } catch {
    // Falls through.
  }
  return NO_MATTERMOST
}

/** The id in an answer. */
export function idIn(result: Result): string | Failure {
  if ('outcome' in result) return result
  const { id } = result.value
  return typeof id === 'string' && id !== '' ? id : NO_MATTERMOST
}

/** RFC 7578. Quotes and line breaks of a name are written as browsers write them. */
function formOf(boundary: string, channel: string, { name, mediaType }: AttachedFile, bytes: Buffer): Buffer {
  const safe = name.replace(/["\r\n]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream'
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="channel_id"\r\n\r\n${channel}\r\n`),
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${safe}"\r\n`),
    Buffer.from(`Content-Type: ${type}\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
}
