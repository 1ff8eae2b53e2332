import type { Version } from './messages.ts'
import { within } from './within.ts'

/** The build this worker is of; put in its place when it is built (web/service-worker.ts). */
export interface Build extends Version {
  /** Files that the first page needs. */
  readonly first: readonly string[]
  /** Those of the pages that are loaded when they are opened. */
  readonly later: readonly string[]
}

declare const NABAT_BUILD: Build
declare const self: ServiceWorkerGlobalScope

/** This build. */
export const BUILD: Build = NABAT_BUILD

const PREFIX = 'nabat-shell-'
const OWN = `${PREFIX}${BUILD.version}`
const PAGE = '/'
/** A page is waited for as long as this, milliseconds; then the kept one is opened. */
const PAGE_MS = 4_000
/** So many files at a time in the background: the console asks for things meanwhile. */
const AT_ONCE = 3
/** What proxies answer for a server that is not there. */
const GATEWAY: ReadonlySet<number> = new Set([502, 503, 504])

/** Whether an answer comes from the server, and not from something that stands in for it. */
export const isReached = ({ status }: Response): boolean => !GATEWAY.has(status)

/** Keeps what the first page needs. Throws when something of it is not to be had: this build is not installed then. */
export async function install(): Promise<void> {
  const cache = await caches.open(OWN)
  await Promise.all([keepPage(cache), ...BUILD.first.map((path) => keep(cache, path))])
}

/** Removes what was kept of builds before the last one: windows that are open may be of that. */
export async function removeOld(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== OWN)
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)))
}

/** Keeps the pages that are loaded when they are opened, a few at a time; what cannot be had is left for the next time. */
export async function fill(): Promise<void> {
  const cache = await caches.open(OWN)
  const left = [...BUILD.later]
  const next = async (): Promise<void> => {
    for (let path = left.shift(); path !== undefined; path = left.shift())
      await keep(cache, path).catch(() => undefined)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}

/** A page that a window opens: the server's, with a nonce of its own; without the server, the kept one with its own. */
export async function page(request: Request): Promise<Response> {
  const kept = await caches.match(PAGE, { cacheName: OWN, ignoreVary: true })
  if (kept === undefined) return fetch(request)
  const answer = await within(fetch(request), PAGE_MS).catch(() => undefined)
  return answer === undefined || !isReached(answer) ? kept : answer
}

/** A file of the build. Its name or this build's version says what is in it, so the kept one is right. */
export async function file(request: Request): Promise<Response> {
  return (await caches.match(new URL(request.url).pathname, { ignoreVary: true })) ?? fetch(request)
}

/** The page with its headers, since the nonce in both must be the same; only when it is of this build. */
async function keepPage(cache: Cache): Promise<void> {
  const answer = await fetch(PAGE, { cache: 'no-store' })
  const text = await answer.clone().text()
  if (!answer.ok || answer.redirected || !text.includes(BUILD.version))
    throw new Error('The page is of another build than this worker')
  await cache.put(PAGE, answer)
}

async function keep(cache: Cache, path: string): Promise<void> {
  if ((await cache.match(path, { ignoreVary: true })) !== undefined) return
  // A name with a hash of its content means the same in every build.
  const hashed = path.startsWith('/assets/')
  const known = hashed ? await caches.match(path, { ignoreVary: true }) : undefined
  const answer = known ?? (await fetch(path, { cache: hashed ? 'default' : 'no-cache' }))
  if (!answer.ok || answer.redirected) throw new Error(`${path} is not to be had: ${answer.status}`)
  await cache.put(path, answer)
}

/** Begins to look after pages at once, although windows of an earlier build are open. */
export const takeOver = (): Promise<void> => self.skipWaiting()
