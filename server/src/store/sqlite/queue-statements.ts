import type { DatabaseSync } from 'node:sqlite'

/** Whether an older message of its incident waits for the same destination. */
const HAS_EARLIER = `exists (select 1 from queue e where e.workspace = queue.workspace
  and e.destination = queue.destination and e.incident = queue.incident and e.event < queue.event)`

/** Everything a claimed delivery carries. */
const FIELDS = `q.workspace, q.delivery, q.destination, q.priority, q.suspect, q.step, q.living, q.digest, q.attempts,
    q.expires_at, q.incident as line, e.incident, t.channel, t.address, t.reason as disabled, t.disabled_at,
    d.rule, d.recipient, d.instead_of, d.reason as waited_for,
    d.follows,
    e.id as event, e.source, e.event_id, e.type, e.subject, e.severity, e.time, e.actor_user, e.actor_role,
    e.data, e.attachments, json_extract(e.trace, '$.v') as version,
    i.state, i.opened_by, o.message_ids, o.event as told_event,
    q.incident is not null and exists (select 1 from queue f where f.workspace = q.workspace
      and f.destination = q.destination and f.incident = q.incident and f.event > q.event and f.living = 1) as followed`

/** Where it stands, found by primary keys; "cross join" keeps this order, which starts from few rows of the queue. */
const CARRIED = `cross join deliveries d on d.workspace = q.workspace and d.id = q.delivery
    cross join events e on e.workspace = q.workspace and e.id = d.event
    cross join destinations t on t.workspace = q.workspace and t.id = q.destination
    left join incidents i on i.workspace = q.workspace and i.key = q.incident
    left join told o on o.workspace = q.workspace and o.incident = q.incident and o.destination = q.destination`

/** The statements of the queue, prepared once. */
export function prepareQueue(database: DatabaseSync) {
  return {
    // Walks queue_lane in its own order: the cost is that of the rows returned, whatever waits behind or elsewhere. All
    // of a lane with everything it carries at once, which was four statements for each row [23 us a row, 21 like this].
    due: database.prepare(
      `select ${FIELDS} from (
         select * from queue indexed by queue_lane
         where workspace = ? and destination = ? and claimed_at is null and behind = 0 and priority = ? and due_at <= ?
         order by due_at, delivery limit ?) q ${CARRIED}
       order by q.due_at, q.delivery`,
    ),
    isDue: database.prepare(
      `select 1 from queue indexed by queue_lane
       where workspace = ? and destination = ? and claimed_at is null and behind = 0 and priority = ? and due_at <= ?
       limit 1`,
    ),
    next: database.prepare(
      `select due_at from queue indexed by queue_lane
       where workspace = ? and destination = ? and claimed_at is null and behind = 0 and priority = ?
       order by due_at limit 1`,
    ),
    // How many are due, as far as it matters: the cost is that of the rows counted.
    waiting: database.prepare(
      `select count(*) as n from (select 1 from queue indexed by queue_lane
         where workspace = ? and destination = ? and claimed_at is null and behind = 0 and priority = ? and due_at <= ?
         limit ?)`,
    ),
    // A message that lives at its destination by itself, of this life of the incident, is edited; a digest is a summary itself.
    foldable: database.prepare(
      `select delivery, event, incident from queue indexed by queue_lane
       where workspace = ? and destination = ? and claimed_at is null and behind = 0 and priority in (1, 2)
         and due_at <= ? and digest = 0 and not (living = 1 and exists (select 1 from told t
           left join incidents i on i.workspace = t.workspace and i.key = t.incident
           where t.workspace = queue.workspace and t.incident = queue.incident and t.destination = queue.destination
             and t.message_ids <> '[]' and (i.opened_by is null or t.event >= i.opened_by or queue.event < i.opened_by)))`,
    ),
    followers: database.prepare(
      `select delivery, event, priority, due_at, claimed_at, behind from queue
       where workspace = ? and destination = ? and incident = ? and event > ? order by event, delivery`,
    ),
    claim: database.prepare('update queue set claimed_at = ? where workspace = ? and delivery = ?'),
    claimed: database.prepare(`select ${FIELDS} from queue q ${CARRIED} where q.workspace = ? and q.delivery = ?`),
    walk: database.prepare(
      `select workspace, delivery, expires_at, claimed_at from queue
       where (workspace, delivery) > (?, ?) order by workspace, delivery limit ?`,
    ),
    remove: database.prepare('delete from queue where workspace = ? and delivery = ?'),
    end: database.prepare(
      `update deliveries set state = ?, reason = ?, ended_at = ?, note = ?,
         attempts = case when ? is null then attempts else coalesce(attempts || char(10), '') || ? end,
         digest = coalesce(?, digest)
       where workspace = ? and id = ?`,
    ),
    endJoined: database.prepare(
      `update deliveries set state = ?, reason = ?, ended_at = ?, note = 'joined'
       where workspace = ? and digest = ? and state = 0`,
    ),
    rejoin: database.prepare('update deliveries set digest = ? where workspace = ? and digest = ? and state = 0'),
    // Runs after a save or when a channel is back. It reads the queue alone, which holds what waits and no more.
    lookAgain: database.prepare(
      `update queue set due_at = ? where workspace = ? and delivery in (
         select q.delivery from queue q join deliveries d on d.workspace = q.workspace and d.id = q.delivery
         where q.workspace = ? and q.due_at > ? and q.claimed_at is null
           and d.reason in (select value from json_each(?))
           and (? is null or d.recipient in (select value from json_each(?)))
           and (? is null or q.destination in (
             select t.id from destinations t where t.workspace = q.workspace and t.channel = ?))
         limit ?)
       returning destination, priority`,
    ),
    digestEvents: database.prepare(
      `select e.id as event, e.source, e.event_id, e.type, e.subject, e.severity, e.time, e.actor_user, e.actor_role,
         e.incident, e.data, e.attachments
       from deliveries d join events e on e.workspace = d.workspace and e.id = d.event
       where d.workspace = ? and (d.id = ? or d.digest = ?) order by e.id`,
    ),
    note: database.prepare(
      `update deliveries set reason = ?,
         attempts = case when ? is null then attempts else coalesce(attempts || char(10), '') || ? end
       where workspace = ? and id = ?`,
    ),
    defer: database.prepare(
      `update queue set claimed_at = null, suspect = max(suspect, ?), due_at = ?, expires_at = ?, attempts = attempts + ?
       where workspace = ? and delivery = ? returning priority`,
    ),
    // The first message stays the root that later ones answer; a living message that had to be sent anew replaces it.
    tell: database.prepare(
      `insert into told (workspace, incident, destination, message_ids, event, at) values (?, ?, ?, coalesce(?, '[]'), ?, ?)
       on conflict do update set message_ids = coalesce(?, message_ids), event = max(event, excluded.event), at = excluded.at`,
    ),
    // What somebody's hours hold back stands behind what is critical, otherwise events go in their order.
    unblock: database.prepare(
      `update queue set behind = 0 where workspace = ? and behind = 1 and delivery = (
         select q.delivery from queue q join deliveries d on d.workspace = q.workspace and d.id = q.delivery
         where q.workspace = ? and q.destination = ? and q.incident = ?
         order by q.priority > 0 and d.reason is not null and d.reason in ('quiet_hours', 'working_hours'), q.event, q.delivery
         limit 1)
         and not exists (select 1 from queue c where c.workspace = queue.workspace and c.destination = queue.destination
           and c.incident = queue.incident and c.claimed_at is not null)
       returning priority, due_at`,
    ),
    // An older one may have come while this one was in flight: tried again by hand, or in place of another.
    stepBack: database.prepare(`update queue set behind = 1 where workspace = ? and delivery = ? and ${HAS_EARLIER}`),
    lineUp: database.prepare(
      `update queue set behind = 1 - behind where incident is not null and behind <> ${HAS_EARLIER}`,
    ),
    // Behind what somebody's hours hold back what is critical does not wait after a start either.
    passHeld: database.prepare(
      `update queue set behind = 0 where priority = 0 and behind = 1 and incident is not null and not exists (
         select 1 from queue q join deliveries d on d.workspace = q.workspace and d.id = q.delivery
         where q.workspace = queue.workspace and q.destination = queue.destination and q.incident = queue.incident
           and q.event < queue.event
           and (q.priority = 0 or d.reason is null or d.reason not in ('quiet_hours', 'working_hours')))`,
    ),
    letPass: database.prepare(
      `update queue set behind = 1 where behind = 0 and priority > 0 and incident is not null and exists (
         select 1 from queue c where c.workspace = queue.workspace and c.destination = queue.destination
           and c.incident = queue.incident and c.priority = 0 and c.behind = 0)`,
    ),
    disable: database.prepare(
      'update destinations set disabled_at = ?, reason = ?, detail = ?, version = ? where workspace = ? and id = ?',
    ),
    bump: database.prepare('update workspaces set version = version + 1 where id = ? returning version'),
    sent: database.prepare('insert into recent_sends (at, workspace, destination) values (?, ?, ?)'),
    forgetSends: database.prepare('delete from recent_sends where at < ?'),
    suspect: database.prepare('update queue set claimed_at = null, suspect = 1 where claimed_at is not null'),
    eventOf: database.prepare('select event from deliveries where workspace = ? and id = ?'),
  }
}
