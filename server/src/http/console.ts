import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import type { Text } from '@nabat/api/text.ts'
import type { Log } from '../log.ts'
import { HttpError, languageOf } from './errors.ts'
import { letterFrameRoute } from './letter-frame.ts'

/** What the console's pages are made of, and where people find it. */
export interface ConsoleParts {
  /** Folder of the built console; it may be missing. */
  readonly consoleFolder: string
  /** The address people use, null when nobody has said it. */
  readonly publicUrl: string | null
  readonly log: Log
}

/** Where `npm install` builds the console. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** What is said where the console should be, when it has not been built. */
export const NOT_BUILT: Text = {
  ru: 'Консоль не собрана: выполните npm install в папке Набата и запустите его снова. API работает и без неё.',
  en: 'The console is not built: run npm install in the folder of Nabat and start it again. The API works without it.',
}

/** Stands in the built page where a nonce of its own goes (web/vite.config.ts). */
const NONCE = /NABAT_NONCE/g
/** A name with a hash of its content never means anything else. */
const HASHED = '/assets/'
const YEAR_S = 365 * 24 * 60 * 60
/** What a console that only shows itself has no use for. */
const PERMISSIONS = 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()'

const readPage = (folder: string): Promise<string | undefined> =>
  readFile(join(folder, 'index.html'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/**
 * Serves the console: its files by their names, and for every other address that is not of the API the one page that
 * draws them all.
 */
export async function consoleRoutes(app: FastifyInstance, parts: ConsoleParts): Promise<void> {
  const page = await readPage(parts.consoleFolder)
  if (page === undefined) parts.log.warn({ folder: parts.consoleFolder }, NOT_BUILT.en)
  await app.register(helmet, protection(parts.publicUrl))
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('permissions-policy', PERMISSIONS)
  })
  if (page !== undefined)
    await app.register(fastifyStatic, {
      root: parts.consoleFolder,
      // A route for each file that is there now: no path of a request is ever looked up on the disk.
      wildcard: false,
      index: false,
      serveDotFiles: false,
      globIgnore: ['index.html', '**/*.{br,gz}'],
      preCompressed: true,
      decorateReply: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const forEver = path.includes(HASHED)
        void reply.header('cache-control', forEver ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')
      },
    })
  letterFrameRoute(app)
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    if (!isPage(request.url.split('?', 1)[0]!)) throw new HttpError('not_found')
    void reply.header('cache-control', 'no-cache')
    if (page === undefined)
      return reply
        .status(503)
        .type('text/plain; charset=utf-8')
        .send(`${NOT_BUILT[languageOf(request)]}\n`)
    return reply.type('text/html; charset=utf-8').send(page.replaceAll(NONCE, reply.cspNonce.style))
  })
}

/** Whether an address may be one of the console's: not the API's, and not that of a file that is not there. */
export function isPage(path: string): boolean {
  if (/^\/(api|assets)(\/|$)/.test(path)) return false
  return !/^\/[^/]*\.[^/]*$/.test(path)
}

/**
 * What browsers are told. Scripts come from here alone, none of them inline, and nothing is evaluated. Styles carry a
 * nonce, because Mantine writes its variables into style elements; 'unsafe-inline' would let through anybody's.
 */
function protection(publicUrl: string | null): FastifyHelmetOptions {
  const secure = publicUrl?.startsWith('https://') === true
  return {
    enableCSPNonces: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        // The description of the installed application; the worker that keeps it and shows what is pushed.
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    // Only who is reached by HTTPS alone may promise so: a test on http://localhost would lock its browser out.
    strictTransportSecurity: secure ? { maxAge: YEAR_S, includeSubDomains: false } : false,
    // Browsers complain of these where there is no HTTPS.
    crossOriginOpenerPolicy: secure ? { policy: 'same-origin' } : false,
    originAgentCluster: false,
  }
}
