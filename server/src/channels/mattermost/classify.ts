import { deferred, rejected, sent, type Health, type Outcome } from '../../pipeline/outcome.ts'
import { retryAfterMs, type Answer } from '../http-call.ts'

/*
 * What an answer of Mattermost means. The status alone does not say it: 400 is an unknown user, a deleted hook and a
 * message too long. What tells them apart is the `id` of the refusal, which stays the same over languages and versions
 * (server/channels/app/webhook.go and post.go of mattermost/mattermost). An answer without one comes from something in
 * front of Mattermost, or from something that is no Mattermost at all, and never condemns a destination.
 */

/** What was asked: it decides whose fault a refusal is. */
export type Step = 'hook' | 'login' | 'user' | 'channel' | 'file' | 'post' | 'edit'

/** The body of a refusal, `{id, message, status_code}`; empty where it was none. */
export interface Refusal {
  readonly id: string
  readonly message: string
}

const FINE: Health = { of: 'channel', state: 'fine' }
const THROTTLED: Health = { of: 'channel', state: 'throttled' }
const DOWN: Health = { of: 'channel', state: 'down' }
const DESTINATION_FINE: Health = { of: 'destination', state: 'fine' }
const DESTINATION_INVALID: Health = { of: 'destination', state: 'invalid' }

/** The server still writes the first attempt of this post (it knows it by `pending_post_id`). */
const STILL_WRITING = 'api.post.deduplicate_create_post.pending'
const STILL_WRITING_MS = 2_000
/** Anything above is a point in time, not a number of seconds: proxies in front write X-RateLimit-Reset so. */
const EPOCH_SECONDS = 1_000_000_000

/** Reads a refusal; whatever else the body is gives an empty one. */
export function refusalOf(body: string): Refusal {
  try {
    const value = JSON.parse(body) as { id?: unknown; message?: unknown } | null
    if (typeof value?.id === 'string' && typeof value.message === 'string')
      return { id: value.id, message: value.message }
  } catch {
    // An error page of a proxy.
  }
  return { id: '', message: '' }
}

/** The outcome of an answer. `said` is what goes into the detail, free of secrets; `now` is for dates. */
export function classify(
  status: number,
  headers: Answer['headers'],
  refusal: Refusal,
  step: Step,
  said: string,
  now: number,
): Outcome {
  if (status >= 200 && status < 300) return sent()
  const detail = `HTTP ${status}${said === '' ? '' : `: ${said}`}${refusal.id === '' ? '' : ` (${refusal.id})`}`
  const wait = waitOf(headers, now)
  const later = wait === undefined ? {} : { retryAfterMs: wait }
  if (status >= 300 && status < 400)
    return deferred('misconfigured', `${detail}; redirects are not followed, give the final address`, DOWN)
  switch (status) {
    case 400:
      return badRequest(refusal.id, step, detail)
    case 401:
      return deferred('unauthorized', detail, DOWN)
    case 403:
      return forbidden(refusal.id, step, detail)
    case 404:
      return notFound(refusal.id, step, detail)
    case 413:
      return rejected('refused_content', detail, DESTINATION_FINE)
    case 429:
      return deferred('throttled', detail, THROTTLED, later)
    case 501:
      return deferred(
        'misconfigured',
        step === 'hook' ? `${detail}; switch incoming webhooks on in Mattermost` : detail,
        DOWN,
      )
    case 502:
    case 504:
      return deferred('provider_error', detail, DOWN, { ...later, ambiguous: true })
    default:
  }
  if (refusal.id === STILL_WRITING) return deferred('provider_error', detail, FINE, { retryAfterMs: STILL_WRITING_MS })
  // Mattermost itself answers, so it is up; an error without its words comes from in front of it.
  return deferred('provider_error', detail, status >= 500 && refusal.id === '' ? DOWN : FINE, later)
}

function badRequest(id: string, step: Step, detail: string): Outcome {
  if (id === '') return deferred('provider_error', detail, FINE)
  if (id === 'web.incoming_webhook.invalid.app_error')
    return deferred('misconfigured', `${detail}; there is no such hook, it was deleted or its address is wrong`, DOWN)
  if (id === 'web.incoming_webhook.user.app_error' || step === 'user' || step === 'channel')
    return rejected('no_such_destination', detail, DESTINATION_INVALID)
  if (step === 'edit' && /permissions_time_limit|permissions_details|can_not_update/.test(id))
    return rejected('edit_gone', detail, DESTINATION_FINE)
  if (step === 'post' && /can_not_post|invalid_param/.test(id))
    return rejected('no_such_destination', detail, DESTINATION_INVALID)
  return rejected('refused_content', detail, DESTINATION_FINE)
}

function forbidden(id: string, step: Step, detail: string): Outcome {
  if (id === '') return deferred('forbidden', detail, FINE)
  // Of a hook it means that the person who made it is gone, and the hook with them.
  if (id === 'web.incoming_webhook.user.app_error') return deferred('misconfigured', detail, DOWN)
  if (step === 'login') return deferred('forbidden', detail, DOWN)
  // The server says "no right to edit" of a post it does not find.
  if (step === 'edit') return rejected('edit_gone', detail, DESTINATION_FINE)
  return rejected('forbidden', detail, DESTINATION_INVALID)
}

function notFound(id: string, step: Step, detail: string): Outcome {
  if (id === '' || id === 'api.context.404.app_error' || step === 'login')
    return deferred('misconfigured', `${detail}; no Mattermost is there, check the address`, DOWN)
  if (step === 'edit') return rejected('edit_gone', detail, DESTINATION_FINE)
  return rejected('no_such_destination', detail, DESTINATION_INVALID)
}

/** Retry-After, else X-RateLimit-Reset: seconds until the limit is lifted. */
function waitOf(headers: Answer['headers'], now: number): number | undefined {
  const asked = retryAfterMs(headers, now)
  if (asked !== undefined) return asked
  const value = headers['x-ratelimit-reset']
  const seconds = Number(Array.isArray(value) ? value[0] : (value ?? NaN))
  if (Number.isNaN(seconds) || seconds < 0) return undefined
  const from = seconds > EPOCH_SECONDS ? Math.floor(now / 1000) : 0
  return retryAfterMs({ 'retry-after': String(Math.max(0, seconds - from)) }, now)
}
