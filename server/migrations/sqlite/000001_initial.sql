-- Of the installation.

create table workspaces (
  id integer primary key,
  name text not null unique,
  settings text not null,
  version integer not null default 0,   -- of the configuration; raised by every write to it
  last_number integer not null default 0, -- the last number given to an entity or destination
  file text                             -- names the file gave at the last apply, JSON
);

create table marks (name text primary key, value blob not null) without rowid;

create table api_keys (
  hash blob primary key,                -- SHA-256 of the key
  workspace integer not null references workspaces (id),
  id text not null unique,
  name text not null,
  rights text not null,                 -- send | read | all
  per_minute integer,                   -- events; null: no limit
  created_at integer not null
) without rowid;

-- Sends of the last minute through channels that have a budget: from them budgets are rebuilt after a start.
create table recent_sends (
  at integer not null,
  workspace integer not null,
  destination integer not null
);
create index recent_sends_at on recent_sends (at);

-- Of a workspace: its id leads every key.

create table entities (
  workspace integer not null,
  section text not null,                -- users, channels, rules, ...
  id integer not null,
  key text not null,                    -- name or login, unique in its section
  body text not null,                   -- JSON, with references instead of secrets
  origin text not null,                 -- file | api
  version integer not null,             -- of the configuration at its last change
  removed integer not null default 0,
  primary key (workspace, section, id)
) without rowid;
create unique index entities_key on entities (workspace, section, key) where removed = 0;
create index entities_version on entities (workspace, version);

create table secrets (
  workspace integer not null,
  name text not null,
  sealed blob not null,
  primary key (workspace, name)
) without rowid;

create table changes (
  workspace integer not null,
  version integer not null,
  n integer not null,
  at integer not null,
  by text not null,
  section text not null,
  entity integer not null,
  key text not null,
  before text,                          -- JSON, null when it was made
  after text,                           -- JSON, null when it was removed
  comment text,
  primary key (workspace, version, n)
) without rowid;
create index changes_entity on changes (workspace, section, entity, version);

create table destinations (
  workspace integer not null,
  id integer not null,
  channel integer not null,             -- entity id of the channel
  address text not null,                -- canonical JSON
  disabled_at integer,
  reason text,
  detail text,
  version integer not null default 0,   -- of the configuration at its last change of state
  primary key (workspace, id)
) without rowid;
create unique index destinations_address on destinations (workspace, channel, address);
create index destinations_version on destinations (workspace, version) where version > 0;

create table events (
  workspace integer not null,
  id blob not null,                     -- UUIDv7: its time is when it was accepted
  source text not null,
  event_id text,                        -- null: the sender gave none, it is the id
  type text not null,
  subject text,
  severity integer not null,            -- 0 critical, 1 warning, 2 info
  time integer not null,
  actor_user text,
  actor_role text,
  incident text,
  data text not null,
  attachments text,
  trace text not null,
  primary key (workspace, id)
) without rowid;

create table event_keys (
  workspace integer not null,
  source text not null,
  event_id text not null,
  event blob not null,
  primary key (workspace, source, event_id)
) without rowid;

create table deliveries (
  workspace integer not null,
  id blob not null,
  event blob not null,
  rule integer not null,                -- entity id; 0: none
  destination integer,                  -- null: nobody could be reached
  recipient text,                       -- login of the person it is for
  state integer not null,               -- 0 waiting, 1 sent, 2 suppressed, 3 failed, 4 cancelled
  reason text,
  ended_at integer,
  attempts text,                        -- JSON: [[at, took ms, verdict, reason, detail], ...]
  instead_of blob,
  digest blob,                          -- the delivery in whose message this one leaves
  note text,
  primary key (workspace, id)
) without rowid;
create index deliveries_event on deliveries (workspace, event);
create index deliveries_digest on deliveries (workspace, digest) where digest is not null;
create index deliveries_failed on deliveries (workspace, id) where state = 3;

-- What still has to leave: small, inserted into and deleted from.
create table queue (
  workspace integer not null,
  delivery blob not null,
  destination integer not null,
  event blob not null,
  priority integer not null,            -- 0 critical, 1 warning, 2 info
  due_at integer not null,
  behind integer not null,              -- 1: an earlier one of its incident goes first
  claimed_at integer,                   -- null: waiting
  suspect integer not null default 0,   -- 1: an earlier attempt may have arrived
  incident text,
  step integer not null,                -- 0 none, 1 opens, 2 updates, 3 closes, 4 closes and goes in any case
  living integer not null,              -- 1: one message, edited
  digest integer not null default 0,    -- 1: others joined it
  attempts integer not null default 0,
  expires_at integer not null,
  primary key (workspace, delivery)
) without rowid;
create index queue_lane on queue (workspace, destination, priority, due_at, delivery) where claimed_at is null and behind = 0;
create index queue_incident on queue (workspace, destination, incident, event, delivery) where incident is not null;
create index queue_digest on queue (workspace, delivery) where digest = 1;

create table incidents (
  workspace integer not null,
  key text not null,
  state text not null,                  -- open, acknowledged, ended
  opened_at integer not null,
  opened_by blob not null,              -- event
  last_event blob not null,
  severity integer not null,
  acknowledged_at integer,
  acknowledged_by text,
  ended_at integer,
  primary key (workspace, key)
) without rowid;
create index incidents_open on incidents (workspace, opened_at) where ended_at is null;

-- Which destinations were told of an incident, and under which ids of the provider.
create table told (
  workspace integer not null,
  incident text not null,
  destination integer not null,
  message_ids text not null,            -- JSON
  event blob not null,                  -- the latest that was told
  at integer not null,
  primary key (workspace, incident, destination)
) without rowid;

-- Digests that are still gathering.
create table digests (
  workspace integer not null,
  rule integer not null,
  destination integer not null,
  delivery blob not null,
  ends_at integer not null,
  primary key (workspace, rule, destination)
) without rowid;

-- When a rule last told a destination of a key, for rules that say "at most one per".
create table throttles (
  workspace integer not null,
  rule integer not null,
  destination integer not null,
  key text not null,
  at integer not null,
  primary key (workspace, rule, destination, key)
) without rowid;

create table files (
  workspace integer not null,
  id blob not null,
  name text not null,
  media_type text not null,
  size integer not null,
  content blob not null,
  primary key (workspace, id)
);

create table inbox (
  workspace integer not null,
  login text not null,
  id blob not null,                     -- UUIDv7
  incident text,
  title text not null,
  body text not null,                   -- JSON: text, links, severity, event
  changed_at integer not null,
  read_at integer,
  primary key (workspace, login, id)
) without rowid;
create index inbox_unread on inbox (workspace, login) where read_at is null;
