import { crc32, inflateRawSync } from 'node:zlib'
import { readSheet } from 'read-excel-file/node'
import type { TableRow } from './table.ts'
import { UnreadableFile } from './unreadable-file.ts'

/** Bytes of everything that is read of the archive, unpacked: ten thousand rows are a fifth of it. */
const LARGEST_UNPACKED = 64 * 1024 * 1024
/** Parts that hold no values: pictures, macros, what printers want. */
const NEEDED =
  /^(?:\[Content_Types\]\.xml|_rels\/.*|xl\/(?:_rels\/.*|workbook\.xml|sharedStrings\.xml|styles\.xml|worksheets\/.*\.xml))$/

/** The rows of the first sheet of a workbook. */
export async function readXlsx(bytes: Uint8Array): Promise<TableRow[]> {
  let sheet: readonly (readonly unknown[])[]
  const packed = repacked(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  try {
    sheet = await readSheet(packed, 1, { parseNumber: plainNumber })
  } catch {
    throw broken()
  }
  return sheet.map((cells, index) => ({ line: index + 1, cells: cells.map(textOf) }))
}

const broken = (): UnreadableFile =>
  new UnreadableFile(
    'Книгу не прочитать: откройте её в Excel и сохраните ещё раз как .xlsx или .csv',
    'The workbook cannot be read: open it in Excel and save it once more as .xlsx or .csv',
  )

/** A number as it was typed: a phone number is none to count with. */
const plainNumber = (text: string): string => (/e/i.test(text) ? Number(text).toFixed(0) : text)

function textOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10)
  if (typeof cell === 'string') return cell.trim()
  return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : ''
}

interface Part {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * The archive anew with the needed parts unpacked: each was unpacked within a limit here, whatever its headers promised, so
 * that nothing is left in it that could grow.
 */
function repacked(archive: Buffer): Buffer {
  const parts: Part[] = []
  let left = LARGEST_UNPACKED
  try {
    for (const { name, method, start, size } of entriesOf(archive)) {
      if (!NEEDED.test(name)) continue
      const raw = archive.subarray(start, start + size)
      const bytes = method === 8 ? inflateRawSync(raw, { maxOutputLength: left }) : raw
      left -= bytes.length
      parts.push({ name, bytes })
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' || left <= 0)
      throw new UnreadableFile(
        'Файл слишком велик внутри: оставьте в нём только таблицу людей',
        'The file is too large inside: leave only the table of people in it',
      )
    throw broken()
  }
  return packed(parts)
}

/** The files of a ZIP archive, by its directory (APPNOTE.TXT, 4.3). */
function* entriesOf(archive: Buffer): Iterable<{ name: string; method: number; start: number; size: number }> {
  const end = archive.lastIndexOf('PK\u0005\u0006')
  if (end < 0) throw broken()
  let at = archive.readUInt32LE(end + 16)
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw broken()
    const nameLength = archive.readUInt16LE(at + 28)
    const local = archive.readUInt32LE(at + 42)
    yield {
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      method: archive.readUInt16LE(at + 10),
      start: local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28),
      size: archive.readUInt32LE(at + 20),
    }
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
}

/** A ZIP archive of parts that are not compressed. */
export function packed(parts: readonly Part[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, bytes } of parts) {
    const called = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(bytes.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(called.length, 22)
    const file = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, called, bytes])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, rest, called]))
    files.push(file)
    at += file.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...files, listed, end])
}
