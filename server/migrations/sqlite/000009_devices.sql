-- Browsers of people that take push messages.
create table devices (
  workspace integer not null,
  card integer not null,                -- entity id of the user
  id blob not null,
  account integer not null,             -- who signed in there
  session text not null,                -- what people see of the session
  endpoint text not null,
  p256dh text not null,
  auth blob not null,                   -- sealed
  title text not null,
  agent text,
  added_at integer not null,
  used_at integer not null,             -- when the browser was last here
  primary key (workspace, card, id)
) without rowid;
-- A browser belongs to one person of a workspace.
create unique index devices_endpoint on devices (workspace, endpoint);

-- Who has a device, as of which version of the configuration.
create table device_holders (
  workspace integer not null,
  card integer not null,
  holds integer not null,
  version integer not null,
  primary key (workspace, card)
) without rowid;
create index device_holders_version on device_holders (workspace, version);
