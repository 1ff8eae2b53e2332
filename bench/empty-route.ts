/* The limit of accepting: Fastify that reads the body and answers 202. `node bench/empty-route.ts PORT` */
import Fastify from 'fastify'

const app = Fastify()
app.post('/api/v1/events', async (_request, reply) => reply.status(202).send({ events: [] }))
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
process.stdout.write('ready\n')
