-- What the migrations come to; made from the catalogue of a database, compared by server/src/store/postgres/schema.test.ts.
-- After a new migration: UPDATE_SCHEMA=1 npx vitest run server/src/store/postgres/schema.test.ts

create sequence numbers as integer;

create table api_keys (
  hash bytea not null,
  workspace integer not null,
  id text collate "C" not null,
  name text not null,
  rights text not null,
  per_minute integer,
  created_at bigint not null,
  UNIQUE (id),
  PRIMARY KEY (hash),
  FOREIGN KEY (workspace) REFERENCES workspaces(id)
);

create table changes (
  workspace integer not null,
  version integer not null,
  n integer not null,
  at bigint not null,
  by text not null,
  section text collate "C" not null,
  entity integer not null,
  key text not null,
  before text,
  after text,
  comment text,
  PRIMARY KEY (workspace, version, n)
);
CREATE INDEX changes_entity ON public.changes USING btree (workspace, section, entity, version);

create table deliveries (
  workspace integer not null,
  rule integer not null,
  id uuid not null,
  event uuid not null,
  destination integer,
  state smallint not null,
  follows smallint not null default 0,
  recipient text,
  reason text,
  ended_at bigint,
  attempts text,
  instead_of uuid,
  digest uuid,
  note text,
  read_at bigint,
  PRIMARY KEY (workspace, id)
) partition by RANGE (id);
CREATE INDEX deliveries_digest ON ONLY public.deliveries USING btree (workspace, digest) WHERE (digest IS NOT NULL);
CREATE INDEX deliveries_event ON ONLY public.deliveries USING btree (workspace, event);
CREATE INDEX deliveries_failed ON ONLY public.deliveries USING btree (workspace, id) WHERE (state = 3);

create table deliveries_other partition of deliveries default;

create table destinations (
  workspace integer not null,
  id integer not null,
  channel integer not null,
  address text collate "C" not null,
  disabled_at bigint,
  reason text,
  detail text,
  version integer not null default 0,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX destinations_version ON public.destinations USING btree (workspace, version) WHERE (version > 0);
CREATE UNIQUE INDEX destinations_address ON public.destinations USING btree (workspace, channel, address);

create table digests (
  workspace integer not null,
  rule integer not null,
  destination integer not null,
  delivery uuid not null,
  ends_at bigint not null,
  PRIMARY KEY (workspace, rule, destination)
);

create table entities (
  workspace integer not null,
  section text collate "C" not null,
  id integer not null,
  key text collate "C" not null,
  body text not null,
  origin text not null,
  version integer not null,
  removed smallint not null default 0,
  PRIMARY KEY (workspace, section, id)
);
CREATE INDEX entities_version ON public.entities USING btree (workspace, version);
CREATE UNIQUE INDEX entities_key ON public.entities USING btree (workspace, section, key) WHERE (removed = 0);

create table event_keys (
  workspace integer not null,
  source text collate "C" not null,
  event_id text collate "C" not null,
  event uuid not null,
  PRIMARY KEY (workspace, source, event_id)
);

create table events (
  workspace integer not null,
  version integer not null,
  id uuid not null,
  source text collate "C" not null,
  event_id text collate "C",
  type text collate "C" not null,
  subject text,
  severity smallint not null,
  time bigint not null,
  actor_user text,
  actor_role text,
  incident text collate "C",
  data text not null,
  attachments text,
  trace text not null,
  PRIMARY KEY (workspace, id)
) partition by RANGE (id);

create table events_other partition of events default;

create table files (
  workspace integer not null,
  id uuid not null,
  name text not null,
  media_type text not null,
  size integer not null,
  content bytea not null,
  PRIMARY KEY (workspace, id)
);

create table inbox (
  workspace integer not null,
  login text collate "C" not null,
  id uuid not null,
  incident text,
  title text not null,
  body text not null,
  changed_at bigint not null,
  read_at bigint,
  deliveries uuid[] not null default '{}'::uuid[],
  PRIMARY KEY (workspace, login, id)
);
CREATE INDEX inbox_unread ON public.inbox USING btree (workspace, login) WHERE (read_at IS NULL);

create table incidents (
  workspace integer not null,
  key text collate "C" not null,
  state text not null,
  opened_at bigint not null,
  opened_by uuid not null,
  last_event uuid not null,
  severity smallint not null,
  acknowledged_at bigint,
  acknowledged_by text,
  ended_at bigint,
  PRIMARY KEY (workspace, key)
);
CREATE INDEX incidents_open ON public.incidents USING btree (workspace, opened_at) WHERE (ended_at IS NULL);

create table leases (
  name text collate "C" not null,
  node integer not null,
  PRIMARY KEY (name),
  FOREIGN KEY (node) REFERENCES nodes(id) ON DELETE CASCADE
);
CREATE INDEX leases_node ON public.leases USING btree (node);

create table marks (
  name text collate "C" not null,
  value bytea not null,
  PRIMARY KEY (name)
);

create table migrations (
  n integer not null,
  name text not null,
  at timestamp with time zone not null default now(),
  PRIMARY KEY (n)
);

create table nodes (
  id integer not null generated by default as identity,
  alive_until timestamp with time zone not null,
  serves boolean not null,
  PRIMARY KEY (id)
);

create table queue (
  workspace integer not null,
  delivery uuid not null,
  event uuid not null,
  destination integer not null,
  priority smallint not null,
  behind smallint not null,
  due_at bigint not null,
  expires_at bigint not null,
  claimed_at bigint,
  claimed_by integer,
  step smallint not null,
  living smallint not null,
  suspect smallint not null default 0,
  digest smallint not null default 0,
  held smallint not null default 0,
  attempts integer not null default 0,
  incident text collate "C",
  PRIMARY KEY (workspace, delivery)
) with (fillfactor=60, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=50000);
CREATE INDEX queue_digest ON public.queue USING btree (workspace, delivery) WHERE (digest = 1);
CREATE INDEX queue_incident ON public.queue USING btree (workspace, destination, incident, event, delivery) WHERE (incident IS NOT NULL);
CREATE INDEX queue_lane ON public.queue USING btree (workspace, destination, priority, due_at, delivery) WHERE (behind = 0);
CREATE UNIQUE INDEX queue_head ON public.queue USING btree (workspace, destination, incident) WHERE ((behind = 0) AND (incident IS NOT NULL));

create table recent_sends (
  at bigint not null,
  workspace integer not null,
  destination integer not null
);
CREATE INDEX recent_sends_at ON public.recent_sends USING btree (at);

create table schedule_runs (
  workspace integer not null,
  schedule integer not null,
  at bigint not null,
  PRIMARY KEY (workspace, schedule)
);

create table secrets (
  workspace integer not null,
  name text collate "C" not null,
  sealed bytea not null,
  PRIMARY KEY (workspace, name)
);

create table throttles (
  workspace integer not null,
  rule integer not null,
  destination integer not null,
  key text collate "C" not null,
  at bigint not null,
  PRIMARY KEY (workspace, rule, destination, key)
);

create table told (
  workspace integer not null,
  incident text collate "C" not null,
  destination integer not null,
  message_ids text not null,
  event uuid not null,
  at bigint not null,
  PRIMARY KEY (workspace, incident, destination)
);

create table workspaces (
  id integer not null generated by default as identity,
  name text collate "C" not null,
  settings text not null,
  version integer not null default 0,
  file text,
  forgotten_to bigint not null default 0,
  UNIQUE (name),
  PRIMARY KEY (id)
);
