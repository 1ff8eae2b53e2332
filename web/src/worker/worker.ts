/*
 * The service worker of the console: keeps it and what it showed last for when there is no network, and shows what is pushed.
 * Built as /sw.js (web/service-worker.ts). A new one waits until the windows of the old one are closed, or one of them says
 * that it should take over.
 */
import { answer, session, sign } from './answers.ts'
import { clicked } from './clicked.ts'
import { handlingOf } from './handling.ts'
import type { Ask, Version } from './messages.ts'
import { pushed } from './pushed.ts'
import { BUILD, file, fill, install, page, removeOld, takeOver } from './shell.ts'
import { resubscribe } from './resubscribe.ts'

declare const self: ServiceWorkerGlobalScope

const FILES: ReadonlySet<string> = new Set([...BUILD.first, ...BUILD.later])
const BY = {
  page: ({ request }: FetchEvent) => page(request),
  file: ({ request }: FetchEvent) => file(request),
  session,
  sign,
  answer,
}

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(removeOld().then(() => self.clients.claim())))

self.addEventListener('fetch', (event) => {
  const { method, destination, url, headers } = event.request
  const handling = handlingOf({ method, destination, url, accept: headers.get('accept') }, self.location.origin, FILES)
  if (handling !== 'none') event.respondWith(BY[handling](event))
})

self.addEventListener('message', (event) => {
  const ask = event.data as Ask
  if (ask.kind === 'version') event.ports[0]?.postMessage({ version: BUILD.version } satisfies Version)
  else event.waitUntil(ask.kind === 'takeOver' ? takeOver() : fill())
})

self.addEventListener('push', (event) => event.waitUntil(pushed(event.data?.text())))
self.addEventListener('notificationclick', (event) => event.waitUntil(clicked(event.notification)))
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(resubscribe(event)))
