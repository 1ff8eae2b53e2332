import type { Section } from '@nabat/api/configuration.ts'
import type { Edit } from '../server/src/configuration/plan.ts'
import type { WorkspaceSettings, WorkspaceView } from '../server/src/configuration/view.ts'
import { channelsTo, type Outlets } from './channels.ts'
import { GROUPS, USERS } from './people.ts'
import { RULES, SCHEDULES, silencesAt } from './rules.ts'

/*
 * The company of the demonstration as a configuration: made by hand in the console, as it were, so that the visitor may
 * change all of it.
 */

/** The company card. What is a storm begins at once, so that one is seen without waiting for a minute. */
export const SETTINGS: WorkspaceSettings = {
  title: 'ООО «Северный дозор»',
  timeZone: 'Europe/Moscow',
  language: 'ru',
  foldAfter: '8s',
  signature: 'ООО «Северный дозор» · круглосуточно · +7 495 100-20-00',
}

const made = (section: Section, entities: readonly object[]): Edit[] =>
  entities.map((entity) => ({
    section,
    id: null,
    entity: entity as NonNullable<Edit['entity']>,
    path: '',
    origin: 'api' as const,
  }))

/** Everything the company has set up; `now` in milliseconds since 1970. */
export const companyEdits = (outlets: Outlets, now: number): readonly Edit[] => [
  ...made('channels', channelsTo(outlets)),
  ...made('users', USERS),
  ...made('groups', GROUPS),
  ...made('silences', silencesAt(now)),
  ...made('rules', RULES),
  ...made('schedules', SCHEDULES),
]

/** Leads the channels of a company that is there already to where the other sides listen now. */
export const outletEdits = (outlets: Outlets, view: WorkspaceView): readonly Edit[] =>
  channelsTo(outlets).flatMap((entity) => {
    const row = view.rowByKey('channels', entity.name)
    return row === undefined ? [] : [{ section: 'channels' as const, id: row.id, entity, path: '', origin: row.origin }]
  })
