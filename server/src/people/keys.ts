import { createHash } from 'node:crypto'
import { KEY_PERMISSIONS, type Permission } from '@nabat/api/permissions.ts'
import type { Clock, Random } from '../clock.ts'
import type { KeyRow, StoredKey, Store } from '../store/store.ts'
import type { Caller } from './caller.ts'

export type Rights = KeyRow['rights']

type Known = StoredKey & { readonly lastUsedAt: number | null; readonly caller: Caller }

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest()

const GRANTED: Readonly<Record<Rights, ReadonlySet<Permission>>> = {
  send: new Set(KEY_PERMISSIONS.send),
  read: new Set(KEY_PERMISSIONS.read),
  all: new Set(KEY_PERMISSIONS.all),
}

/** Who calls with a key of these rights. */
const callerOf = ({ workspace, name, rights, perMinute }: Omit<KeyRow, 'id'>, operator: boolean): Caller => ({
  workspace,
  name,
  permissions: GRANTED[rights],
  perMinute,
  operator,
  account: null,
})

/** API keys. Only their hashes are stored: a key is shown once, when it is made. */
export class Keys {
  readonly #store: Store
  readonly #clock: Clock
  readonly #random: Random
  #byHash = new Map<string, Known>()
  readonly #fixed = new Map<string, Caller>()
  /** Keys that have called, by themselves: hashing one for every request is a twentieth of accepting an event. */
  readonly #seen = new Map<string, { readonly caller: Caller; readonly id: string | null }>()
  /** Ids of keys that have called since this was written down last, with the time of their last call. */
  #used = new Map<string, number>()
  /** Names of keys that are just being written. */
  readonly #making = new Set<string>()

  constructor(store: Store, clock: Clock, random: Random) {
    this.#store = store
    this.#clock = clock
    this.#random = random
  }

  async load(): Promise<void> {
    const rows = await this.#store.keys()
    this.#seen.clear()
    this.#byHash = new Map(
      rows.map((row) => [Buffer.from(row.hash).toString('hex'), { ...row, caller: callerOf(row, false) }]),
    )
  }

  /** A key that is not stored, such as that of the settings (NABAT_ADMIN_KEY); the operator's, with all rights. */
  addFixed(key: string, workspace: number, name: string): void {
    this.#fixed.set(hashOf(key).toString('hex'), callerOf({ workspace, name, rights: 'all', perMinute: null }, true))
  }

  caller(key: string): Caller | undefined {
    const seen = this.#seen.get(key) ?? this.#look(key)
    if (seen !== undefined && seen.id !== null) this.#used.set(seen.id, this.#clock.now())
    return seen?.caller
  }

  #look(key: string): { readonly caller: Caller; readonly id: string | null } | undefined {
    const hash = hashOf(key).toString('hex')
    const known = this.#byHash.get(hash)
    const caller = known?.caller ?? this.#fixed.get(hash)
    if (caller === undefined) return undefined
    const found = { caller, id: known?.id ?? null }
    // Only those that are known: what strangers try would fill the memory.
    this.#seen.set(key, found)
    return found
  }

  /** Writes down which keys have called; called now and then, so that a call costs no write. What is refused goes along the next time. */
  async noteUses(): Promise<void> {
    if (this.#used.size === 0) return
    const used = this.#used
    this.#used = new Map()
    const keys = [...this.#byHash.values()]
    const uses = keys.flatMap(({ workspace, id }) => (used.has(id) ? [{ workspace, id, at: used.get(id)! }] : []))
    try {
      await this.#store.noteKeyUses(uses)
      await this.load()
    } catch (error) {
      this.#used = new Map([...used, ...this.#used])
      throw error
    }
  }

  /**
   * Makes a key and returns it, for the only time; `taken` when the workspace has one by this name. The name is the default
   * source of its events, what its limit is counted under, and who made a change: it must mean one key. `by`: who makes it.
   */
  async make(
    workspace: number,
    name: string,
    rights: Rights,
    perMinute: number | null,
    by: string | null,
  ): Promise<{ id: string; key: string } | 'taken'> {
    const place = `${workspace} ${name}`
    if (this.#making.has(place) || this.list(workspace).some((key) => key.name === name)) return 'taken'
    this.#making.add(place)
    try {
      return await this.#make(workspace, name, rights, perMinute, by)
    } finally {
      this.#making.delete(place)
    }
  }

  async #make(
    workspace: number,
    name: string,
    rights: Rights,
    perMinute: number | null,
    by: string | null,
  ): Promise<{ id: string; key: string }> {
    const key = `nabat_${this.#random.bytes(24).toString('base64url')}`
    const id = this.#random.bytes(6).toString('hex')
    await this.#store.addKey({
      id,
      workspace,
      name,
      rights,
      perMinute,
      hash: hashOf(key),
      createdAt: this.#clock.now(),
      by,
    })
    await this.load()
    return { id, key }
  }

  async remove(workspace: number, id: string): Promise<boolean> {
    const removed = await this.#store.removeKey(workspace, id)
    if (removed) await this.load()
    return removed
  }

  /** The keys of a workspace; `lastUsedAt`: milliseconds since 1970, null for one that has not been used. */
  list(workspace: number): Omit<Known, 'workspace' | 'hash' | 'caller'>[] {
    return [...this.#byHash.values()]
      .filter((key) => key.workspace === workspace)
      .map(({ id, name, rights, perMinute, createdAt, by, lastUsedAt }) => {
        const used = Math.max(lastUsedAt ?? 0, this.#used.get(id) ?? 0)
        return { id, name, rights, perMinute, createdAt, by, lastUsedAt: used === 0 ? null : used }
      })
  }
}

/** Counts events per key in a bucket that refills steadily; answers with seconds to wait, 0 when there is room. */
export class KeyLimits {
  readonly #clock: Clock
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  take(caller: Caller, count: number): number {
    if (caller.perMinute === null) return 0
    const now = this.#clock.now()
    const key = `${caller.workspace} ${caller.name}`
    const bucket = this.#buckets.get(key) ?? { left: caller.perMinute, at: now }
    const left = Math.min(caller.perMinute, bucket.left + ((now - bucket.at) * caller.perMinute) / 60_000)
    const wanted = Math.min(count, caller.perMinute)
    this.#buckets.set(key, { left: left >= wanted ? left - wanted : left, at: now })
    return left >= wanted ? 0 : Math.ceil(((wanted - left) * 60) / caller.perMinute)
  }
}
