/*
 * What the console and its service worker say to each other.
 */

/** The worker's file: the server gives it out unhashed, at the root, so that it may look after every page. */
export const WORKER_PATH = '/sw.js'
/** On an answer that the worker has kept: when the server gave it, RFC 3339. */
export const STORED_AT = 'nabat-stored-at'

/** What a page asks of the worker. */
export type Ask =
  /** Which build it is of; answered with a `Version` through the port that comes with it. */
  | { readonly kind: 'version' }
  /** Begin to look after the pages now, although windows of an earlier build are open. */
  | { readonly kind: 'takeOver' }
  /** Keep the pages that nobody has opened yet, too. */
  | { readonly kind: 'fill' }

/** The build a worker is of. */
export interface Version {
  readonly version: string
}

/** What the worker tells a page. */
export type Told =
  /** A click on a notification leads there; answered through the port that comes with it. */
  | { readonly kind: 'go'; readonly path: string }
  /** An answer that was waited for too long, and stood in for by a kept one, has come. */
  | { readonly kind: 'late' }
  /** The browser has given this device another address, and the server knows. */
  | { readonly kind: 'subscribed' }
