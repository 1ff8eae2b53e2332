-- What the planner may assume: one workspace with a great many rows. Left to guess, SQLite takes the first column of every
-- key, the workspace, to lead to ten rows, and then walks a whole table rather than use an index: deleting or counting the
-- deliveries of one event read every delivery there is (0.9 s of ten million). As in `analyze`: rows, then rows for equal
-- values of the first column, of the first two, and so on. https://sqlite.org/fileformat2.html#stat1tab
analyze;
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat) values
  ('entities', 'entities', '100000 100000 10000 1'),
  ('entities', 'entities_key', '100000 100000 10000 1'),
  ('entities', 'entities_version', '100000 100000 10'),
  ('changes', 'changes', '100000 100000 2 1'),
  ('changes', 'changes_entity', '100000 100000 20000 5 1'),
  ('destinations', 'destinations', '100000 100000 1'),
  ('destinations', 'destinations_address', '100000 100000 10000 1'),
  ('destinations', 'destinations_version', '1000 1000 1'),
  ('events', 'events', '1000000 1000000 1'),
  ('event_keys', 'event_keys', '1000000 1000000 100000 1'),
  ('deliveries', 'deliveries', '1000000 1000000 1'),
  ('deliveries', 'deliveries_event', '1000000 1000000 3'),
  ('deliveries', 'deliveries_failed', '10000 10000 1'),
  ('deliveries', 'deliveries_digest', '10000 10000 20'),
  ('queue', 'queue', '100000 100000 1'),
  ('queue', 'queue_incident', '100000 100000 1000 2 1'),
  ('queue', 'queue_digest', '1000 1000 1'),
  ('queue', 'queue_lane', '100000 100000 1000 500 1'),
  ('incidents', 'incidents', '100000 100000 1'),
  ('incidents', 'incidents_open', '1000 1000 1'),
  ('told', 'told', '1000000 1000000 3 1'),
  ('throttles', 'throttles', '100000 100000 10000 100 1'),
  ('inbox', 'inbox', '100000 100000 100 1'),
  ('inbox', 'inbox_unread', '10000 10000 10');
analyze sqlite_schema;
