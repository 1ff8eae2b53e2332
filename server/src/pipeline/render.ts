/*
 * Render: the words of a delivery, by the templates as they were when its event was accepted.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Template } from '@nabat/api/configuration.ts'
import type { AttachedFile } from '../channels/channel.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { isId, idBytes } from '../ids.ts'
import { digestType } from '../render/digest.ts'
import { stormType } from '../render/storm.ts'
import { RenderedMessage } from '../render/message.ts'
import type { ClaimedRow, Store } from '../store/store.ts'

/** Past versions of templates kept in memory. */
const REMEMBERED = 1_000

export class Renderer {
  readonly #store: Store
  readonly #past = new Map<string, Template | null>()
  readonly #publicUrl: string | null

  /** `publicUrl`: where the console is found, for links; null when nobody said. */
  constructor(store: Store, publicUrl: string | null) {
    this.#store = store
    this.#publicUrl = publicUrl
  }

  /** Where everything that left in one message is found one by one; undefined when nobody said where the console is. */
  #listOf({ delivery }: ClaimedRow): string | undefined {
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
    const own = view.hasTemplates(words.name) ? await this.#ownWords(row, words, view) : []
    const silent = [row, ...folded].every(({ rule }) => view.rule(rule)?.rule.silent === true)
    const several = gathered.length > 1 ? gathered : []
    return new RenderedMessage(row, words, own, view, files, silent, several, this.#listOf(row))
  }

  async #ownWords(row: ClaimedRow, type: EventType, view: WorkspaceView): Promise<Template[]> {
    const channel = view.channels.get(row.channel)?.name ?? ''
    const language = view.people.get(row.recipient ?? '')?.language ?? view.language
    const own: Template[] = []
    for (const { id, version, template } of view.ownTemplates(type.name, channel, language)) {
      const pinned = version <= row.version ? template : await this.#at(row.workspace, id, row.version)
      if (pinned !== null) own.push(pinned)
    }
    return own
  }

  /** A template as it was at a version of the configuration; null when there was none yet. */
  async #at(workspace: number, id: number, version: number): Promise<Template | null> {
    const key = `${workspace} ${id} ${version}`
    const known = this.#past.get(key)
    if (known !== undefined) return known
    const [row] = await this.#store.read({
      sql: `select before from changes where workspace = ? and section = 'templates' and entity = ? and version > ?
            order by version limit 1`,
      parameters: [workspace, id, version],
    })
    const before = row?.['before'] as string | null | undefined
    const template = before === undefined || before === null ? null : (JSON.parse(before) as Template)
    if (this.#past.size >= REMEMBERED) this.#past.clear()
    this.#past.set(key, template)
    return template
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
