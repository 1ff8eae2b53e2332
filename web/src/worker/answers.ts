import { STORED_AT, type Told } from './messages.ts'
import { isReached } from './shell.ts'
import { within } from './within.ts'

/*
 * The last good answers of the server, for when there is no network: of one account at a time, each in its workspace.
 */

declare const self: ServiceWorkerGlobalScope

const NAME = 'nabat-answers-1'
/** The newest are kept. */
const MOST = 200
/** A kept answer stands in when the server needs longer, milliseconds. */
const PATIENCE_MS = 10_000
/** Older ones are of no use to anybody, milliseconds. */
const OLDEST_MS = 7 * 24 * 60 * 60 * 1_000
const SESSION_KEY = '/kept/session'

/** Whose answers are kept now. */
interface Seat {
  readonly account: string
  readonly workspace: string
}

/**
 * What is written is written one after another: whoever signs out must not be overtaken by an answer of before. Nothing in
 * it waits for the network.
 */
let writing: Promise<unknown> = Promise.resolve()
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const turn = writing.then(act)
  writing = turn.catch(() => undefined)
  return turn
}

/** Whom an answer of the session is about; undefined when it is about nobody. */
function seatIn(body: unknown): Seat | undefined {
  const { account, workspace } = (body ?? {}) as { account?: { id?: unknown }; workspace?: { name?: unknown } }
  if (typeof account?.id !== 'string' || typeof workspace?.name !== 'string') return undefined
  return { account: account.id, workspace: workspace.name }
}

async function seat(): Promise<Seat | undefined> {
  const kept = await match(SESSION_KEY)
  return kept === undefined ? undefined : seatIn(await kept.json())
}

/** Removes everything that was kept of whoever was here. */
export const forget = (): Promise<boolean> => inTurn(() => caches.delete(NAME))

/**
 * Who has signed in: from the server, else as it was known. Somebody else than before, or nobody, finds nothing of what was
 * kept for those before.
 */
export async function session(event: FetchEvent): Promise<Response> {
  const kept = await match(SESSION_KEY)
  const asked = fetch(event.request)
  const answer = await (kept === undefined ? asked : within(asked, PATIENCE_MS)).catch((error: unknown) => {
    if (kept === undefined) throw error
    return undefined
  })
  if (answer === undefined || (kept !== undefined && !isReached(answer))) return kept!
  if (answer.status === 401) await forget()
  else if (answer.ok) await sit(answer.clone())
  return answer
}

/** Whatever may begin or end a session. */
export async function sign(event: FetchEvent): Promise<Response> {
  const ends = event.request.method === 'DELETE' && new URL(event.request.url).pathname === '/api/v1/session'
  const answer = await fetch(event.request)
  // Of a session that had ended before, whoever signs out leaves no more behind.
  if (ends && (answer.ok || answer.status === 401)) await forget()
  else if (answer.ok && isJson(answer)) await sit(answer.clone())
  return answer
}

/** Takes over the seat of an answer that tells of one. */
async function sit(answer: Response): Promise<void> {
  const { headers } = answer
  const body = await answer.text()
  const next = seatIn(parsed(body))
  if (next === undefined) return
  await inTurn(async () => {
    const before = await seat()
    if (before?.account !== next.account) await caches.delete(NAME)
    await put(SESSION_KEY, headers, body)
  }).catch(() => undefined)
}

/** A list or a card: from the server, else the last good answer, which says when it was given. */
export async function answer(event: FetchEvent): Promise<Response> {
  const { request } = event
  const asked = fetch(request)
  // Its failure is told below; nothing else looks at it while the seat is looked up.
  asked.catch(() => undefined)
  const here = await seat()
  const meant = request.headers.get('nabat-workspace')
  if (here === undefined || (meant !== null && meant !== here.workspace)) return asked
  const key = keyOf(here, request.url)
  const kept = await match(key)
  const keeping = asked.then((fresh) => keep(here, key, fresh))
  event.waitUntil(keeping.catch(() => undefined))
  if (kept === undefined) return asked
  try {
    const fresh = await within(asked, PATIENCE_MS)
    return isReached(fresh) ? fresh : kept
  } catch {
    event.waitUntil(keeping.then((good) => (good ? tellLate(event.clientId) : undefined)).catch(() => undefined))
    return kept
  }
}

/** Keeps an answer, if it is a good one and still of the same person; says whether it did. */
async function keep(here: Seat, key: string, fresh: Response): Promise<boolean> {
  if (!fresh.ok || !isJson(fresh) || fresh.headers.get('cache-control')?.includes('no-store') === true) return false
  const { headers } = fresh
  const body = await fresh.clone().text()
  return inTurn(async () => {
    const now = await seat()
    if (now?.account !== here.account || now.workspace !== here.workspace) return false
    await put(key, headers, body)
    return true
  })
}

async function tellLate(clientId: string): Promise<void> {
  const told: Told = { kind: 'late' }
  ;(await self.clients.get(clientId))?.postMessage(told)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const isJson = ({ headers }: Response): boolean => headers.get('content-type')?.includes('json') === true

/** No address of the server: what is kept is found by this worker alone. */
const keyOf = ({ account, workspace }: Seat, url: string): string => {
  const { pathname, search } = new URL(url)
  return `/kept/${encodeURIComponent(account)}/${encodeURIComponent(workspace)}${pathname}${search}`
}

async function match(key: string): Promise<Response | undefined> {
  const kept = await caches.match(key, { cacheName: NAME, ignoreVary: true })
  const at = Date.parse(kept?.headers.get(STORED_AT) ?? '')
  return Date.now() - at < OLDEST_MS ? kept : undefined
}

/** The newest stand last, so that the first are those to go. */
async function put(key: string, answered: Headers, body: string): Promise<void> {
  const cache = await caches.open(NAME)
  const headers = new Headers(answered)
  headers.set(STORED_AT, new Date().toISOString())
  await cache.delete(key)
  await cache.put(key, new Response(body, { headers }))
  const keys = await cache.keys()
  const others = keys.filter(({ url }) => !url.endsWith(SESSION_KEY))
  await Promise.all(others.slice(0, -MOST).map((old) => cache.delete(old)))
}
