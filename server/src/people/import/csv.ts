import { CsvError, parse } from 'csv-parse/sync'
import type { TableRow } from './table.ts'
import { UnreadableFile } from './unreadable-file.ts'

/** Characters of one record: more is a quote that was never closed. */
const LONGEST_RECORD = 64 * 1024

/** The rows of a CSV file, at most so many besides the headers; encoding and separator are found out. */
export function readCsv(bytes: Uint8Array, most: number): TableRow[] {
  const text = textOf(bytes)
  const { separator, body } = separated(text)
  try {
    const records = parse(body, {
      delimiter: separator,
      info: true,
      relaxColumnCount: true,
      relaxQuotes: true,
      trim: true,
      maxRecordSize: LONGEST_RECORD,
      to: most + 1,
    }) as unknown as readonly { info: { lines: number }; record: string[] }[]
    const before = text.length === body.length ? 0 : 1
    return records.map(({ info, record }) => ({ line: info.lines + before, cells: record }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = (error as CsvError & { lines?: number }).lines ?? '?'
    throw new UnreadableFile(
      `Строка ${line}: таблицу не разобрать, похоже, кавычка не закрыта`,
      `Line ${line}: the table cannot be read, a quote seems to be left open`,
    )
  }
}

/** UTF-8 when it is valid, UTF-16 by its mark; else what Excel writes in Russian. */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11)
    throw new UnreadableFile(
      'Это файл старого Excel (.xls): сохраните его как .xlsx или .csv',
      'This is a file of an old Excel (.xls): save it as .xlsx or .csv',
    )
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.includes(0))
    throw new UnreadableFile(
      'Это не таблица: нужен файл .csv или .xlsx',
      'This is no table: a .csv or .xlsx file is needed',
    )
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1251').decode(bytes)
  }
}

/** The separator: named in a first line `sep=;`, as Excel reads it, or the one the headers have most of outside quotes. */
function separated(text: string): { separator: string; body: string } {
  const named = /^sep=(.)\r?\n/i.exec(text)
  if (named !== null) return { separator: named[1]!, body: text.slice(named[0].length) }
  const headers = (/^[^\r\n]*\S[^\r\n]*/m.exec(text)?.[0] ?? '').replaceAll(/"[^"]*"/g, '')
  const counts = [';', ',', '\t'].map((separator) => ({ separator, count: headers.split(separator).length }))
  return { separator: counts.sort((a, b) => b.count - a.count)[0]!.separator, body: text }
}
