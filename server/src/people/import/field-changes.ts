import type { Contact, User } from '@nabat/api/configuration.ts'
import type { ImportReport } from '@nabat/api/people-import.ts'
import { sameJson } from '../../configuration/plan.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { isIn, type Person } from './people.ts'

type FieldChange = ImportReport['rows'][number]['fields'][number]

/** What a row makes of somebody's card, field by field, and which groups they join. */
export function fieldsThatChange({ row, user, groups }: Person, view: WorkspaceView): FieldChange[] {
  if (user === null) return []
  const before = (row === undefined ? {} : JSON.parse(row.body)) as Partial<User>
  const changes = Object.entries(user).flatMap(([field, value]: [string, unknown]): FieldChange[] => {
    const old: unknown = before[field as keyof User]
    // Who is new is named by the row itself.
    const isSaid = field === 'login' || (field === 'name' && old === undefined)
    if (isSaid || value === undefined || (old !== undefined && sameJson(old, value))) return []
    return [{ field, before: old === undefined ? null : textOf(old), after: textOf(value) }]
  })
  const joined = groups.filter((name) => !isIn(name, user.login, view))
  return joined.length === 0 ? changes : [...changes, { field: 'groups', before: null, after: joined.join(', ') }]
}

function textOf(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  return value.map((each: unknown) => (typeof each === 'string' ? each : textOfContact(each as Contact))).join(', ')
}

const textOfContact = ({ channel, address, chat }: Contact): string =>
  [channel, address ?? chat].filter(Boolean).join(' ')
