/*
 * Tells who wrote a template that it fails: the message itself has left in the words of the catalogue. Told once for each
 * version of a template in an hour, by an event of its own that is stored beside the delivery and never with it; and never
 * about the message that tells it.
 */
import type { WorkspaceView } from '../configuration/view.ts'
import { NotMjml, type Failure, type RenderedMessage } from '../render/message.ts'
import { mistakeOf, type Mistake } from '../render/mistakes.ts'
import type { Clock } from '../clock.ts'
import type { ClaimedRow, Store } from '../store/store.ts'
import type { RaisedAs } from './system-events.ts'

/** The event that tells of it. */
const TEMPLATE_FAILED = 'system.template.failed'

/** What the id of such an event begins with, for all of a version of a template; the hour follows. */
export const failureKey = (template: number, version: number): string => `${TEMPLATE_FAILED}:${template}:${version}:`

const HOUR_MS = 3_600_000
/** Told in this hour; beyond it the store alone knows, which keeps such events apart by their ids. */
const REMEMBERED = 10_000

interface Parts {
  readonly store: Pick<Store, 'read'>
  readonly clock: Clock
  readonly raise: (workspace: number, type: string, data: Record<string, unknown>, as: RaisedAs) => Promise<boolean>
}

/** Which failures have been told. */
export class TemplateFailures {
  readonly #parts: Parts
  #hour = 0
  readonly #told = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Tells what of a message failed, unless it has been told. Never rejects. */
  tell(row: ClaimedRow, view: WorkspaceView, { failures }: RenderedMessage): void {
    if (failures.length === 0 || row.event.type === TEMPLATE_FAILED) return
    const hour = Math.floor(this.#parts.clock.now() / HOUR_MS)
    if (hour !== this.#hour || this.#told.size >= REMEMBERED) this.#told.clear()
    this.#hour = hour
    for (const failure of failures) {
      const { id, version } = failure.words
      const key = `${view.id} ${id} ${version}`
      if (id === null || this.#told.has(key)) continue
      this.#told.add(key)
      void this.#raise(view, row, failure, id, hour)
        .catch(() => false)
        // The next message that fails tells it.
        .then((stored) => stored || this.#told.delete(key))
    }
  }

  /** False when it could not be stored. */
  async #raise(view: WorkspaceView, row: ClaimedRow, failure: Failure, id: number, hour: number): Promise<boolean> {
    const { part, words } = failure
    const { line, message } = firstMistake(failure)
    const author = await this.#author(view.id, id, words.version)
    const data = {
      ...{ template: words.template.name, part, type: row.event.type, reason: message[view.language], line },
      ...(author === undefined ? {} : { author }),
      templateId: String(id),
    }
    return this.#parts.raise(view.id, TEMPLATE_FAILED, data, {
      eventId: `${failureKey(id, words.version)}${String(hour).padStart(9, '0')}`,
      subject: words.template.name,
      // Only people are told; a key or a file has written others.
      ...(author !== undefined && view.people.has(author) ? { actor: { user: author } } : {}),
    })
  }

  /** Who has changed the template last, of the version that failed. */
  async #author(workspace: number, template: number, version: number): Promise<string | undefined> {
    const [row] = await this.#parts.store.read({
      sql: `select "by" from changes where workspace = ? and section = 'templates' and entity = ? and version <= ?
            order by version desc limit 1`,
      parameters: [workspace, template, version],
    })
    return row?.['by'] as string | undefined
  }
}

function firstMistake({ part, words, error }: Failure): Mistake {
  const [first] = error instanceof NotMjml ? error.mistakes : []
  return first ?? mistakeOf(part, words.template[part] ?? '', error)
}
