-- Browsers of people that take push messages.
create table devices (
  workspace integer not null,
  card integer not null,                -- entity id of the user
  id uuid not null,
  account integer not null,             -- who signed in there
  session text not null,                -- what people see of the session
  endpoint text collate "C" not null,
  p256dh text not null,
  auth bytea not null,                  -- sealed
  title text not null,
  agent text,
  added_at bigint not null,
  used_at bigint not null,              -- when the browser was last here
  primary key (workspace, card, id)
);
-- A browser belongs to one person of a workspace.
create unique index devices_endpoint on devices (workspace, endpoint);

-- Who has a device, as of which version of the configuration.
create table device_holders (
  workspace integer not null,
  card integer not null,
  holds smallint not null,
  version integer not null,
  primary key (workspace, card)
);
create index device_holders_version on device_holders (workspace, version);
