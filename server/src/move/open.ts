/*
 * Which two stores a move is between. The only place outside app.ts that knows both adapters: what is moved is rows as they
 * are stored, which the port does not show.
 */
import { postgresSource, postgresTarget } from './postgres-open.ts'
import { sqliteSource, sqliteTarget } from './sqlite-side.ts'
import type { Side, Target } from './side.ts'

export interface Ends extends AsyncDisposable {
  readonly source: Side
  readonly target: Target
}

/** Locks and opens both stores. `folder`: of the embedded store; `url`: postgres://… Throws StartRefused, with the reason. */
export async function openEnds(direction: 'to' | 'from', folder: string, url: string): Promise<Ends> {
  await using stack = new AsyncDisposableStack()
  // The source first: a place that is wrong should not have made or changed anything at the target.
  const source = stack.use(direction === 'to' ? sqliteSource(folder) : await postgresSource(url))
  const target = stack.use(direction === 'to' ? await postgresTarget(url) : sqliteTarget(folder))
  const opened = stack.move()
  return { source, target, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
