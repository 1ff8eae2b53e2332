import { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ImportReport } from '@nabat/api/people-import.ts'
import { problem } from '@nabat/api/text.ts'
import { columnsOf } from '../../people/import/columns.ts'
import { importPeople, ImportOvertaken, type ImportWish } from '../../people/import/import.ts'
import { sampleCsv } from '../../people/import/sample.ts'
import { LARGEST_FILE, readTable, type Table } from '../../people/import/table.ts'
import { authorize, type Authorized } from '../auth.ts'
import { answerTo, HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'

const PROGRESS = 'application/x-ndjson'
const CSV = { type: 'string', description: 'UTF-8, semicolons' }
const FILE = { type: 'string', format: 'binary', description: '.csv or .xlsx, up to 5 MiB and 10,000 rows' }
const flag = (description: string) => Type.Optional(Type.Enum(['true', 'false'], { description }))

/** People from a table: CSV or XLSX. */
export async function importRoutes(app: FastifyInstance, parts: HttpParts): Promise<void> {
  await app.register(multipart, { limits: { fileSize: LARGEST_FILE, files: 1 }, throwFileSizeLimit: false })

  app.post(
    '/api/v1/users/import',
    {
      config: {
        documented: {
          answer: ImportReport,
          body: { 'multipart/form-data': { type: 'object', properties: { file: FILE }, required: ['file'] } },
          errors: [409],
        },
      },
      schema: {
        summary: 'Import people from a CSV or XLSX file (multipart/form-data, one file)',
        description: `Nothing is written with preview=true, or when a row is wrong unless skipWrong=true. With \`Accept: ${PROGRESS}\` lines of {"progress", "done", "total"}, and {"result": …} or {"error": …} as the last.`,
        querystring: Type.Object({
          preview: flag('Only show what would happen'),
          skipWrong: flag('Write what is right although other rows are not'),
        }),
      },
      bodyLimit: LARGEST_FILE + 64 * 1024,
    },
    async (request, reply) => {
      const authorized = authorize(request, 'people.write')
      const { name, bytes } = await fileOf(request)
      const table = await readTable(bytes, (ms, call) => parts.clock.after(ms, call))
      if (!('headers' in table)) throw new HttpError('invalid', [table])
      const headers = table.headers.filter((header) => header !== '')
      if (columnsOf(headers).every(({ field }) => field === null))
        throw new HttpError('invalid', [
          problem(
            '/file',
            `Ни один столбец не понятен (${headers.join(', ').slice(0, 200)}): нужны заголовки вроде «Логин», «ФИО», «E-mail»`,
            `No column is understood (${headers.join(', ').slice(0, 200)}): headers such as "Login", "Name", "E-mail" are needed`,
          ),
        ])
      const { preview, skipWrong } = request.query as { preview?: string; skipWrong?: string }
      const wish = {
        preview: preview === 'true',
        skipWrong: skipWrong === 'true',
        by: authorized.caller.name,
        comment: name,
      }
      if (request.headers.accept?.includes(PROGRESS) === true)
        return reply.type(PROGRESS).send(Readable.from(linesOf(request, authorized, table, wish, parts)))
      return run(request, authorized, table, wish, parts)
    },
  )

  app.get(
    '/api/v1/users/import/sample.csv',
    {
      config: { documented: { answer: CSV, type: 'text/csv' } },
      schema: { summary: 'A file to fill in for an import of people' },
    },
    async (request, reply) => {
      authorize(request, 'people.write')
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="people.csv"')
        .send(sampleCsv(languageOf(request)))
    },
  )
}

async function fileOf(request: FastifyRequest): Promise<{ name: string; bytes: Buffer }> {
  if (!request.isMultipart()) throw new HttpError('unsupported_media_type')
  const part = await request.file()
  if (part === undefined)
    throw new HttpError('invalid', [problem('/file', 'В запросе нет файла', 'The request has no file')])
  const bytes = await part.toBuffer()
  if (part.file.truncated)
    throw new HttpError('too_large', [problem('/file', 'Файл больше 5 МиБ', 'The file is larger than 5 MiB')])
  const name = part.filename
    .replaceAll(/\p{Cc}/gu, '')
    .split(/[\\/]/)
    .at(-1)!
    .slice(0, 200)
    .toWellFormed()
  return { name, bytes }
}

async function run(
  request: FastifyRequest,
  { view }: Authorized,
  table: Table,
  wish: ImportWish,
  { configuration }: HttpParts,
  told?: (done: number) => void,
): Promise<ImportReport> {
  try {
    return await importPeople(table, view, configuration, wish, languageOf(request), told)
  } catch (error) {
    if (error instanceof ImportOvertaken) throw new HttpError('conflict', error.problems)
    throw error
  }
}

/** The import as lines: how far it is, and what came of it. */
async function* linesOf(
  request: FastifyRequest,
  authorized: Authorized,
  table: Table,
  wish: ImportWish,
  parts: HttpParts,
): AsyncGenerator<string> {
  const total = table.rows.length
  const line = (value: object): string => `${JSON.stringify(value)}\n`
  const progress = (share: number): string => line({ progress: share, done: Math.round(share * total), total })
  let tell = (_share: number): void => {}
  const shares: number[] = []
  const ended = run(request, authorized, table, wish, parts, (share) => tell(share)).then(
    (result) => line({ result }),
    // The status has been sent: what went wrong is the last line.
    (error: unknown) => line(answerTo(error, request, parts.log).body),
  )
  yield progress(0)
  for (let last: string | undefined; last === undefined;) {
    const next = Promise.withResolvers<void>()
    tell = (share) => (shares.push(share), next.resolve())
    last = await Promise.race([ended, next.promise.then(() => undefined)])
    for (const share of shares.splice(0)) yield progress(share)
    if (last !== undefined) yield last
  }
}
