import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/** Puts what the console sends it in place of the whole document; links in it lead nowhere. */
const SCRIPT =
  "addEventListener('message',e=>{if(e.source===parent&&typeof e.data==='string')document.documentElement.innerHTML=e.data});" +
  "addEventListener('click',e=>e.preventDefault(),true)"
const PAGE = `<!doctype html><meta charset="utf-8"><title>Letter</title><script>${SCRIPT}</script>\n`
const HASH = `'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`

/**
 * Where the console shows letters that are being written. A letter has styles in its elements, which the policy of the console
 * refuses, so it stands in a frame of its own: without an origin, without cookies, where styles and pictures are let through
 * and nothing runs but the script above. It holds no data of anybody, and needs nobody who has signed in.
 */
export function letterFrameRoute(app: FastifyInstance): void {
  app.get(
    '/letter-frame',
    {
      schema: { hide: true },
      helmet: {
        enableCSPNonces: false,
        frameguard: { action: 'sameorigin' },
        contentSecurityPolicy: {
          useDefaults: false,
          directives: {
            defaultSrc: ["'none'"],
            scriptSrc: [HASH],
            styleSrc: ["'unsafe-inline'"],
            imgSrc: ['https:', 'data:'],
            baseUri: ["'none'"],
            formAction: ["'none'"],
            frameAncestors: ["'self'"],
            sandbox: ['allow-scripts'],
          },
        },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(PAGE),
  )
}
