import type { Session } from '@nabat/api/session.ts'
import { useSyncExternalStore } from 'react'
import { WORKER_PATH, type Ask, type Told, type Version } from '../worker/messages.ts'
import { forgetStored } from './offline.ts'
import { queries } from './queries.ts'

/*
 * The service worker, seen from a page: whether a newer console is there, where a click on a notification leads.
 */

/** The build this page is of; as it stands in the source while it is developed, where there is no worker. */
const OWN = document.querySelector<HTMLMetaElement>('meta[name="nabat-version"]')?.content ?? ''
const IS_BUILT = /^[0-9a-f]+$/.test(OWN)
/** A worker that does not say of which build it is by then is of an older one, milliseconds. */
const ANSWER_MS = 2_000
/** Whoever leaves the console open for days hears of a new one within this time, milliseconds. */
const LOOK_EVERY_MS = 60 * 60_000

/** Being registered, once this page has begun to. */
let starting: Promise<ServiceWorkerRegistration | undefined> | undefined
let newer = false
const listeners = new Set<() => void>()
/** This page has asked for the newer console: it is loaded as soon as it looks after the pages. */
let wanted = false

function setNewer(now: boolean): void {
  if (newer === now) return
  newer = now
  for (const tell of listeners) tell()
}

/** The registration; undefined where the browser or its owner wants no workers. */
export async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  if (!('serviceWorker' in navigator)) return undefined
  if (starting !== undefined) return starting
  return navigator.serviceWorker.getRegistration('/').catch(() => undefined)
}

const ask = (worker: ServiceWorker, what: Ask): void => worker.postMessage(what)

/** The build a worker is of; empty when it does not say. */
function versionOf(worker: ServiceWorker): Promise<string> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(''), ANSWER_MS)
    port1.addEventListener('message', ({ data }) => {
      clearTimeout(timer)
      resolve((data as Version).version)
    })
    port1.start()
    worker.postMessage({ kind: 'version' } satisfies Ask, [port2])
  })
}

/** A worker is there that this page is not of, or one of this page's build that waits for pages of the build before. */
async function look(worker: ServiceWorker): Promise<void> {
  const version = await versionOf(worker)
  if (version !== OWN) setNewer(version !== '')
  else if (worker.state === 'installed') ask(worker, { kind: 'takeOver' })
}

function follow(found: ServiceWorkerRegistration): void {
  if (found.waiting !== null) void look(found.waiting)
  found.addEventListener('updatefound', () => {
    const next = found.installing
    next?.addEventListener('statechange', () => {
      // The first of all has nothing to wait for.
      if (next.state === 'installed' && found.active !== null) void look(next)
    })
  })
}

/** Until nothing is being asked for: what is on its way for the first time is not asked for again before it is there. */
async function quiet(): Promise<void> {
  const asked = queries.getQueryCache()
  while (queries.isFetching() > 0)
    await new Promise<void>((resolve) => {
      const end = asked.subscribe(() => {
        end()
        resolve()
      })
    })
}

/**
 * What is asked for from now on is kept; so is what has been asked for before the worker was there: first whose it is, since
 * nothing is kept of nobody.
 */
async function began(worker: ServiceWorker): Promise<void> {
  await quiet()
  await queries.invalidateQueries({ queryKey: ['session'] })
  await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
  fill(worker)
}

/** Pages that nobody has opened yet are there without a network, too, unless the person pays for what is loaded. */
function fill(worker: ServiceWorker): void {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } }
  if (connection?.saveData !== true) ask(worker, { kind: 'fill' })
}

/** This device has another address by now: what is remembered of it here follows. */
async function subscribedAnew(): Promise<void> {
  const session = queries.getQueryData<Session | null>(['session'])
  if (session == null) return
  // Not loaded with the first page.
  const { keepSubscribed } = await import('./push.ts')
  await keepSubscribed(session).catch(() => undefined)
  await queries.invalidateQueries({ queryKey: ['profile'] })
}

/** Starts the worker, once the page is there. `go` leads to a path of the console. */
export async function startWorker(go: (path: string) => void): Promise<void> {
  if (!IS_BUILT || !('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  let controlled = serviceWorker.controller !== null
  serviceWorker.addEventListener('controllerchange', () => {
    const { controller } = serviceWorker
    if (wanted) window.location.reload()
    else if (controller !== null) void (controlled ? look : began)(controller)
    controlled = true
  })
  serviceWorker.addEventListener('message', ({ data, ports }) => {
    const told = data as Told
    if (told.kind === 'go') {
      ports[0]?.postMessage(true)
      go(told.path)
    } else if (told.kind === 'late') {
      forgetStored()
      void queries.invalidateQueries()
    } else void subscribedAnew()
  })
  // Refused where the browser keeps nothing, as in some private windows: the console works without.
  starting = serviceWorker.register(WORKER_PATH, { updateViaCache: 'none' }).catch(() => undefined)
  const found = await starting
  if (found === undefined) return
  follow(found)
  if (serviceWorker.controller !== null) fill(serviceWorker.controller)
  setInterval(lookForNewer, LOOK_EVERY_MS)
}

/** Asks the server whether there is a newer console, without waiting for the answer. */
export function lookForNewer(): void {
  // Fails without a network, and then nobody is missing it.
  void registration().then((found) => found?.update().catch(() => undefined))
}

/** Goes over to the newer console: this window is loaded anew, others say that there is one. */
export async function takeNewer(): Promise<void> {
  const waiting = (await registration())?.waiting
  if (waiting == null) return window.location.reload()
  wanted = true
  return ask(waiting, { kind: 'takeOver' })
}

/** Whether a newer console than this page is of is there. */
export const useNewer = (): boolean =>
  useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => void listeners.delete(tell)
    },
    () => newer,
  )
