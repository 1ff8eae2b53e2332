import type { FastifyInstance } from 'fastify'
import { DEMO_ACTIONS, type DemoAction } from '@nabat/api/demo.ts'
import { authorize } from '../server/src/http/auth.ts'
import { HttpError } from '../server/src/http/errors.ts'
import { seatOf } from '../server/src/http/seat.ts'
import type { HttpParts } from '../server/src/http/server.ts'
import { setSessionCookie } from '../server/src/http/session-cookie.ts'
import { Arrivals } from './arrivals.ts'
import type { Outside } from './outside.ts'
import { Play } from './play.ts'
import { Visitor } from './visitor.ts'

/** A letter is somebody else's document: nothing in it runs, loads or leaves. */
const LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

/** What only a demonstration has. `token`: what the printed link ends with. */
export function demoRoutes(app: FastifyInstance, parts: HttpParts, outside: Outside, token: string): void {
  const { workspaces, pipeline, configuration, clock, store, publicUrl } = parts
  const view = workspaces.byName('default')!
  const play = new Play({ view, pipeline, configuration, clock, outside })
  const arrivals = new Arrivals(outside, store)
  const visitor = new Visitor(parts)
  const schema = { hide: true }

  app.get<{ Params: { token: string } }>(
    '/api/v1/demo/enter/:token',
    { config: { open: true }, schema },
    async (request, reply) => {
      if (request.params.token !== token) throw new HttpError('not_found')
      setSessionCookie(request, reply, await visitor.enter(seatOf(request)), publicUrl)
      return reply.redirect('/demo')
    },
  )

  app.get('/api/v1/demo', { schema }, async (request) => {
    authorize(request, 'events.send')
    return play.state
  })

  app.get('/api/v1/demo/arrived', { schema }, async (request) => {
    authorize(request, 'events.read')
    return { items: await arrivals.list(view), next: null }
  })

  app.get<{ Params: { id: string } }>('/api/v1/demo/letters/:id', { schema }, async (request, reply) => {
    authorize(request, 'events.read')
    const letter = arrivals.letter(request.params.id)
    if (letter === undefined) throw new HttpError('not_found')
    return reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': LETTER_POLICY, 'x-content-type-options': 'nosniff' })
      .send(letter)
  })

  app.post<{ Params: { name: string } }>('/api/v1/demo/actions/:name', { schema }, async (request) => {
    authorize(request, 'events.send')
    const action = DEMO_ACTIONS.find((each): each is DemoAction => each === request.params.name)
    if (action === undefined) throw new HttpError('not_found')
    const done = await play.act(action)
    if ('message' in done) throw new HttpError('conflict', [done])
    return done
  })
}
