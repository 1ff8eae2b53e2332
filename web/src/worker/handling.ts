/*
 * Which requests the service worker has a hand in.
 */

/** What the worker does with a request. */
export type Handling =
  /** A page of the console: from the server, else the kept one. */
  | 'page'
  /** A file of the build: the kept one, else from the server. */
  | 'file'
  /** Who has signed in. */
  | 'session'
  /** May begin or end a session: from the server alone, and the worker takes note of who it is now. */
  | 'sign'
  /** A list or a card: from the server, else the last good answer. */
  | 'answer'
  /** None of its business. */
  | 'none'

/** What of a request decides. */
export interface Asked {
  readonly method: string
  /** `document` for a page that a window opens. */
  readonly destination: string
  readonly url: string
  /** Its header Accept. */
  readonly accept: string | null
}

const API = '/api/v1/'
/**
 * What the server answers under these may be kept on the device: lists and cards. Others are not, such as keys, sessions,
 * exports, files, one-time links: what is not named here never stays.
 */
const KEPT: ReadonlySet<string> = new Set([
  'catalog',
  'changes',
  'channels',
  'counts',
  'deliveries',
  'destinations',
  'devices',
  'events',
  'groups',
  'inbox',
  'incidents',
  'mine',
  'overview',
  'profile',
  'reachability',
  'rules',
  'schedules',
  'silences',
  'templates',
  'types',
  'users',
  'workspace',
  'workspaces',
])

/** Decides what becomes of a request; `files` are the paths of the build. */
export function handlingOf(
  { method, destination, url, accept }: Asked,
  origin: string,
  files: ReadonlySet<string>,
): Handling {
  const { origin: to, pathname: path } = new URL(url)
  if (to !== origin) return 'none'
  if (path.startsWith('/api/')) return ofApi(method, path, accept)
  if (method !== 'GET') return 'none'
  if (destination === 'document') return /^\/[^/]*\.[^/]*$/.test(path) ? 'none' : 'page'
  return path.startsWith('/assets/') || files.has(path) ? 'file' : 'none'
}

function ofApi(method: string, path: string, accept: string | null): Handling {
  if (!path.startsWith(API)) return 'none'
  const [what = ''] = path.slice(API.length).split('/', 1)
  if (method !== 'GET') return what === 'session' || what === 'links' ? 'sign' : 'none'
  if (path === `${API}session`) return 'session'
  return KEPT.has(what) && accept?.includes('text/event-stream') !== true ? 'answer' : 'none'
}
