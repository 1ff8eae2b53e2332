import type { Store } from '../store.ts'
import type { Connections, Statement } from './connection.ts'

const ALL: Statement = {
  name: 'schedule_runs',
  text: `select * from (select e.id as schedule, r.at as raised_at,
      (select max(c.at) from changes c where c.workspace = e.workspace and c.section = e.section and c.entity = e.id)
        as saved_at
    from entities e left join schedule_runs r on r.workspace = e.workspace and r.schedule = e.id
    where e.workspace = $1 and e.section = 'schedules' and e.removed = 0
    union all
    select 0, (select at from schedule_runs where workspace = $1 and schedule = 0),
      (select max(at) from changes where workspace = $1 and section = 'workspace' and entity = 0)) s
    order by schedule = 0, schedule`,
}
// Another node may have raised a later one meanwhile.
const RECORD: Statement = {
  name: 'record_schedule_run',
  text: `insert into schedule_runs as r (workspace, schedule, at) values ($1, $2, $3)
    on conflict (workspace, schedule) do update set at = greatest(r.at, excluded.at)`,
}

/** When schedules were raised last. */
export const scheduleTable = (connections: Connections): Pick<Store, 'scheduleRuns' | 'recordScheduleRun'> => ({
  async scheduleRuns(workspace) {
    return (await connections.one('writes', ALL, [workspace])).map((row) => ({
      schedule: row['schedule'] as number,
      savedAt: (row['saved_at'] as number | null) ?? 0,
      raisedAt: row['raised_at'] as number | null,
    }))
  },
  async recordScheduleRun(workspace, schedule, at) {
    await connections.one('writes', RECORD, [workspace, schedule, at])
  },
})
