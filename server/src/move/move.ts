/*
 * Moves a stopped system from one store to the other: copies every table slice by slice, then reads both sides again and
 * compares them. Each slice is one transaction with the mark that says how far it came, so that a move may be broken off
 * at any moment; the same command goes on from there.
 */
import { createHash } from 'node:crypto'
import type { SecretBox } from '../configuration/secret-box.ts'
import { StartRefused } from '../start-refused.ts'
import type { Progress, Side, Target } from './side.ts'
import { addRows, NOTHING, type Sum } from './sums.ts'
import { TABLES, type Table } from './tables.ts'

/** How far it is. Rows of all tables together. */
export interface Step {
  readonly stage: 'copy' | 'compare'
  readonly table: string
  readonly rows: number
  readonly of: number
}

/** What a table came to on both sides. */
export interface Compared {
  readonly table: string
  readonly source: Sum
  readonly target: Sum
}

/** Whether a move begins or goes on, with the rows that are there already. */
export interface Moved {
  readonly tables: readonly Compared[]
  /** Deliveries that wait. */
  readonly waiting: number
}

export interface MoveParts {
  readonly source: Side
  readonly target: Target
  readonly box: SecretBox
  readonly tell: (step: Step) => void
  /** Called before anything is copied when an earlier move is gone on with. */
  readonly resumes: (rows: number) => void
}

/** Copies and compares; the caller looks whether they are the same, and releases the target then. */
export async function move({ source, target, box, tell, resumes }: MoveParts): Promise<Moved> {
  const identity = await provenIdentity(source, box)
  const begun = await begunBefore(target, identity)
  const counts = new Map<string, number>()
  for (const table of TABLES) counts.set(table.name, await source.count(table))
  const of = [...counts.values()].reduce((sum, count) => sum + count, 0)
  let progress: Progress = begun ?? { source: identity, tables: {} }
  let before = Object.values(progress.tables).reduce((sum, { rows }) => sum + rows, 0)
  if (begun !== null) resumes(before)
  for (const table of TABLES)
    progress = await copy(source, target, table, progress, (rows) =>
      tell({ stage: 'copy', table: table.name, rows: (before += rows), of }),
    )
  await target.finish(await source.lastNumber())

  const tables: Compared[] = []
  let compared = 0
  for (const table of TABLES) {
    const step = (rows: number): void =>
      tell({ stage: 'compare', table: table.name, rows: Math.min(of, (compared += rows)), of })
    const [there, here] = await Promise.all([sumOf(source, table, step), sumOf(target, table, () => {})])
    tables.push({ table: table.name, source: there, target: here })
  }
  return { tables, waiting: counts.get('queue')! }
}

/** Whose data it is: the proof of its secret key is made once, by chance. Refused when the key given does not open it. */
async function provenIdentity(source: Side, box: SecretBox): Promise<string> {
  const proof = await source.proof()
  if (proof === undefined)
    throw new StartRefused(
      'Переносить нечего: Набат здесь ещё не запускали.',
      'There is nothing to move: no Nabat has run here yet.',
    )
  try {
    box.open(proof)
  } catch (error) {
    if (error instanceof StartRefused) throw error
    throw new StartRefused(
      'Секретный ключ не тот, с которым сохранены эти данные: задайте прежний NABAT_SECRET_KEY (или верните secret.key).',
      'The secret key is not the one this data was stored with: set NABAT_SECRET_KEY (or put back secret.key) as it was.',
    )
  }
  return `${source.store} ${createHash('sha256').update(proof).digest('base64url')}`
}

/** How far an earlier move of the same source came; null when the target is empty. Anything else is refused. */
async function begunBefore(target: Target, identity: string): Promise<Progress | null> {
  const progress = await target.progress()
  if (progress !== null && progress.source !== identity)
    throw new StartRefused(
      'Сюда начали переносить другие данные, и тот перенос не закончен: закончите его или возьмите пустое место.',
      'Other data is being moved to this place, and that move is not finished: finish it, or take an empty place.',
    )
  if (progress !== null) return progress
  for (const table of TABLES)
    if ((await target.read(table, null)).rows.length > 0)
      throw new StartRefused(
        `Переносить можно только на пустое место, а здесь уже есть данные (таблица ${table.name}).`,
        `Data can be moved to an empty place only, and there is something here already (table ${table.name}).`,
      )
  return null
}

/** Copies what is left of a table; answers how far the whole move is then. */
async function copy(
  source: Side,
  target: Target,
  table: Table,
  before: Progress,
  copied: (rows: number) => void,
): Promise<Progress> {
  let progress = before
  let { rows, after, done } = before.tables[table.name] ?? { rows: 0, after: null, done: false }
  if (done) return progress
  let slice = await source.read(table, after)
  while (!done) {
    rows += slice.rows.length
    after = slice.after
    done = after === null
    progress = { ...progress, tables: { ...progress.tables, [table.name]: { rows, after, done } } }
    // The next one is read while this one is written.
    const [next] = await Promise.all([
      after === null ? slice : source.read(table, after),
      target.write(table, slice.rows, progress),
    ])
    copied(slice.rows.length)
    slice = next
  }
  return progress
}

async function sumOf(side: Side, table: Table, read: (rows: number) => void): Promise<Sum> {
  let sum = NOTHING
  let after: Awaited<ReturnType<Side['read']>>['after'] = null
  do {
    const slice = await side.read(table, after)
    sum = addRows(sum, slice.rows)
    after = slice.after
    read(slice.rows.length)
  } while (after !== null)
  return sum
}
