import type { DatabaseSync } from 'node:sqlite'
import type { ScheduleRun } from '../store.ts'

/** When schedules were raised last. Writes run inside the caller's transaction. */
export class ScheduleRuns {
  readonly #all
  readonly #record

  constructor(database: DatabaseSync) {
    this.#all = database.prepare(
      `select e.id as schedule, r.at as raised_at,
         (select max(c.at) from changes c where c.workspace = e.workspace and c.section = e.section and c.entity = e.id)
           as saved_at
       from entities e left join schedule_runs r on r.workspace = e.workspace and r.schedule = e.id
       where e.workspace = ?1 and e.section = 'schedules' and e.removed = 0
       union all
       select 0, (select at from schedule_runs where workspace = ?1 and schedule = 0),
         (select max(at) from changes where workspace = ?1 and section = 'workspace' and entity = 0)`,
    )
    // Another node may have raised a later one meanwhile.
    this.#record = database.prepare(
      `insert into schedule_runs (workspace, schedule, at) values (?, ?, ?)
       on conflict do update set at = max(at, excluded.at)`,
    )
  }

  all(workspace: number): ScheduleRun[] {
    return this.#all.all(workspace).map((row) => ({
      schedule: Number(row['schedule']),
      savedAt: Number(row['saved_at'] ?? 0),
      raisedAt: row['raised_at'] === null ? null : Number(row['raised_at']),
    }))
  }

  record(workspace: number, schedule: number, at: number): void {
    this.#record.run(workspace, schedule, at)
  }
}
