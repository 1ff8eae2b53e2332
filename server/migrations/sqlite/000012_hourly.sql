-- What history comes to, hour by hour, for the overview: worked out from deliveries and events, and worked out again when
-- something of the hour has changed since (overview/hours.ts).
create table hourly (
  workspace integer not null,
  hour integer not null,                -- its beginning, milliseconds since 1970; a delivery is of the hour it was made in
  counted_at integer not null,          -- 0: something that had ended waits again, count anew
  queued integer not null,              -- its places in the queue as they were before it was counted
  lead blob,                            -- the latest delivery in whose message one of the hour is to leave
  leads integer not null,               -- how many digests waited then that are not later than that one
  revived integer not null default 0,   -- how often something of the hour that had ended was made to wait again
  body text not null,                   -- JSON: overview/hour.ts
  primary key (workspace, hour)
) without rowid;

insert into sqlite_stat1 (tbl, idx, stat) values ('hourly', 'hourly', '100000 700 1');
analyze sqlite_schema;
