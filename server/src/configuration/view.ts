import type { EventType, Templates } from '@nabat/api/catalog/event-type.ts'
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { Group, OwnType, Section, Silence, Template, User, Workspace } from '@nabat/api/configuration.ts'
import { spanMs, type Rule } from '@nabat/api/rule.ts'
import type { Language, Problem } from '@nabat/api/text.ts'
import type { Static } from 'typebox'
import { CHANNELS, type ChannelKinds } from '../channels/registry.ts'
import { compileRule, namesOpening, RuleIndex, type CompiledRule } from '../pipeline/rules.ts'
import { compileSilence, type CompiledSilence } from '../pipeline/silence.ts'
import { validator, type Validate } from '../schema-problems.ts'
import type { ConfigurationChanges, EntityRow, WorkspaceState } from '../store/store.ts'
import { closedBy, OPEN, type Closed } from './closed.ts'
import { channelView, type ChannelView } from './channel-view.ts'
import type { Sources } from './references.ts'
import { ownType } from './own-type.ts'
import { fitting, type OwnTemplate } from './own-templates.ts'
import { SYSTEM_NOTICES, systemNotices } from './system-notices.ts'

export type WorkspaceSettings = Omit<Static<typeof Workspace>, 'name'>

/** Rules the console made stand behind those of the file. */
const LAST = 1_000_000
/** The zone of a workspace that names none. */
export const TIME_ZONE = 'Europe/Moscow'
const LANGUAGE: Language = 'ru'
const FOLD_AFTER = '1m'

/**
 * The configuration of one workspace in memory, compiled: what routing, holding and rendering look at. It is brought up
 * to date by the rows that changed since its version, so a save costs what was saved and not what is stored.
 */
export class WorkspaceView {
  readonly id: number
  name = ''
  version = 0
  settings: WorkspaceSettings = {}
  file: string | null = null
  /** Whether it is blocked or removed. */
  state: WorkspaceState = OPEN
  /** Raw bodies by section and id; the source of everything below. */
  readonly entities = new Map<Section, Map<number, EntityRow>>()
  readonly people = new Map<string, User>()
  readonly groups = new Map<string, Group>()
  readonly channels = new Map<number, ChannelView>()
  /** The ways out there are. */
  readonly kinds: ChannelKinds
  readonly #keys = new Map<Section, Map<string, number>>()
  readonly #channelIds = new Map<string, number>()
  readonly #roles = new Map<string, Set<string>>()
  readonly #members = new Map<string, Set<string>>()
  readonly #ownTypes = new Map<string, EventType>()
  readonly #validators = new Map<string, Validate>()
  readonly #disabled = new Map<string, string>()
  readonly #openings = new Map<string, boolean>()
  /** Cards of people who have a device. */
  readonly #holders = new Set<number>()
  /** Own words for types, in the order in which they were made. */
  templates: readonly OwnTemplate[] = []
  /** Since this version of the configuration at the latest the templates are as they are. */
  templatesVersion = 0
  #silences: readonly CompiledSilence[] = []
  #rules = new Map<number, CompiledRule>()
  #index = new RuleIndex([])
  /** Places of the rules of the file, by their names. */
  #order: ReadonlyMap<string, number> = new Map()
  /** The settings the rule of system notices was made of. */
  #notices: string | null = null

  /** `kinds`: the ways out there are; a simulation hands in ones that lead nowhere. */
  constructor(id: number, kinds: ChannelKinds = CHANNELS) {
    this.id = id
    this.kinds = kinds
    for (const [number, kind] of BUILT_IN)
      this.#addChannel(
        channelView(id, { id: number, body: JSON.stringify({ name: kind, kind }), version: 0 }, NOTHING, kinds),
      )
  }

  /** Why it accepts and delivers nothing, null for one that does. */
  get closed(): Closed | null {
    return closedBy(this.state)
  }
  get timeZone(): string {
    return this.settings.timeZone ?? TIME_ZONE
  }
  /** Milliseconds after which what waits for a destination is folded into one message; null: never. */
  get foldAfterMs(): number | null {
    const { foldAfter = FOLD_AFTER } = this.settings
    return foldAfter === 'never' ? null : spanMs(foldAfter)
  }
  get language(): Language {
    return this.settings.language ?? LANGUAGE
  }

  /** Takes over what has changed; `sources` fills in the references of channels. */
  update(changes: ConfigurationChanges, sources: Sources): void {
    this.name = changes.workspace.name
    this.settings = JSON.parse(changes.workspace.settings) as WorkspaceSettings
    const { blocked, removedAt } = changes.workspace
    this.state = { blocked, removedAt }
    const touched = new Set<Section>()
    let compile = this.#notices !== changes.workspace.settings
    this.#notices = changes.workspace.settings
    // The order of the file is the order of its rules.
    if (this.file !== changes.workspace.file) touched.add('rules')
    this.file = changes.workspace.file
    for (const row of changes.entities) {
      touched.add(row.section)
      const before = this.entities.get(row.section)?.get(row.id)
      this.#put(row, before)
      if (row.section === 'users') this.#person(row, before?.key ?? row.key)
      if (row.section === 'channels') this.#channel(row, sources)
    }
    for (const row of changes.destinations) {
      const key = destinationKey(row.channel, row.address)
      if (row.disabled === null) this.#disabled.delete(key)
      else this.#disabled.set(key, row.disabled.reason)
    }
    for (const { card, holds } of changes.holders)
      if (holds) this.#holders.add(card)
      else this.#holders.delete(card)
    if (touched.has('types')) this.#types()
    if (touched.has('groups')) this.#groups()
    if (touched.has('templates'))
      this.templates = this.rows('templates').map((row) => ({
        id: row.id,
        version: row.version,
        template: JSON.parse(row.body) as Template,
      }))
    // What was removed before this process began is not among the rows.
    if (touched.has('templates') || this.version === 0) this.templatesVersion = changes.workspace.version
    if (touched.has('silences'))
      this.#silences = this.rows('silences').map((row) => compileSilence(JSON.parse(row.body) as Silence))
    compile ||= touched.has('rules') || touched.has('types') || touched.has('channels')
    if (compile) this.#compileRules(changes.entities)
    this.version = changes.workspace.version
  }

  /** Stored entities of a section, in the order in which they were made. */
  rows(section: Section): EntityRow[] {
    return [...(this.entities.get(section)?.values() ?? [])].sort((a, b) => a.id - b.id)
  }

  /** The entity a path of the API names: by id, or by its name or login. */
  row(section: Section, idOrKey: string): EntityRow | undefined {
    const byId = /^\d+$/.test(idOrKey) ? this.entities.get(section)?.get(Number(idOrKey)) : undefined
    return byId ?? this.rowByKey(section, idOrKey)
  }

  rowByKey(section: Section, key: string): EntityRow | undefined {
    const id = this.#keys.get(section)?.get(key)
    return id === undefined ? undefined : this.entities.get(section)?.get(id)
  }

  #put(row: EntityRow, before: EntityRow | undefined): void {
    let rows = this.entities.get(row.section)
    let keys = this.#keys.get(row.section)
    if (rows === undefined) this.entities.set(row.section, (rows = new Map<number, EntityRow>()))
    if (keys === undefined) this.#keys.set(row.section, (keys = new Map<string, number>()))
    if (before !== undefined && keys.get(before.key) === row.id) keys.delete(before.key)
    if (row.removed) rows.delete(row.id)
    else {
      rows.set(row.id, row)
      keys.set(row.key, row.id)
    }
  }

  #person(row: EntityRow, loginBefore: string): void {
    for (const role of this.people.get(loginBefore)?.roles ?? []) this.#roles.get(role)?.delete(loginBefore)
    this.people.delete(loginBefore)
    if (row.removed) return
    const person = JSON.parse(row.body) as User
    this.people.set(row.key, person)
    for (const role of person.roles ?? []) {
      let logins = this.#roles.get(role)
      if (logins === undefined) this.#roles.set(role, (logins = new Set()))
      logins.add(row.key)
    }
  }

  #channel(row: EntityRow, sources: Sources): void {
    const before = this.channels.get(row.id)
    if (before !== undefined) this.#channelIds.delete(before.name)
    this.channels.delete(row.id)
    if (row.removed) return
    this.#addChannel(channelView(this.id, row, sources, this.kinds))
  }

  #addChannel(channel: ChannelView): void {
    this.channels.set(channel.id, channel)
    this.#channelIds.set(channel.name, channel.id)
  }

  #types(): void {
    this.#ownTypes.clear()
    this.#validators.clear()
    for (const row of this.rows('types')) {
      const type = ownType(JSON.parse(row.body) as OwnType)
      this.#ownTypes.set(type.name, type)
    }
  }

  /** Members of a group are members of every group above it. */
  #groups(): void {
    this.groups.clear()
    this.#members.clear()
    for (const row of this.rows('groups')) this.groups.set(row.key, JSON.parse(row.body) as Group)
    for (const group of this.groups.values()) {
      const seen = new Set<string>()
      for (
        let at: Group | undefined = group;
        at !== undefined && !seen.has(at.name);
        at = this.groups.get(at.parent ?? '')
      ) {
        seen.add(at.name)
        let members = this.#members.get(at.name)
        if (members === undefined) this.#members.set(at.name, (members = new Set()))
        for (const login of group.users ?? []) members.add(login)
      }
    }
  }

  #compileRules(changed: readonly EntityRow[]): void {
    this.#openings.clear()
    for (const row of changed) {
      if (row.section !== 'rules') continue
      if (row.removed) {
        this.#rules.delete(row.id)
        continue
      }
      const rule = JSON.parse(row.body) as Rule
      this.#rules.set(row.id, compileRule(row.id, rule))
    }
    const notices = systemNotices(this.settings, this.channels.values())
    this.#rules.set(SYSTEM_NOTICES, compileRule(SYSTEM_NOTICES, notices))
    const file = (JSON.parse(this.file ?? '{}') as { rules?: string[] }).rules ?? []
    this.#order = new Map(file.map((name, index) => [name, index]))
    this.#index = new RuleIndex([...this.#rules.values()], (rule) => this.#placeOf(rule))
  }

  #placeOf({ rule, id }: CompiledRule): number {
    return id === SYSTEM_NOTICES ? Infinity : (rule.position ?? this.#order.get(rule.name) ?? LAST + id)
  }
  /** Where a rule stands among the others: the smaller first, of two at one place the older. */
  placeOfRule(id: number): number | undefined {
    const rule = this.#rules.get(id)
    return rule === undefined ? undefined : this.#placeOf(rule)
  }

  /** An event type of the catalogue or of the workspace's own. */
  type(name: string): EventType | undefined {
    return typeByName.get(name) ?? this.#ownTypes.get(name)
  }
  *types(): Iterable<EventType> {
    yield* typeByName.values()
    yield* this.#ownTypes.values()
  }
  /** Checks `data` of a type. */
  dataProblems(type: EventType, data: unknown, path: string): Problem[] {
    let validate = this.#validators.get(type.name)
    if (validate === undefined) this.#validators.set(type.name, (validate = validator(type.data)))
    return validate(data, path)
  }
  rulesNaming(type: string): readonly CompiledRule[] {
    return this.#index.naming(type)
  }
  rule(id: number): CompiledRule | undefined {
    return this.#rules.get(id)
  }
  /** Whether closings through this rule wait for an opening through it (see `namesOpening`). */
  tellsOpening(rule: CompiledRule, closing: EventType): boolean {
    const key = `${rule.id} ${closing.name}`
    let answer = this.#openings.get(key)
    if (answer === undefined) this.#openings.set(key, (answer = namesOpening(rule, closing, this.types())))
    return answer
  }
  withRole(role: string): Iterable<string> {
    return this.#roles.get(role) ?? []
  }
  membersOf(group: string): Iterable<string> {
    return this.#members.get(group) ?? []
  }
  channelByName(name: string): ChannelView | undefined {
    return this.channels.get(this.#channelIds.get(name) ?? -1)
  }
  /** Why a destination is disabled, undefined when it is not. */
  disabledBecause(channel: number, addressKey: string): string | undefined {
    const disabled = this.#disabled.get(destinationKey(channel, addressKey))
    if (disabled !== undefined || this.channels.get(channel)?.kind.kind !== 'push') return disabled
    const { user } = JSON.parse(addressKey) as { user?: string }
    return this.hasDevice(user ?? '') ? undefined : 'no_device'
  }
  /** Whether somebody has a browser that takes push messages. */
  hasDevice(login: string): boolean {
    return this.#holders.has(this.rowByKey('users', login)?.id ?? NOBODY)
  }
  get silences(): readonly CompiledSilence[] {
    return this.#silences
  }
  /** Whether the workspace has words of its own for a type at all. */
  hasTemplates(type: string): boolean {
    return this.templates.some(({ template }) => template.type === type)
  }
  /** Own words for a type, the most particular first: this channel before every channel, this language before any. */
  ownTemplates(type: string, channel: string, language: Language): readonly OwnTemplate[] {
    return fitting(this.templates, type, channel, language)
  }
  defaultTemplates(type: EventType, language: Language): Templates {
    return type.templates[language]
  }
}

/** Every workspace has an inbox, and pushes to browsers, without anybody having to set that up; no entity has these numbers. */
const BUILT_IN = [
  [0, 'inbox'],
  [-2, 'push'],
] as const
const NOTHING: Sources = { env: {}, secret: () => undefined }
const NOBODY = -1

const destinationKey = (channel: number, address: string): string => `${channel} ${address}`
