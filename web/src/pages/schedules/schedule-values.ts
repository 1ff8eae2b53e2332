import type { StoredSchedule } from '../../data/schedules.ts'

/** Fields of the form over a schedule. */
export interface ScheduleValues {
  readonly name: string
  readonly enabled: boolean
  readonly cron: string
  /** Empty: that of the workspace. */
  readonly timeZone: string
  readonly type: string
  readonly subject: string
  readonly summary: boolean
  readonly types: string[]
  readonly when: unknown
}

/** The fields for a schedule; those of a new one sum up the day. */
export const readSchedule = (schedule: StoredSchedule | undefined): ScheduleValues => ({
  name: schedule?.name ?? '',
  enabled: schedule?.enabled !== false,
  cron: schedule?.cron ?? '',
  timeZone: schedule?.timeZone ?? '',
  type: schedule?.type ?? 'summary.scheduled',
  subject: schedule?.subject ?? '',
  summary: schedule === undefined || schedule.summary !== undefined,
  types: [...(schedule?.summary?.types ?? [])],
  when: schedule?.summary?.when,
})

/** The schedule that the fields make; what they do not show stays as it is. */
export const writeSchedule = (values: ScheduleValues, before: StoredSchedule | undefined): object => ({
  ...(before?.severity === undefined ? {} : { severity: before.severity }),
  ...(before?.data === undefined ? {} : { data: before.data }),
  name: values.name,
  cron: values.cron,
  type: values.type,
  ...(values.enabled ? {} : { enabled: false }),
  ...(values.timeZone === '' ? {} : { timeZone: values.timeZone }),
  ...(values.subject === '' ? {} : { subject: values.subject }),
  ...(values.summary
    ? {
        summary: {
          ...(values.types.length === 0 ? {} : { types: values.types }),
          ...(values.when === undefined ? {} : { when: values.when }),
        },
      }
    : {}),
})
