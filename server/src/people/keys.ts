import { createHash } from 'node:crypto'
import { KEY_PERMISSIONS, type Permission } from '@nabat/api/permissions.ts'
import type { Clock, Random } from '../clock.ts'
import type { KeyRow, Store } from '../store/store.ts'
import type { Caller } from './caller.ts'

export type Rights = KeyRow['rights']

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
  #byHash = new Map<string, KeyRow & { readonly createdAt: number; readonly caller: Caller }>()
  readonly #fixed = new Map<string, Caller>()
  /** Keys that have called, by themselves: hashing one for every request is a twentieth of accepting an event. */
  readonly #seen = new Map<string, Caller>()
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
    const seen = this.#seen.get(key)
    if (seen !== undefined) return seen
    const hash = hashOf(key).toString('hex')
    const caller = this.#byHash.get(hash)?.caller ?? this.#fixed.get(hash)
    // Only those that are known: what strangers try would fill the memory.
    if (caller !== undefined) this.#seen.set(key, caller)
    return caller
  }

  /**
   * Makes a key and returns it, for the only time; `taken` when the workspace has one by this name. The name is the default
   * source of its events, what its limit is counted under, and who made a change: it must mean one key.
   */
  async make(
    workspace: number,
    name: string,
    rights: Rights,
    perMinute: number | null,
  ): Promise<{ id: string; key: string } | 'taken'> {
    const place = `${workspace} ${name}`
    if (this.#making.has(place) || this.list(workspace).some((key) => key.name === name)) return 'taken'
    this.#making.add(place)
    try {
      return await this.#make(workspace, name, rights, perMinute)
    } finally {
      this.#making.delete(place)
    }
  }

  async #make(
    workspace: number,
    name: string,
    rights: Rights,
    perMinute: number | null,
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
    })
    await this.load()
    return { id, key }
  }

  async remove(workspace: number, id: string): Promise<boolean> {
    const removed = await this.#store.removeKey(workspace, id)
    if (removed) await this.load()
    return removed
  }

  list(workspace: number): (Omit<KeyRow, 'workspace'> & { createdAt: number })[] {
    return [...this.#byHash.values()]
      .filter((key) => key.workspace === workspace)
      .map(({ id, name, rights, perMinute, createdAt }) => ({ id, name, rights, perMinute, createdAt }))
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
