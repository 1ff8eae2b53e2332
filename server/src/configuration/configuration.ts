import { SECTION_NAMES, type Section } from '@nabat/api/configuration.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import type { Clock } from '../clock.ts'
import type { Store, Woken } from '../store/store.ts'
import type { CheckWorld } from './check.ts'
import { lookAgain } from './look-again.ts'
import { withIds, type Lookup } from './public-names.ts'
import { fileEdits, fileSettings, planEdits, sameJson, type Edit, type FileNames, type Plan } from './plan.ts'
import { toldChanges, type ToldChange } from './told-changes.ts'
import { TIME_ZONE, type WorkspaceSettings, type WorkspaceView } from './view.ts'
import type { Workspaces } from './workspaces.ts'
import { parseYaml, writeYaml } from './yaml.ts'

export interface ConfigurationParts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly clock: Clock
  readonly allowPrivateAddresses: boolean
  readonly lookup: Lookup
  /** What a save makes due. */
  readonly wake: (woken: readonly Woken[]) => void
  /** Raises events about what somebody saved; never rejects. */
  readonly tell?: (workspace: number, changes: readonly ToldChange[], by: string) => Promise<unknown>
}

/** How a save came to be. */
interface SaveOptions {
  /**
   * Nabat saves by itself what delivering a message taught it. Nobody is told of that: the message about it could be the
   * next to teach it something.
   */
  readonly automatic?: boolean
}

/** What an apply or a save did. Names are `section/key`. */
export interface Applied {
  readonly version: number
  readonly created: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** Ids of what was written, in the order of the edits that changed something. */
  readonly ids: readonly number[]
  /** The first change this left, `<version>.<n>`: what it can be undone by. Null when nothing is another than before. */
  readonly change: string | null
}

export type ApplyResult = Applied | { readonly problems: readonly Problem[] }

/** What was to be changed is not as it was when somebody looked at it. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile'
  readonly section: Section
  readonly id: number

  constructor({ section, id }: Edit) {
    super('changed meanwhile')
    this.section = section
    this.id = id!
  }
}

/** Changes to the configuration, from whichever door they come: checked whole, written in one transaction. */
export class Configuration {
  readonly #parts: ConfigurationParts

  constructor(parts: ConfigurationParts) {
    this.#parts = parts
  }

  /** Makes the workspace what a YAML file says; `dryRun` only tells what would happen. */
  async apply(view: WorkspaceView, text: string, by: string, dryRun = false): Promise<ApplyResult> {
    const parsed = parseYaml(text)
    if (parsed.problems.length > 0) return { problems: parsed.problems }
    const file = parsed.value as Readonly<Record<string, unknown>> | null
    // An empty file is one that was cut off: taken at its word it would remove everything.
    if (typeof file !== 'object' || file === null || Array.isArray(file))
      return {
        problems: [
          problem(
            '',
            'Файл — это разделы: workspace, users, channels, rules…',
            'The file is made of sections: workspace, users, channels, rules…',
          ),
        ],
      }
    const lined = (problems: readonly Problem[]): Problem[] =>
      problems.map((each) => {
        const line = parsed.lineOf(each.path)
        return line === undefined ? each : { ...each, line }
      })
    const result = await this.#write(view, by, null, { dryRun }, () => {
      const { edits, problems, names } = fileEdits(file, view)
      const foreign = (file['workspace'] as { name?: string } | undefined)?.name
      if (foreign !== undefined && foreign !== view.name)
        problems.push(
          problem(
            '/workspace/name',
            `Это кабинет «${view.name}», а файл описывает «${foreign}»`,
            `This is the workspace "${view.name}", the file describes "${foreign}"`,
          ),
        )
      return { edits, problems, settings: problems.length > 0 ? null : fileSettings(file), names }
    })
    return 'problems' in result ? { problems: lined(result.problems) } : result
  }

  /**
   * Saves or removes entities one by one, as the API and the console do. Throws ChangedMeanwhile where an edit was made for
   * another version.
   */
  async save(
    view: WorkspaceView,
    wanted: readonly Edit[],
    by: string,
    comment: string | null = null,
    options: SaveOptions = {},
  ): Promise<ApplyResult> {
    const { edits, problems } = await withIds(wanted, view, this.#parts.lookup)
    if (problems.length > 0) return { problems }
    return this.#write(view, by, comment, options, () => ({ edits, problems: [], settings: null, names: null }))
  }

  /** What a save would make of these edits, or what it would say is wrong; nothing is written. */
  async check(
    view: WorkspaceView,
    wanted: readonly Edit[],
  ): Promise<{ readonly edits: readonly Edit[] } | { readonly problems: readonly Problem[] }> {
    const { workspaces, lookup } = this.#parts
    const { edits, problems } = await withIds(wanted, view, lookup)
    if (problems.length > 0) return { problems }
    await workspaces.refresh(view.id)
    const plan = planEdits(edits, view, await this.#world(view, view.settings))
    return plan.problems.length > 0 ? { problems: plan.problems } : { edits }
  }

  /** What edits are checked against, with the settings as they will be. */
  async #world(view: WorkspaceView, { timeZone = TIME_ZONE }: WorkspaceSettings): Promise<CheckWorld> {
    const { workspaces, clock, allowPrivateAddresses } = this.#parts
    return { allowPrivateAddresses, sources: await workspaces.sources(view.id), now: clock.now(), timeZone }
  }

  /** Changes the workspace's own settings. */
  saveSettings(
    view: WorkspaceView,
    settings: WorkspaceSettings,
    by: string,
    comment: string | null = null,
  ): Promise<ApplyResult> {
    return this.#write(view, by, comment, {}, () => ({ edits: [], problems: [], settings, names: null }))
  }

  async #write(
    view: WorkspaceView,
    by: string,
    comment: string | null,
    { dryRun = false, automatic = false }: SaveOptions & { readonly dryRun?: boolean },
    wanted: () => {
      edits: readonly Edit[]
      problems: readonly Problem[]
      settings: WorkspaceSettings | null
      names: FileNames | null
    },
  ): Promise<ApplyResult> {
    const { store, workspaces, clock } = this.#parts
    for (;;) {
      await workspaces.refresh(view.id)
      const { edits, problems, settings, names } = wanted()
      for (const edit of edits) if (isOutdated(edit, view)) throw new ChangedMeanwhile(edit)
      const world = await this.#world(view, settings ?? view.settings)
      const plan = planEdits(edits, view, world)
      if (problems.length + plan.problems.length > 0) return { problems: [...problems, ...plan.problems] }
      const body = settings === null || sameJson(settings, view.settings) ? null : JSON.stringify(settings)
      const file = names === null || JSON.stringify(names) === view.file ? null : JSON.stringify(names)
      if (dryRun || (plan.writes.length === 0 && body === null && file === null))
        return report(plan, view.version, [], body !== null, null)
      // What a new workspace begins with is no change.
      const isFirst = names !== null && view.version === 0
      const told =
        isFirst || automatic
          ? []
          : toldChanges(
              {
                writes: plan.writes,
                settings: body === null ? null : settings,
                newSecrets: newSecrets(plan, world),
                version: view.version + 1,
              },
              view,
            )
      const n = body === null ? firstChange(plan, view) : 0
      const result = await store.writeConfiguration({
        workspace: view.id,
        expect: view.version,
        at: clock.now(),
        by,
        comment,
        entities: plan.writes,
        settings: body,
        secrets: [...plan.secrets].map(([name, value]) => ({ name, sealed: workspaces.seal(value) })),
        file,
        lookAgain: lookAgain(plan.writes, settings, view),
      })
      if (result === 'conflict') continue
      await workspaces.refresh(view.id)
      this.#parts.wake(result.woken)
      if (told.length > 0) await this.#parts.tell?.(view.id, told, by)
      return report(plan, result.version, result.ids, body !== null, n === null ? null : `${result.version}.${n}`)
    }
  }

  /** The configuration as YAML: references as they were given, stored secrets as ${secret:name}. */
  export(view: WorkspaceView): string {
    return writeYaml(exported(view))
  }
}

const newSecrets = ({ secrets }: Plan, { sources }: CheckWorld): Set<string> =>
  new Set([...secrets].flatMap(([name, value]) => (sources.secret(name) === value ? [] : [name])))

const isOutdated = ({ section, id, ifVersion }: Edit, view: WorkspaceView): boolean =>
  ifVersion !== undefined && id !== null && view.entities.get(section)?.get(id)?.version !== ifVersion

/** The number of the first change row that the writes of a plan leave; null when none of them does. */
function firstChange({ writes }: Plan, view: WorkspaceView): number | null {
  const at = writes.findIndex(({ section, id, body }) => {
    const before = id === null ? undefined : view.entities.get(section)?.get(id)?.body
    return (before ?? null) !== body
  })
  return at < 0 ? null : at + 1
}

function report(
  plan: Plan,
  version: number,
  ids: readonly number[],
  settingsChanged: boolean,
  change: string | null,
): Applied {
  const { created, removed } = plan
  const changed = settingsChanged ? ['workspace', ...plan.changed] : plan.changed
  return { version, created, changed, removed, ids, change }
}

/** The whole configuration as the file has it; sections keep the file's order, what the console made follows. */
export function exported(view: WorkspaceView): Record<string, unknown> {
  const file = JSON.parse(view.file ?? '{}') as FileNames
  const sections = SECTION_NAMES.map((section): [Section, unknown[]] => {
    const order = new Map((file[section] ?? []).map((key, index) => [key, index]))
    const rows = view
      .rows(section)
      .sort((a, b) => (order.get(a.key) ?? Infinity) - (order.get(b.key) ?? Infinity) || a.id - b.id)
    return [section, rows.map((row) => JSON.parse(row.body) as unknown)]
  })
  const given = sections.filter(([section, list]) => list.length > 0 || file[section] !== undefined)
  const silent = view.file !== null && file.workspace !== true && Object.keys(view.settings).length === 0
  return { ...(silent ? {} : { workspace: { name: view.name, ...view.settings } }), ...Object.fromEntries(given) }
}
