import type { Permission } from '@nabat/api/permissions.ts'

/** Who calls: a key, or somebody who has signed in, and what they may do in one workspace. */
export interface Caller {
  readonly workspace: number
  /** Name of the key, or login of the person: the default source of events, and who made a change. */
  readonly name: string
  readonly permissions: ReadonlySet<Permission>
  /** Events a minute, null without a limit. */
  readonly perMinute: number | null
  /** May also do what concerns the whole installation, such as a backup. */
  readonly operator: boolean
  /** The account of somebody who has signed in, null for a key. */
  readonly account: number | null
}
