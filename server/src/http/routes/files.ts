import type { FastifyInstance } from 'fastify'
import multipart from '@fastify/multipart'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import { isId } from '../../ids.ts'
import { authorize } from '../auth.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'

/** Bytes of one file: what every channel can carry. */
const LARGEST = 20 * 1024 * 1024

const BYTES = { type: 'string', format: 'binary' }
const UPLOAD = {
  status: 201,
  answer: Type.Object({ id: Type.String(), name: Type.String(), mediaType: Type.String(), size: Type.Integer() }),
  body: { 'multipart/form-data': { type: 'object', properties: { file: BYTES }, required: ['file'] } },
}

/** Uploading files that events carry. */
export async function fileRoutes(app: FastifyInstance, { store, pipeline, makeId }: HttpParts): Promise<void> {
  await app.register(multipart, { limits: { fileSize: LARGEST, files: 1 } })

  app.post(
    '/api/v1/files',
    {
      config: { documented: UPLOAD },
      schema: { summary: 'Upload a file (multipart/form-data, one file)' },
      bodyLimit: LARGEST + 64 * 1024,
    },
    async (request, reply) => {
      const { view } = authorize(request, 'events.send')
      if (!request.isMultipart()) throw new HttpError('unsupported_media_type')
      const part = await request.file()
      if (part === undefined)
        throw new HttpError('invalid', [problem('/file', 'В запросе нет файла', 'The request has no file')])
      const content = await part.toBuffer()
      if (part.file.truncated) throw new HttpError('too_large')
      const file = { id: makeId(), name: cleanName(part.filename), mediaType: part.mimetype, size: content.length }
      await store.putFile(view.id, file, content)
      return reply.status(201).send(file)
    },
  )

  app.get(
    '/api/v1/files/:id',
    {
      config: { documented: { answer: BYTES, type: 'application/octet-stream' } },
      schema: { summary: 'Download a file' },
    },
    async (request, reply) => {
      const { view } = authorize(request, 'events.read')
      const { id } = request.params as { id: string }
      const file = isId(id) ? await pipeline.file(view.id)(id) : undefined
      if (file === undefined) throw new HttpError('not_found')
      return reply
        .type('application/octet-stream')
        .header('content-disposition', attachment(file.name))
        .header('x-content-type-options', 'nosniff')
        .send(await file.read())
    },
  )
}

/** Browsers, fetch and curl write a quote and line breaks of a name so (HTML, multipart/form-data encoding algorithm). */
const ESCAPED = /%(22|0A|0D)/g

/** The last part of a name as it was sent, without control characters and what a path could be made of. */
const cleanName = (name: string): string =>
  name
    .replace(ESCAPED, decodeURIComponent)
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\p{Cc}/gu, '')
    .slice(0, 255)
    .toWellFormed() || 'file'

/**
 * The header of a download (RFC 6266): the name in ASCII for the oldest programs, and as it is (RFC 5987). What quoting is
 * read differently for, quotes, backslashes and percent signs, stands only in the second.
 */
export const attachment = (name: string): string => {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_')
  const whole = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}
