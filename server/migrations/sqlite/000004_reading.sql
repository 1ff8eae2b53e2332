-- When a delivery was read, where that can be known; and which deliveries an entry of the inbox tells of (JSON of ids).
alter table deliveries add column read_at integer;
alter table inbox add column deliveries text not null default '[]';
