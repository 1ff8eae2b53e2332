import { CHANNELS, type ChannelKinds } from '../channels/registry.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { Sources } from './references.ts'
import type { SecretBox } from './secret-box.ts'
import { WorkspaceView } from './view.ts'

/** The workspaces of this installation, each with its configuration in memory. */
export class Workspaces {
  readonly #store: Store
  readonly #box: SecretBox
  readonly #env: Sources['env']
  readonly #log: Log
  readonly #views = new Map<number, WorkspaceView>()
  readonly #refreshing = new Map<number, Promise<void>>()
  readonly #listeners = new Set<(id: number) => void>()

  readonly #kinds: ChannelKinds

  constructor(store: Store, box: SecretBox, env: Sources['env'], log: Log, kinds: ChannelKinds = CHANNELS) {
    this.#kinds = kinds
    this.#store = store
    this.#box = box
    this.#env = env
    this.#log = log
  }

  /** Takes up what there is: new workspaces are seen, deleted ones are forgotten, the others brought up to date. */
  async load(): Promise<void> {
    const rows = await this.#store.workspaces()
    for (const id of this.#views.keys()) if (!rows.some((row) => row.id === id)) this.#views.delete(id)
    for (const row of rows) {
      if (!this.#views.has(row.id)) this.#views.set(row.id, new WorkspaceView(row.id, this.#kinds))
      await this.refresh(row.id)
    }
  }

  get(id: number): WorkspaceView | undefined {
    return this.#views.get(id)
  }
  byName(name: string): WorkspaceView | undefined {
    return [...this.#views.values()].find((view) => view.name === name)
  }
  all(): Iterable<WorkspaceView> {
    return this.#views.values()
  }

  /** Calls back whenever the configuration of a workspace has another version; the returned function ends that. */
  onChange(call: (id: number) => void): () => void {
    this.#listeners.add(call)
    return () => this.#listeners.delete(call)
  }

  /** Brings a view up to what is stored; calls that come together share one look. */
  refresh(id: number): Promise<void> {
    const running = this.#refreshing.get(id)
    if (running !== undefined) return running
    const refresh = this.#refresh(id).finally(() => this.#refreshing.delete(id))
    this.#refreshing.set(id, refresh)
    return refresh
  }

  async #refresh(id: number): Promise<void> {
    const view = this.#views.get(id)
    if (view === undefined) return
    const changes = await this.#store.configurationSince(id, view.version)
    const before = view.version
    view.update(changes, await this.sources(id))
    if (view.version !== before) for (const call of this.#listeners) call(id)
  }

  /** Where the references of a workspace lead. */
  async sources(id: number, more: ReadonlyMap<string, string> = new Map()): Promise<Sources> {
    const sealed = new Map((await this.#store.secrets(id)).map((secret) => [secret.name, secret.sealed]))
    return {
      env: this.#env,
      secret: (name) => {
        const fresh = more.get(name)
        if (fresh !== undefined) return fresh
        const found = sealed.get(name)
        if (found === undefined) return undefined
        try {
          return this.#box.open(found)
        } catch {
          this.#log.error({ workspace: id, name }, 'a stored secret cannot be opened with this secret key')
          return undefined
        }
      },
    }
  }

  seal(text: string): Uint8Array {
    return this.#box.seal(text)
  }
}
