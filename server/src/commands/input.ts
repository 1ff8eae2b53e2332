import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Terminal } from './terminal.ts'

/** The text of a file; `-` is standard input. */
export async function readText(file: string, { say }: Terminal): Promise<string> {
  if (file === '-') return text(process.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { message } = error as Error
    throw new Error(say(`${file} не прочитать: ${message}`, `${file} cannot be read: ${message}`), { cause: error })
  }
}
