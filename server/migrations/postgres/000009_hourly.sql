-- What history comes to, hour by hour, for the overview: worked out from deliveries and events, and worked out again when
-- something of the hour has changed since (overview/hours.ts). Nothing of it is written when a message leaves.
create table hourly (
  workspace integer not null,
  hour bigint not null,                 -- its beginning, milliseconds since 1970; a delivery is of the hour it was made in
  counted_at bigint not null,           -- 0: something that had ended waits again, count anew
  queued integer not null,              -- its places in the queue as they were before it was counted
  lead uuid,                            -- the latest delivery in whose message one of the hour is to leave
  leads integer not null,               -- how many digests waited then that are not later than that one
  revived integer not null default 0,   -- how often something of the hour that had ended was made to wait again
  body text not null,                   -- JSON: overview/hour.ts
  primary key (workspace, hour)
);
