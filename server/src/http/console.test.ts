import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../log.ts'
import { startTestServer } from '../../test/support/server.ts'
import { consoleRoutes, isPage, NOT_BUILT } from './console.ts'
import { HttpError, sendError } from './errors.ts'

const SCRIPT = `console.log('${'a'.repeat(2_000)}')`
const folder = await mkdtemp(join(tmpdir(), 'nabat-console-'))
const dist = join(folder, 'dist')
const app = await serving(dist, 'http://nabat.example.ru')

beforeAll(async () => {
  await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

/** The console alone, of a folder that looks like a build. */
async function serving(root: string, publicUrl: string | null): Promise<FastifyInstance> {
  await mkdir(join(dist, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.key'), 'not for the world')
  await writeFile(join(dist, '.sources'), 'hash')
  await writeFile(join(dist, 'icon.svg'), '<svg/>')
  await writeFile(join(dist, 'index.html'), '<meta property="csp-nonce" nonce="NABAT_NONCE"><div id="root"></div>')
  await writeFile(join(dist, 'assets/index-abc.js'), SCRIPT)
  await writeFile(join(dist, 'assets/index-abc.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(dist, 'assets/index-abc.js.gz'), gzipSync(SCRIPT))
  const log = openLog('silent')
  const server = Fastify()
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, log))
  server.setNotFoundHandler((request, reply) => sendError(new HttpError('not_found'), request, reply, log))
  await server.register(async (own) => consoleRoutes(own, { consoleFolder: root, publicUrl, log }))
  return server
}

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })

describe('the console', () => {
  it('answers every address that may be a page of its own with the one page', async () => {
    for (const url of ['/', '/events', '/rules/camera.v2', '/incidents/a%2Fb', '/setup/token?x=1', '/events/']) {
      const { statusCode, headers, body } = await get(url)
      expect([url, statusCode, headers['content-type']]).toEqual([url, 200, 'text/html; charset=utf-8'])
      expect(body).toContain('<div id="root">')
      expect(headers['cache-control']).toBe('no-cache')
    }
  })

  it('answers what is not there, and what is the API’s, with 404 as the API does', async () => {
    for (const url of [
      '/assets/gone.js',
      '/assets/',
      '/favicon.ico',
      '/.env',
      '/.sources',
      '/api',
      '/api/v1/nothing',
    ]) {
      const { statusCode, body } = await get(url)
      expect([url, statusCode]).toEqual([url, 404])
      expect(JSON.parse(body)).toMatchObject({ error: { code: 'not_found' } })
    }
    expect((await app.inject({ method: 'POST', url: '/events' })).statusCode).toBe(404)
    expect(isPage('/assetsmentioned')).toBe(true)
  })

  it('gives files compressed as the browser takes them, and for ever when their names hold a hash', async () => {
    const plain = await get('/assets/index-abc.js')
    expect(plain.body).toBe(SCRIPT)
    expect(plain.headers['content-type']).toMatch(/^(text|application)\/javascript/)
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    for (const encoding of ['br', 'gzip']) {
      const { headers, rawPayload } = await get('/assets/index-abc.js', { 'accept-encoding': encoding })
      expect(headers['content-encoding']).toBe(encoding)
      expect(headers['content-type']).toBe(plain.headers['content-type'])
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(rawPayload.length).toBeLessThan(200)
    }
    expect((await get('/icon.svg')).headers['cache-control']).toBe('no-cache')
  })

  it('asks for what has not changed only once', async () => {
    const { etag } = (await get('/icon.svg')).headers
    expect((await get('/icon.svg', { 'if-none-match': String(etag) })).statusCode).toBe(304)
  })

  it('allows scripts of its own alone, and styles of its own or with the nonce of this very page', async () => {
    const [one, two] = [await get('/'), await get('/')]
    const policy = String(one.headers['content-security-policy'])
    expect(policy).not.toMatch(/unsafe|data:|\*/)
    expect(policy).toContain("frame-ancestors 'none'")
    const nonce = /style-src 'self' 'nonce-(\w+)'/.exec(policy)![1]!
    expect(one.body).toContain(`nonce="${nonce}"`)
    expect(one.body).not.toContain('NABAT_NONCE')
    expect(two.body).not.toContain(nonce)
  })

  it('tells browsers to be careful', async () => {
    for (const url of ['/', '/icon.svg', '/assets/index-abc.js', '/assets/gone.js'])
      expect((await get(url)).headers, url).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
        'permissions-policy': expect.stringContaining('camera=()') as string,
      })
  })

  it('promises HTTPS for ever only where people come by HTTPS', async () => {
    expect((await get('/')).headers).not.toHaveProperty('strict-transport-security')
    const secure = await serving(dist, 'https://nabat.example.ru')
    const { headers } = await secure.inject({ url: '/' })
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
    await secure.close()
  })

  it('says what to do when it has not been built', async () => {
    const empty = await serving(join(folder, 'nothing'), null)
    const { statusCode, body } = await empty.inject({ url: '/', headers: { 'accept-language': 'en' } })
    expect([statusCode, body]).toEqual([503, `${NOT_BUILT.en}\n`])
    expect((await empty.inject({ url: '/' })).body).toContain('npm install')
    await empty.close()
  })
})

describe('a path that leads out of the folder', () => {
  /** As it is written: fetch would tidy it up first. */
  const raw = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = app.server.address() as AddressInfo
      let answer = ''
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: nabat\r\nConnection: close\r\n\r\n`),
      )
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => (answer += chunk))
      socket.on('error', reject)
      socket.on('close', () => resolve(answer))
    })

  it.each([
    '/../secret.key',
    '/assets/../../secret.key',
    '/assets/..%2f..%2fsecret.key',
    '/%2e%2e/secret.key',
    '/..%5csecret.key',
    '/assets/....//....//secret.key',
    '//etc/passwd',
    '/assets/index-abc.js/../../../secret.key',
    '/assets/%00/../secret.key',
    'http://nabat/../secret.key',
  ])('%s brings nothing from there', async (path) => {
    const answer = await raw(path)
    expect(answer).toMatch(/^HTTP\/1.1 (200|400|403|404) /)
    expect(answer).not.toContain('not for the world')
    expect(answer).not.toContain('root:')
  })
})

describe('the server', () => {
  it('shows the console beside the API, which it leaves as it is', async () => {
    await using server = await startTestServer()
    const page = await fetch(server.url)
    expect([200, 503]).toContain(page.status)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    const api = await fetch(`${server.url}/api/v1/rules`)
    expect(api.status).toBe(401)
    expect(api.headers.get('content-security-policy')).toBeNull()
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${server.url}/api/v1/nothing`)).status).toBe(404)
  })
})
