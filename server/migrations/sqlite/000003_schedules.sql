-- Which occurrence of a schedule was raised last; schedule 0 is the daily statistics of the workspace.
create table schedule_runs (
  workspace integer not null,
  schedule integer not null,            -- entity id
  at integer not null,
  primary key (workspace, schedule)
) without rowid;

insert into sqlite_stat1 (tbl, idx, stat) values ('schedule_runs', 'schedule_runs', '1000 1000 1');
analyze sqlite_schema;
