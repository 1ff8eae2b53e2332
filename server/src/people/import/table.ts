/*
 * From the bytes of a file to rows of text: CSV as Excel and others write it, or XLSX. Runs in a thread of its own: whatever
 * the file is, the node goes on, and a file that takes too much memory or time ends the thread and nothing else.
 */
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { problem, type Problem } from '@nabat/api/text.ts'
import { UnreadableFile } from './unreadable-file.ts'

/** Rows besides the headers. */
export const MOST_ROWS = 10_000
/** Bytes of the file. */
export const LARGEST_FILE = 5 * 1024 * 1024
/** Megabytes: ten thousand rows with everything take a tenth of it. */
const LIMITS = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 32 }
const DEADLINE_MS = 20_000

/** A row as the file has it, its cells as text. */
export interface TableRow {
  /** From 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** The first row that is not empty, and the others. */
export interface Table {
  readonly headers: readonly string[]
  readonly rows: readonly TableRow[]
}

type Answer = { readonly table: Table } | { readonly problem: Problem }

/** Reads a file, or says what is wrong with it. `after`: the clock's timers. */
export function readTable(
  bytes: Uint8Array,
  after: (ms: number, call: () => void) => () => void,
): Promise<Table | Problem> {
  const { promise, resolve, reject } = Promise.withResolvers<Table | Problem>()
  const worker = new Worker(new URL(import.meta.url), { workerData: { importOf: bytes }, resourceLimits: LIMITS })
  const endDeadline = after(DEADLINE_MS, () => resolve(TOO_MUCH))
  worker.once('message', (answer: Answer) => resolve('table' in answer ? answer.table : answer.problem))
  worker.once('error', (error: NodeJS.ErrnoException) =>
    error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve(TOO_MUCH) : reject(error),
  )
  return promise.finally(() => {
    endDeadline()
    void worker.terminate()
  })
}

const TOO_MUCH = problem(
  '/file',
  'Файл слишком велик внутри: оставьте в нём только таблицу людей, до 10 000 строк',
  'The file is too large inside: leave only the table of people in it, up to 10,000 rows',
)

/** The thread's side. */
async function read(bytes: Uint8Array): Promise<Answer> {
  try {
    const rows = await rowsOf(bytes)
    const filled = rows.filter(({ cells }) => cells.some((cell) => cell !== ''))
    const [headers, ...others] = filled
    if (headers === undefined || others.length === 0)
      throw new UnreadableFile(
        'В файле нет людей: в первой строке — заголовки столбцов, под ней — по человеку в строке',
        'There are no people in the file: the first line has the headers of columns, below it is a person a line',
      )
    if (others.length > MOST_ROWS)
      throw new UnreadableFile(
        'В файле больше 10 000 строк: разделите его на части',
        'The file has more than 10,000 rows: divide it',
      )
    return { table: { headers: headers.cells, rows: others } }
  } catch (error) {
    if (error instanceof UnreadableFile) return { problem: error.problem }
    throw error
  }
}

/** XLSX is a ZIP, whatever the file is called. The readers are loaded here, in the thread. */
async function rowsOf(bytes: Uint8Array): Promise<TableRow[]> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return (await import('./xlsx.ts')).readXlsx(bytes)
  return (await import('./csv.ts')).readCsv(bytes, MOST_ROWS + 1)
}

const given = workerData as { importOf?: Uint8Array } | null
if (parentPort !== null && given?.importOf !== undefined) parentPort.postMessage(await read(given.importOf))
