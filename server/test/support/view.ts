import { SECTIONS, SECTION_NAMES, type Section } from '@nabat/api/configuration.ts'
import type { CheckWorld } from '../../src/configuration/check.ts'
import type { Sources } from '../../src/configuration/references.ts'
import { WorkspaceView, type WorkspaceSettings } from '../../src/configuration/view.ts'
import type { Address } from '../../src/pipeline/outcome.ts'
import { addressKey } from '../../src/store/address-key.ts'
import type { ConfigurationChanges, EntityRow, WorkspaceState } from '../../src/store/store.ts'

/*
 * A configuration in memory for tests of pure decisions: entities as the file has them, brought in the way the store
 * brings them, as rows that changed.
 */

/** Entities by section, and what else a view knows. */
export interface ViewParts extends Partial<Record<Section, readonly object[]>> {
  readonly workspace?: WorkspaceSettings
  /** Names the file gave, for the order of its rules; by default none. */
  readonly file?: Partial<Record<Section, readonly string[]>>
  readonly origin?: 'file' | 'api'
  /** Destinations that are disabled, with the reason. */
  readonly disabled?: readonly { readonly channel: string; readonly address: Address; readonly reason: string }[]
  /** Logins of people who have a device. */
  readonly devices?: readonly string[]
  readonly sources?: Sources
  readonly version?: number
  /** Blocked or removed; by default neither. */
  readonly state?: WorkspaceState
}

export const NO_SOURCES: Sources = { env: {}, secret: () => undefined }

/** What edits are checked against: a Wednesday in Moscow. */
export const CHECK_WORLD: CheckWorld = {
  allowPrivateAddresses: true,
  sources: NO_SOURCES,
  now: Date.parse('2026-03-18T12:00:00+03:00'),
  timeZone: 'Europe/Moscow',
}

/** A view with these entities. Ids are given section by section, in order, from 1; the inbox is 0. */
export function viewOf(parts: ViewParts): WorkspaceView {
  const view = new WorkspaceView(1)
  const rows = rowsOf(parts)
  view.update(changesOf(parts, rows), parts.sources ?? NO_SOURCES)
  return view
}

/** Rows as the store would give them for these entities. */
export function rowsOf(parts: ViewParts): EntityRow[] {
  let id = 0
  return SECTION_NAMES.flatMap((section) =>
    (parts[section] ?? []).map((entity): EntityRow => {
      id += 1
      const key = (entity as Record<string, unknown>)[SECTIONS[section].key] as string
      const body = JSON.stringify(entity)
      return { section, id, key, body, origin: parts.origin ?? 'file', version: parts.version ?? 1, removed: false }
    }),
  )
}

/** What `configurationSince` would answer when these rows have changed. */
export function changesOf(parts: ViewParts, entities: readonly EntityRow[]): ConfigurationChanges {
  const channelId = (name: string): number =>
    name === 'inbox' ? 0 : (entities.find(({ section, key }) => section === 'channels' && key === name)?.id ?? -1)
  return {
    workspace: {
      id: 1,
      name: 'default',
      settings: JSON.stringify(parts.workspace ?? {}),
      version: parts.version ?? 1,
      file: parts.file === undefined ? null : JSON.stringify(parts.file),
      ...(parts.state ?? { blocked: null, removedAt: null }),
    },
    entities,
    destinations: (parts.disabled ?? []).map(({ channel, address, reason }, index) => ({
      id: 10_000 + index,
      channel: channelId(channel),
      address: addressKey(address),
      disabled: { at: 0, reason, detail: '' },
    })),
    holders: (parts.devices ?? []).map((login) => ({
      card: entities.find(({ section, key }) => section === 'users' && key === login)?.id ?? 0,
      holds: true,
    })),
  }
}

/** The id under which an entity stands in a view. */
export function idOf(view: WorkspaceView, section: Section, key: string): number {
  const row = view.rowByKey(section, key)
  if (row === undefined) throw new Error(`the view has no ${section}/${key}`)
  return row.id
}
