/* What the figures were measured on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const COMMITS = 200

/** Milliseconds of one small durable commit: on a disk that others use as well, storms are mostly made of these. */
export function commitMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'nabat-commit-'))
  const database = new DatabaseSync(join(folder, 'one.db'))
  database.exec('pragma journal_mode = wal; pragma synchronous = full; create table t (a text)')
  const insert = database.prepare('insert into t values (?)')
  const startedAt = performance.now()
  for (let n = 0; n < COMMITS; n += 1) insert.run('x'.repeat(300))
  const took = (performance.now() - startedAt) / COMMITS
  database.close()
  rmSync(folder, { recursive: true, force: true })
  return took
}

/** Processors, Node, and how busy the machine is with other things. */
export function machine(): string {
  const all = cpus()
  const load = loadavg()[0]!.toFixed(1)
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}, Node ${process.version}, load ${load}, a commit takes ${commitMs().toFixed(2)} ms`
}
