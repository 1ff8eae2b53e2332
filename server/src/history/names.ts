/*
 * What channels and rules are called in lists: those of today as the view has them, the removed ones as the store keeps
 * them. The view forgets what was removed, so a page asks for the names it lacks, all at once.
 */
import type { Section } from '@nabat/api/configuration.ts'
import { channelView, type ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { SYSTEM_NOTICES } from '../configuration/system-notices.ts'
import type { Sources } from '../configuration/references.ts'
import type { Store } from '../store/store.ts'
import { sqliteQueries as db } from './tables.ts'
import type { Row } from './views.ts'

/** A rule or channel as a list names it. */
export interface Named {
  readonly name: string
  /** It is not there any more. */
  readonly removed: boolean
}

type ChannelName = Named & Pick<ChannelView, 'kind'>

/** Only name and kind of a removed channel are looked at: its secrets need not be opened for that. */
const NOWHERE: Sources = { env: {}, secret: () => undefined }

/** Few enough for the parameters of one statement. */
const AT_ONCE = 1_000

/** The names of one answer. */
export class Names {
  readonly #view: WorkspaceView
  readonly #channels = new Map<number, ChannelName>()
  readonly #rules = new Map<number, string>()

  constructor(view: WorkspaceView) {
    this.#view = view
  }

  /** Undefined for an id that is neither there nor kept. */
  channel(id: number): ChannelName | undefined {
    const now = this.#view.channels.get(id)
    return now === undefined ? this.#channels.get(id) : { name: now.name, kind: now.kind, removed: false }
  }

  /** As it was called then, where that was told; undefined for an id that is neither there nor kept. */
  rule(id: number): Named | undefined {
    const now = this.#view.rule(id)?.rule.name
    const name = this.#rules.get(id) ?? now
    return name === undefined ? undefined : { name, removed: now === undefined }
  }

  /** The name on the card of somebody by their login; null without one. */
  person(login: string | null): string | null {
    return (login === null ? undefined : this.#view.people.get(login)?.name) ?? null
  }

  callRule(id: number, name: string): void {
    this.#rules.set(id, name)
  }

  /** Takes what the store keeps of one that is not in the view. */
  keep(section: Section, id: number, key: string, body: string): void {
    if (section === 'rules') this.#rules.set(id, key)
    else {
      const { name, kind } = channelView(this.#view.id, { id, body, version: 0 }, NOWHERE)
      this.#channels.set(id, { name, kind, removed: true })
    }
  }
}

/** The names of what these rows speak of in `channel` and `rule`; `then`: names of rules as they were. */
export async function namesOf(
  store: Store,
  view: WorkspaceView,
  rows: readonly Row[],
  then: ReadonlyMap<number, string> = new Map(),
): Promise<Names> {
  const names = new Names(view)
  for (const [id, name] of then) names.callRule(id, name)
  for (const [section, column] of [
    ['channels', 'channel'],
    ['rules', 'rule'],
  ] as const) {
    const known = (id: number): boolean => (section === 'rules' ? names.rule(id) : names.channel(id)) !== undefined
    // Rule 0 is none.
    const unknown = [...new Set(rows.map((row) => Number(row[column] ?? 0)))].filter((id) => id !== 0 && !known(id))
    for (let at = 0; at < unknown.length; at += AT_ONCE) {
      const kept = db
        .selectFrom('entities')
        .select(['id', 'key', 'body'])
        .where('workspace', '=', view.id)
        .where('section', '=', section)
        .where('id', 'in', unknown.slice(at, at + AT_ONCE))
      for (const row of await store.read(kept.compile()))
        names.keep(section, Number(row['id']), row['key'] as string, row['body'] as string)
    }
  }
  return names
}

/** Every channel or rule that has, or had when it was removed, this name. Never empty, so that a list of ids may be made of it. */
export async function idsNamed(
  store: Store,
  view: WorkspaceView,
  section: 'channels' | 'rules',
  name: string,
): Promise<number[]> {
  const now = section === 'channels' ? view.channelByName(name)?.id : view.rowByKey('rules', name)?.id
  const removed = db
    .selectFrom('entities')
    .select('id')
    .where('workspace', '=', view.id)
    .where('section', '=', section)
    .where('removed', '=', 1)
    .where('key', '=', name)
  const ids = (await store.read(removed.compile())).map((row) => Number(row['id']))
  // The system notices are a rule without an entity. No entity has the number -1.
  const own = section === 'rules' && view.rule(SYSTEM_NOTICES)?.rule.name === name ? [SYSTEM_NOTICES] : []
  return [now ?? -1, ...own, ...ids]
}
