/* What the store says in the end, read once for all checks. */
import type { Workspaces } from '../../src/configuration/workspaces.ts'
import { idText, idTime } from '../../src/ids.ts'
import type { Address } from '../../src/pipeline/outcome.ts'
import type { Attempt } from './network.ts'
import { entryOf, FIRST_COMPANY, type Company } from './company.ts'
import type { World } from './world.ts'

export interface StoredDelivery {
  readonly id: string
  /** Id of its event, and the one its poster gave that. */
  readonly event: string
  readonly eventId: string
  readonly type: string
  readonly severity: number
  readonly incident: string | null
  readonly rule: number
  readonly recipient: string | null
  readonly channel: number | null
  readonly destination: number | null
  /** Where its messages really go. */
  readonly place: string
  readonly state: number
  readonly reason: string | null
  readonly note: string | null
  readonly attempts: string
  readonly insteadOf: string | null
  readonly digest: string | null
  /** It comes after one that was sent, in case that went unread; a closing follows at once. */
  readonly follows: boolean
  readonly createdAt: number
  readonly endedAt: number | null
}

/** A life in hindsight. */
export interface Record {
  readonly world: World
  readonly deliveries: readonly StoredDelivery[]
  readonly byId: ReadonlyMap<string, StoredDelivery>
  /** Whether somebody tried it again by hand, or one in whose place it stands. */
  readonly isByHand: (delivery: StoredDelivery) => boolean
  /** Calls that carried a delivery, in their order. */
  readonly attemptsOf: (delivery: string) => readonly Attempt[]
  /** Configurations in force at some moment of a span: more than one when somebody saved in it. */
  readonly companiesIn: (from: number, until: number) => readonly Company[]
  /** The configuration of a version. */
  readonly companyAt: (version: number) => Company
  /** Name of a channel by its number, of removed ones too. */
  readonly channelName: (id: number | null) => string
  /** The rule of a delivery as it was in the beginning; its options never change. */
  readonly ruleOf: (delivery: StoredDelivery) => Company['rules'][number] | undefined
  /** Whether processes served and the store took writes all through a span, and somewhat before it. */
  readonly wasWell: (from: number, until: number) => boolean
}

/** As the store numbers the states of deliveries. */
const SENT = 1

const text = (bytes: unknown): string | null => (bytes === null ? null : idText(bytes as Uint8Array))

/** Trouble of the process or the store is felt so much longer: retries, reopened connections. */
const FELT_MS = 2 * 60_000

/** Reads everything. */
export async function recordOf(world: World, workspaces: Workspaces): Promise<Record> {
  const entities = await world.store.read({ sql: 'select section, id, key from entities', parameters: [] })
  const names = new Map(entities.map((row) => [`${String(row['section'])} ${String(row['id'])}`, String(row['key'])]))
  const view = workspaces.byName('default')!
  // Every workspace has an inbox without anybody having to set it up: number 0.
  const channelName = (id: number | null): string => (id === 0 ? 'inbox' : (names.get(`channels ${id}`) ?? ''))
  const ruleOf: Record['ruleOf'] = ({ rule }) => entryOf(FIRST_COMPANY, 'rules', names.get(`rules ${rule}`) ?? '')
  const rows = await world.store.read({
    sql: `select d.*, b.state as before, e.event_id, e.type, e.severity, e.incident, t.channel, t.address from deliveries d
          join events e on e.workspace = d.workspace and e.id = d.event
          left join deliveries b on b.workspace = d.workspace and b.id = d.instead_of
          left join destinations t on t.workspace = d.workspace and t.id = d.destination order by d.id`,
    parameters: [],
  })
  const deliveries = rows.map((row): StoredDelivery => {
    const id = idText(row['id'] as Uint8Array)
    const channel = row['channel'] as number | null
    const address = JSON.parse((row['address'] as string | null) ?? '{}') as Address
    const shown = channel === null ? '' : (view.channels.get(channel)?.kind.show(address) ?? JSON.stringify(address))
    return {
      id,
      event: text(row['event'])!,
      eventId: String(row['event_id']),
      type: String(row['type']),
      severity: Number(row['severity']),
      incident: row['incident'] as string | null,
      rule: Number(row['rule']),
      recipient: row['recipient'] as string | null,
      channel,
      destination: row['destination'] as number | null,
      place: world.network.placeOf(channelName(channel), shown),
      state: Number(row['state']),
      reason: row['reason'] as string | null,
      note: row['note'] as string | null,
      attempts: (row['attempts'] as string | null) ?? '',
      insteadOf: text(row['instead_of']),
      digest: text(row['digest']),
      follows: row['before'] === SENT && !String(row['type']).endsWith('.available'),
      createdAt: idTime(id),
      endedAt: row['ended_at'] as number | null,
    }
  })
  return { world, deliveries, channelName, ruleOf, ...lookups(world, deliveries) }
}

function lookups(
  world: World,
  deliveries: readonly StoredDelivery[],
): Pick<Record, 'byId' | 'isByHand' | 'attemptsOf' | 'companiesIn' | 'companyAt' | 'wasWell'> {
  const attempts = new Map<string, Attempt[]>()
  for (const attempt of world.network.attempts)
    for (const delivery of attempt.covers) {
      const list = attempts.get(delivery)
      if (list === undefined) attempts.set(delivery, [attempt])
      else list.push(attempt)
    }
  const { ledger, unwell } = world
  const byId = new Map(deliveries.map((each) => [each.id, each]))
  const isByHand = ({ id, insteadOf }: StoredDelivery): boolean => {
    const before = byId.get(insteadOf ?? '')
    return world.byHand.has(id) || (before !== undefined && isByHand(before))
  }
  return {
    byId,
    isByHand,
    attemptsOf: (delivery) => attempts.get(delivery) ?? [],
    companiesIn: (from, until) =>
      ledger
        .filter((each, index) => each.at <= until && (ledger[index + 1]?.at ?? Infinity) >= from)
        .map(({ company }) => company),
    companyAt: (version) => ledger.findLast((each) => each.version <= version)!.company,
    wasWell: (from, until) => !unwell.some((each) => each.from <= until && each.until + FELT_MS >= from),
  }
}
