import type { Statement } from './connection.ts'

/** The claiming node as `who`, held so that it is not buried in the middle; without a row for one that is dead already. */
const claimant = (n: number): string => `who as materialized (
      select id from nodes where id = $${n} and alive_until > now() for key share
    )`
/** A process that is no node claims for itself. */
const isAlive = (n: number): string => `($${n}::int is null or exists (select 1 from who))`

/** What may be claimed: at the head of its line, and not in flight. */
const FREE = 'q.behind = 0 and q.claimed_at is null'

/** The fields of a stored event, as `eventRow` reads them. */
export const EVENT_FIELDS = `e.id as event, e.source, e.event_id, e.type, e.subject, e.severity, e.time, e.actor_user,
  e.actor_role, e.incident, e.data, e.attachments`

/**
 * Everything a claimed delivery carries, looked up by primary keys for each of `taken`: the claimed rows, with `n`.
 * Each look-up stands by itself ("offset 0"): joined freely, a planner that has no statistics yet, as of a month
 * that has just begun, takes the workspace to be in few rows, and walks all of them for every delivery
 * [20,000 events: 2,200 ms for 250 deliveries, 18 ms like this].
 */
const CARRIED = `
  select t.n, t.workspace, t.delivery, t.destination, t.priority, t.due_at, t.suspect, t.claimed_by, t.step, t.living, t.digest, t.attempts,
    t.expires_at, t.incident as line, ${EVENT_FIELDS}, e.version,
    d.rule, d.recipient, d.instead_of, d.reason as waited_for,
    d.follows,
    a.channel, a.address, a.reason as disabled, a.disabled_at,
    i.state, i.opened_by, o.message_ids, o.event as told_event,
    t.incident is not null and exists (select 1 from queue f where f.workspace = t.workspace
      and f.destination = t.destination and f.incident = t.incident and f.event > t.event and f.living = 1) as followed
  from taken t
    cross join lateral (select * from deliveries d where d.workspace = t.workspace and d.id = t.delivery offset 0) d
    cross join lateral (select * from events e where e.workspace = t.workspace and e.id = t.event offset 0) e
    cross join lateral (select * from destinations a where a.workspace = t.workspace and a.id = t.destination offset 0) a
    left join lateral (
      select * from incidents i where i.workspace = t.workspace and i.key = e.incident offset 0) i on true
    left join lateral (
      select * from told o where o.workspace = t.workspace and o.incident = t.incident and o.destination = t.destination
      offset 0) o on true`

/*
 * Each lane walks queue_lane from its front (fronts.ts), one priority after another, so that what is due later in a more urgent one
 * is not walked over; the cost is that of the rows returned, whatever waits behind or elsewhere. What another claims at
 * this moment is passed over, and looked at again by the next claim. A row is locked where the walk finds it, and marked
 * where it lies; found by its key for each of these it was walked to three times [a delivery of the storm: 37 us, 28 like this].
 */
export const CLAIM: Statement = {
  name: 'claim',
  text: `with ${claimant(6)}, want as (
      select * from unnest($1::int[], $2::int[], $3::int[], $4::smallint[], $7::bigint[], $8::bigint[], $9::bigint[])
        with ordinality as w (workspace, destination, most, last, since_0, since_1, since_2, n)
    ), due as materialized (
      select w.n, w.workspace, c.place, c.delivery from want w cross join lateral (
        select p.place, p.delivery from (
          select * from (select q.ctid as place, q.delivery from queue q where q.workspace = w.workspace and q.destination = w.destination
            and q.priority = 0 and ${FREE} and q.due_at between w.since_0 and $5
            order by q.due_at, q.delivery limit w.most for update skip locked) p0
          union all
          select * from (select q.ctid as place, q.delivery from queue q where w.last >= 1 and q.workspace = w.workspace and q.destination = w.destination
            and q.priority = 1 and ${FREE} and q.due_at between w.since_1 and $5
            order by q.due_at, q.delivery limit w.most for update skip locked) p1
          union all
          select * from (select q.ctid as place, q.delivery from queue q where w.last >= 2 and q.workspace = w.workspace and q.destination = w.destination
            and q.priority = 2 and ${FREE} and q.due_at between w.since_2 and $5
            order by q.due_at, q.delivery limit w.most for update skip locked) p2
        ) p limit w.most
      ) c
    ), taken as (
      update queue q set claimed_at = $10, claimed_by = $6 from due d
      where q.workspace = d.workspace is true and q.delivery = d.delivery is true and q.ctid = d.place and ${isAlive(6)}
      returning q.*, d.n
    ) ${CARRIED} order by t.n, t.priority, t.due_at, t.delivery`,
}

/** Claims rows that were chosen already, as far as they still wait. */
export const CLAIM_THESE: Statement = {
  name: 'claim_these',
  text: `with ${claimant(5)}, these as (
      select * from unnest($1::int[], $2::uuid[], $3::int[]) with ordinality as w (workspace, delivery, n, place)
    ), locked as materialized (
      select w.n, w.place, l.workspace, l.delivery, l.lies from these w cross join lateral (
        select q.workspace, q.delivery, q.ctid as lies from queue q where q.workspace = w.workspace and q.delivery = w.delivery
          and q.claimed_at is null for update skip locked) l
      where ${isAlive(5)}
    ), taken as (
      update queue q set claimed_at = $4, claimed_by = $5 from locked l
      where q.workspace = l.workspace is true and q.delivery = l.delivery is true and q.ctid = l.lies
      returning q.*, l.n, l.place
    ) ${CARRIED} order by t.n, t.place`,
}

/** What is due next in each priority of a lane. */
export const NEXT: Statement = {
  name: 'next_due',
  text: `select w.n, p.priority, c.due_at
    from unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
        with ordinality as w (workspace, destination, since_0, since_1, since_2, n)
      cross join lateral (values (0::smallint, w.since_0), (1::smallint, w.since_1), (2::smallint, w.since_2)) as p (priority, since)
      cross join lateral (
        select q.due_at from queue q where q.workspace = w.workspace and q.destination = w.destination
          and q.priority = p.priority and ${FREE} and q.due_at >= p.since order by q.due_at limit 1) c
    order by w.n, p.priority`,
}

// How many are due, as far as it matters: the cost is that of the rows counted. One that is critical says "not now".
export const WAITING: Statement = {
  name: 'waiting',
  text: `select w.n, (select count(*) from (select 1 from queue q where q.workspace = w.workspace
        and q.destination = w.destination and q.priority = 0 and ${FREE} and q.due_at between w.since_0 and $4 limit 1) c) as critical,
      (select count(*) from (select 1 from queue q where q.workspace = w.workspace
        and q.destination = w.destination and q.priority in (1, 2) and ${FREE}
        and q.due_at between least(w.since_1, w.since_2) and $4 limit w.over + 1) c) as many
    from unnest($1::int[], $2::int[], $3::int[], $5::bigint[], $6::bigint[], $7::bigint[])
      with ordinality as w (workspace, destination, over, since_0, since_1, since_2, n)
    order by w.n`,
}
// A message that lives at its destination by itself, of this life of the incident, is edited; a digest is a summary itself.
export const FOLDABLE: Statement = {
  name: 'foldable',
  text: `select q.delivery, q.event, q.incident from queue q
    where q.workspace = $1 and q.destination = $2 and q.priority in (1, 2) and ${FREE} and q.due_at <= $3
      and q.digest = 0 and not (q.living = 1 and exists (select 1 from told o
        left join incidents i on i.workspace = o.workspace and i.key = o.incident
        where o.workspace = q.workspace and o.incident = q.incident and o.destination = q.destination
          and o.message_ids <> '[]' and (i.opened_by is null or o.event >= i.opened_by or q.event < i.opened_by)))
    order by q.priority, q.due_at, q.delivery limit $4`,
}
export const FOLLOWERS: Statement = {
  name: 'followers',
  text: `select q.incident, q.delivery, q.event, q.priority, q.due_at, q.claimed_at, q.behind
    from unnest($3::text[], $4::uuid[]) as l (incident, event) cross join lateral (
      select q.* from queue q where q.workspace = $1 and q.destination = $2 and q.incident = l.incident and q.event > l.event
      offset 0) q
    order by q.event, q.delivery`,
}

/** A piece of the queue, in the order of its key. */
export const WALK: Statement = {
  name: 'walk',
  text: `select workspace, delivery, expires_at, claimed_at from queue
    where (workspace, delivery) > ($1::int, $2::uuid) order by workspace, delivery limit $3`,
}

export const DIGEST_EVENTS: Statement = {
  name: 'digest_events',
  text: `select ${EVENT_FIELDS} from deliveries d join events e on e.workspace = d.workspace and e.id = d.event
    where d.workspace = $1 and (d.id = $2 or d.digest = $2) order by e.id`,
}

// Runs after a save or when a channel is back. It reads the queue alone, which holds what waits and no more.
export const LOOK_AGAIN: Statement = {
  name: 'look_again',
  text: `with waiting as (
      select q.workspace, q.delivery from queue q join deliveries d on d.workspace = q.workspace and d.id = q.delivery
      where q.workspace = $1 and q.due_at > $2 and q.claimed_at is null and d.reason = any($3::text[])
        and ($4::text[] is null or d.recipient = any($4::text[]))
        and ($5::int is null or q.destination in (
          select a.id from destinations a where a.workspace = $1 and a.channel = $5))
      order by q.workspace, q.delivery limit $6 for update of q
    )
    update queue q set due_at = $2 from waiting w where q.workspace = w.workspace and q.delivery = w.delivery
    returning q.destination, q.priority`,
}
