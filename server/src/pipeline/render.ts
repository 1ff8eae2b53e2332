/*
 * Render: the words of a delivery, by the templates as they were when its event was accepted.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { LetterLook, Template } from '@nabat/api/configuration.ts'
import type { AttachedFile, LetterStyle } from '../channels/channel.ts'
import { fitting } from '../configuration/own-templates.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { isId, idBytes } from '../ids.ts'
import { digestType } from '../render/digest.ts'
import { stormType } from '../render/storm.ts'
import { isLogo } from '../render/logo.ts'
import type { Compiled, MjmlCompiler } from '../render/mjml/compiler.ts'
import { isMjml } from '../render/mjml/protect.ts'
import { lookOf, RenderedMessage, type MessageParts, type OwnWords } from '../render/message.ts'
import type { ClaimedRow, Store } from '../store/store.ts'

/** Past states of the templates of workspaces kept in memory. */
const REMEMBERED = 1_000
/** Pictures of companies kept in memory, half a megabyte each at most. */
const LOGOS = 20
const NONE: ReadonlyMap<string, Compiled> = new Map()

export class Renderer {
  readonly #store: Store
  readonly #past = new Map<string, readonly OwnWords[]>()
  readonly #publicUrl: string | null
  readonly #mjml: Pick<MjmlCompiler, 'compile'>
  readonly #logos = new Map<string, AttachedFile>()

  /** `publicUrl`: where the console is found, for links; null when nobody said. */
  constructor(store: Store, publicUrl: string | null, mjml: Pick<MjmlCompiler, 'compile'>) {
    this.#store = store
    this.#publicUrl = publicUrl
    this.#mjml = mjml
  }

  /** Where everything that left in one message is found one by one; undefined when nobody said where the console is. */
  listOf({ delivery }: ClaimedRow): string | undefined {
    return this.#publicUrl === null ? undefined : `${this.#publicUrl}/deliveries?digest=${delivery}`
  }

  async render(
    row: ClaimedRow,
    type: EventType,
    view: WorkspaceView,
    files: readonly AttachedFile[],
    folded: readonly ClaimedRow[] = [],
  ): Promise<RenderedMessage> {
    const gathered = row.digest
      ? await this.#store.digestEvents(row.workspace, row.delivery)
      : [row, ...folded].map(({ event }) => event)
    // A digest that nobody joined is an ordinary message.
    const words = folded.length > 0 ? stormType : gathered.length > 1 ? digestType : type
    const own = await this.#ownWords(row, words, view)
    const silent = [row, ...folded].every(({ rule }) => view.rule(rule)?.rule.silent === true)
    const several = gathered.length > 1 ? gathered : []
    return this.message(
      {
        ...{ row, type: words, own, view, silent },
        ...{ attachments: files, gathered: several, list: this.listOf(row) },
      },
      view.channels.get(row.channel)?.kind.medium === 'letter',
    )
  }

  /** A message of templates that are known already. `asLetter`: it may be asked for its letter. */
  async message(parts: MessageParts, asLetter: boolean): Promise<RenderedMessage> {
    if (!asLetter) return new RenderedMessage(parts)
    const logo = await this.#logo(parts.view, parts.look ?? parts.view.settings.letter)
    const compiled = await this.#compile(parts.own)
    return new RenderedMessage({ ...parts, compiled, ...(logo === undefined ? {} : { logo }) })
  }

  /** How letters of a company look by its settings, for those that no event is behind. */
  async letterStyle(view: WorkspaceView): Promise<LetterStyle> {
    const look = view.settings.letter
    return lookOf(view, look, await this.#logo(view, look))
  }

  /** The letter that is an MJML document, as HTML. Mail does not wait long for it: it goes as a plain one. */
  async #compile(own: readonly OwnWords[]): Promise<ReadonlyMap<string, Compiled>> {
    const letter = own.find(({ template }) => template.letter !== undefined)?.template.letter
    if (letter === undefined || !isMjml(letter)) return NONE
    return new Map([[letter, await this.#mjml.compile(letter)]])
  }

  /** The company's picture, where it is a file of ours and still there; its bytes are read once. */
  async #logo(view: WorkspaceView, look: LetterLook | undefined): Promise<AttachedFile | undefined> {
    const id = look?.logo
    if (id === undefined || !isId(id)) return undefined
    const key = `${view.id} ${id}`
    const known = this.#logos.get(key)
    if (known !== undefined) return known
    const file = await this.file(view.id)(id)
    if (file === undefined || !isLogo(file)) return undefined
    const bytes = await file.read()
    const logo = { ...file, read: () => Promise.resolve(bytes) }
    if (this.#logos.size >= LOGOS) this.#logos.clear()
    this.#logos.set(key, logo)
    return logo
  }

  /** The templates that hold for a message: as they were when its event was accepted, whatever became of them since. */
  async #ownWords(row: ClaimedRow, type: EventType, view: WorkspaceView): Promise<readonly OwnWords[]> {
    const asNow = row.version >= view.templatesVersion
    if (asNow && !view.hasTemplates(type.name)) return []
    const templates = asNow ? view.templates : await this.#templatesAt(view, row.version)
    const channel = view.channels.get(row.channel)?.name ?? ''
    const language = view.people.get(row.recipient ?? '')?.language ?? view.language
    return fitting(templates, type.name, channel, language)
  }

  /** The templates of a workspace as they were at a version of its configuration: today's, with what changed since taken back. */
  async #templatesAt(view: WorkspaceView, version: number): Promise<readonly OwnWords[]> {
    const key = `${view.id} ${version} ${view.templatesVersion}`
    const known = this.#past.get(key)
    if (known !== undefined) return known
    const rows = await this.#store.read({
      sql: `select entity, before from changes where workspace = ? and section = 'templates' and version > ?
            order by version desc, n desc`,
      parameters: [view.id, version],
    })
    const templates = new Map(view.templates.map((words): [number, OwnWords] => [words.id, words]))
    for (const { entity, before } of rows) {
      const id = Number(entity)
      if (before === null) templates.delete(id)
      else templates.set(id, { id, version, template: JSON.parse(before as string) as Template })
    }
    const then = [...templates.values()]
    if (this.#past.size >= REMEMBERED) this.#past.clear()
    this.#past.set(key, then)
    return then
  }

  /** Finds an uploaded file by its id. */
  file(workspace: number): (id: string) => Promise<AttachedFile | undefined> {
    return async (id) => {
      if (!isId(id)) return undefined
      const [row] = await this.#store.read({
        sql: 'select name, media_type, size from files where workspace = ? and id = ?',
        parameters: [workspace, idBytes(id)],
      })
      if (row === undefined) return undefined
      return {
        name: row['name'] as string,
        mediaType: row['media_type'] as string,
        size: Number(row['size']),
        read: async () => Buffer.from((await this.#store.fileContent(workspace, id)) ?? []),
      }
    }
  }
}
