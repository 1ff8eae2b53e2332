import type { InboxEntry } from '../data/inbox.ts'
import type { ToastSettings } from '../data/toast-settings.ts'

/** Looked at when something has changed; more is not told one by one. */
export const LOOKED_AT = 50

/** What a toaster works with. */
export interface ToasterParts {
  /** The newest entry; undefined for an empty inbox. */
  readonly newest: () => Promise<InboxEntry | undefined>
  /** The newest unread entries, `LOOKED_AT` at most. */
  readonly unread: () => Promise<readonly InboxEntry[]>
  readonly settings: () => ToastSettings
  /** Toasts that stand in the corner together; what else comes in is counted. */
  readonly most: () => number
  /** Which of these fall to this window to tell. */
  readonly mine: (news: readonly string[]) => Promise<ReadonlySet<string>>
  readonly show: (entry: InboxEntry) => void
  /** Says how many there are beside those that are shown. */
  readonly showRest: (count: number) => void
  readonly hide: (entry: string) => void
}

const newsOf = ({ id, changedAt }: InboxEntry): string => `${id} ${changedAt}`

/** Decides what appears in the corner: what is urgent, came in since the page was opened, and is told by no other window. */
export class Toaster {
  readonly #parts: ToasterParts
  /** The latest change that is known, and what is known of that moment; undefined until it is asked for. */
  #since: { readonly at: string; readonly ids: ReadonlySet<string> } | undefined
  readonly #open = new Set<string>()
  #rest = 0
  #looking = false
  #again = false

  constructor(parts: ToasterParts) {
    this.#parts = parts
  }

  /** What is there already is no news. */
  async start(): Promise<void> {
    try {
      const newest = await this.#parts.newest()
      this.#since ??= { at: newest?.changedAt ?? '', ids: new Set(newest === undefined ? [] : [newest.id]) }
    } catch {
      // Asked for again when something changes.
    }
  }

  /** Something has changed in the inbox. */
  async look(): Promise<void> {
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#looking = true
    try {
      do {
        this.#again = false
        if (this.#since === undefined) await this.start()
        else await this.#once()
      } while (this.#again)
    } catch {
      // The line that tells of changes is broken as well; when it is back, everything is looked at.
    } finally {
      this.#looking = false
    }
  }

  /** A toast was closed, or has gone by itself. */
  closed(entry: string): void {
    this.#open.delete(entry)
  }

  /** The one that counts the others was closed. */
  closedRest(): void {
    this.#rest = 0
  }

  async #once(): Promise<void> {
    const { unread: ask, hide, settings, mine } = this.#parts
    const unread = await ask()
    const isUnread = new Set(unread.map(({ id }) => id))
    // Read elsewhere: it calls for nobody any more.
    if (unread.length < LOOKED_AT) for (const id of [...this.#open]) if (!isUnread.has(id)) hide(id)
    const fresh = this.#fresh(unread)
    const wanted = settings()
    const urgent = fresh.filter(({ severity }) => severity !== 'info' && wanted[severity])
    if (urgent.length === 0) return
    const told = await mine(urgent.map(newsOf))
    this.#tell(urgent.filter((entry) => told.has(newsOf(entry))))
  }

  #fresh(unread: readonly InboxEntry[]): readonly InboxEntry[] {
    const { at, ids } = this.#since!
    const fresh = unread.filter((entry) => entry.changedAt > at || (entry.changedAt === at && !ids.has(entry.id)))
    const [first] = fresh
    if (first !== undefined) {
      const ofThen = unread.filter(({ changedAt }) => changedAt === first.changedAt).map(({ id }) => id)
      this.#since = { at: first.changedAt, ids: new Set(first.changedAt === at ? [...ids, ...ofThen] : ofThen) }
    }
    return fresh
  }

  #tell(entries: readonly InboxEntry[]): void {
    const graveFirst = entries.toSorted((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'))
    let beside = 0
    for (const entry of graveFirst) {
      if (!this.#open.has(entry.id) && this.#open.size >= this.#parts.most()) {
        beside += 1
        continue
      }
      this.#open.add(entry.id)
      this.#parts.show(entry)
    }
    if (beside === 0) return
    this.#rest += beside
    this.#parts.showRest(this.#rest)
  }
}
