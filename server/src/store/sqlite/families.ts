import type { DatabaseSync } from 'node:sqlite'
import { idBytes, idText } from '../../ids.ts'
import { familyOf, type Member } from '../family.ts'
import { STATES, type ClaimedRow, type DeliveryState } from '../store.ts'
import type { Row } from './queue-rows.ts'

interface Relative extends Member {
  readonly state: DeliveryState
  /** Its place in the queue, null when it has none that could be given up. */
  readonly waits: { readonly destination: number; readonly incident: string | null } | null
}

/** What other deliveries of its event mean for one. Runs inside the caller's transaction. */
export class Families {
  readonly #deliveries
  readonly #read
  readonly #incident
  readonly #remove
  readonly #end

  constructor(database: DatabaseSync) {
    this.#deliveries = database.prepare(
      `select d.id, d.instead_of, d.follows, d.state, q.destination, q.incident, q.claimed_at from deliveries d
       left join queue q on q.workspace = d.workspace and q.delivery = d.id where d.workspace = ? and d.event = ?`,
    )
    // Whether any of the deliveries that went before one was read.
    this.#read = database.prepare(
      `with recursive before (id) as (
         select ? union all
         select d.instead_of from deliveries d join before b on d.workspace = ? and d.id = b.id where d.instead_of is not null)
       select 1 from deliveries where workspace = ? and id in (select id from before) and read_at is not null limit 1`,
    )
    this.#incident = database.prepare('select state, opened_by from incidents where workspace = ? and key = ?')
    this.#remove = database.prepare('delete from queue where workspace = ? and delivery = ? returning suspect')
    this.#end = database.prepare(
      `update deliveries set state = ${STATES.indexOf('suppressed')}, reason = 'told_otherwise', ended_at = ?,
         note = case when ? = 1 then 'may_have_arrived' end where workspace = ? and id = ?`,
    )
  }

  /** Why a message is not needed any more, null when it is. */
  answered(claimed: Omit<ClaimedRow, 'incident' | 'followed' | 'answered'>): ClaimedRow['answered'] {
    const { workspace, delivery, insteadOf, event, follows, step, waitedFor } = claimed
    if (!follows) {
      if (insteadOf === null && waitedFor !== 'channel_down') return null
      const family = this.#of(workspace, delivery, event.id)
      return family.some(({ state }) => state === 'sent') ? 'told_otherwise' : null
    }
    if (step === 3 || step === 4) return null
    if (this.#read.get(idBytes(insteadOf!), workspace, workspace) !== undefined) return 'read'
    if (event.incident === null) return null
    const incident = this.#incident.get(workspace, event.incident)
    if (incident === undefined) return null
    const isLater = Buffer.compare(incident['opened_by'] as Uint8Array, idBytes(event.id)) > 0
    if (isLater || incident['state'] === 'ended') return 'incident_ended'
    return incident['state'] === 'acknowledged' ? 'acknowledged' : null
  }

  /** One way got through: the others wait no more. Answers with the places they gave up. */
  end(workspace: number, delivery: string, event: string, now: number): NonNullable<Relative['waits']>[] {
    return this.#of(workspace, delivery, event).flatMap(({ id, waits }) => {
      if (waits === null) return []
      const suspect = this.#remove.get(workspace, idBytes(id))?.['suspect'] as number
      this.#end.run(now, suspect, workspace, idBytes(id))
      return [waits]
    })
  }

  #of(workspace: number, delivery: string, event: string): Relative[] {
    return familyOf(this.#deliveries.all(workspace, idBytes(event)).map(relative), delivery)
  }
}

const relative = (row: Row): Relative => ({
  id: idText(row['id'] as Uint8Array),
  insteadOf: row['instead_of'] === null ? null : idText(row['instead_of'] as Uint8Array),
  follows: row['follows'] === 1,
  state: STATES[Number(row['state'])]!,
  waits:
    row['destination'] === null || row['claimed_at'] !== null
      ? null
      : { destination: Number(row['destination']), incident: row['incident'] as string | null },
})
