/*
 * What comes in place of a delivery, or after it: another way when this one failed or is shut, the next one when nobody
 * has read it, and for a closing the way by which the incident was told. The plans are pure (fallback.ts); here they are
 * given what the store knows of the event.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Clock } from '../clock.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { idBytes, type MakeId } from '../ids.ts'
import { addressKey } from '../store/address-key.ts'
import type { ClaimedRow, PlannedDelivery, Store } from '../store/store.ts'
import type { Fields } from './conditions.ts'
import {
  planClosing,
  planDetour,
  planFallback,
  planUnread,
  wayKey,
  waysAround,
  type Around,
  type DestinationKey,
} from './fallback.ts'

/** A delivery whose turn has come, with what is known about it. */
export interface Ready {
  readonly row: ClaimedRow
  readonly fields: Fields
  readonly type: EventType
  readonly view: WorkspaceView
}

interface Parts {
  readonly store: Store
  readonly world: { readonly clock: Clock }
  readonly makeId: MakeId
  readonly isDown: (channel: ChannelView) => boolean
}

export class Instead {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Another way for one that ended unsent. */
  async unsent({ row, fields, type, view }: Ready): Promise<PlannedDelivery | null> {
    return planFallback(row, fields, type, view, await this.#around(row))
  }

  /** A way that is open, for one whose channel is down. */
  async detour({ row, fields, type, view }: Ready): Promise<PlannedDelivery | null> {
    return planDetour(row, fields, type, view, await this.#around(row))
  }

  /** What follows one that was sent, and a closing that nobody here waits for. */
  async following({ row, fields, type, view }: Ready): Promise<PlannedDelivery | null> {
    const closes = row.step === 3 || row.step === 4
    if (closes ? row.incident === null : (view.rule(row.rule)?.unreadAfterMs ?? null) === null) return null
    // Nearly every message has one way only, and then there is nothing to ask the store.
    const own = `${row.channel} ${addressKey(row.address)}`
    if (waysAround(row, fields, type, view).every(({ way }) => wayKey(way) === own)) return null
    const around = await this.#around(row)
    if (!closes) return planUnread(row, fields, type, view, around)
    return planClosing(row, fields, type, view, around, await this.#told(row))
  }

  async #around(row: ClaimedRow): Promise<Around> {
    const { world, makeId, isDown } = this.#parts
    return { tried: await this.#tried(row), isDown, now: world.clock.now(), id: makeId() }
  }

  /** The destinations the event has deliveries to already. */
  #tried(row: ClaimedRow): Promise<ReadonlySet<DestinationKey>> {
    return this.#destinations(
      `select distinct t.channel, t.address from deliveries d
       join destinations t on t.workspace = d.workspace and t.id = d.destination
       where d.workspace = ? and d.event = ?`,
      [row.workspace, idBytes(row.event.id)],
    )
  }

  /** The destinations that know of the incident. */
  #told(row: ClaimedRow): Promise<ReadonlySet<DestinationKey>> {
    return this.#destinations(
      `select t.channel, t.address from told o join destinations t on t.workspace = o.workspace and t.id = o.destination
       where o.workspace = ? and o.incident = ?`,
      [row.workspace, row.incident?.key ?? ''],
    )
  }

  async #destinations(sql: string, parameters: readonly unknown[]): Promise<ReadonlySet<DestinationKey>> {
    const rows = await this.#parts.store.read({ sql, parameters })
    return new Set(rows.map((each) => `${each['channel'] as number} ${each['address'] as string}`))
  }
}
