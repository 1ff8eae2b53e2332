-- Lists of incidents go by the time they were opened; a busy year has a million of them. Written when one opens, not at each event.
create index incidents_newest on incidents (workspace, opened_by);

insert into sqlite_stat1 (tbl, idx, stat) values ('incidents', 'incidents_newest', '100000 100000 1');
analyze sqlite_schema;
