-- When a delivery was read, where that can be known; whether it comes after the one before it was sent, and not in its place.
alter table deliveries add column read_at integer;
alter table deliveries add column follows integer not null default 0;
-- Which deliveries an entry of the inbox tells of (JSON of ids).
alter table inbox add column deliveries text not null default '[]';
