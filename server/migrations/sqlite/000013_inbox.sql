-- Inboxes are read by when an entry changed last, narrowed by severity, type and title, and forgotten by age.
-- `search`: the title in small letters, since lower() knows no Cyrillic; `updates`: how often news of the incident came after it.
alter table inbox add column severity integer not null default 2;
alter table inbox add column type text not null default '';
alter table inbox add column search text not null default '';
alter table inbox add column updates integer not null default 0;
update inbox set search = lower(title), type = coalesce(json_extract(body, '$.type'), ''),
  severity = case json_extract(body, '$.severity') when 'critical' then 0 when 'warning' then 1 else 2 end;

drop index inbox_unread;
create index inbox_newest on inbox (workspace, login, changed_at, id);
-- With the severity: what is counted on every page is read from the index alone.
create index inbox_news on inbox (workspace, login, changed_at, id, severity) where read_at is null;
create index inbox_oldest on inbox (workspace, changed_at);

delete from sqlite_stat1 where idx = 'inbox_unread';
insert into sqlite_stat1 (tbl, idx, stat) values
  ('inbox', 'inbox_newest', '100000 100000 100 1 1'),
  ('inbox', 'inbox_news', '10000 10000 10 1 1 1'),
  ('inbox', 'inbox_oldest', '100000 100000 2');
analyze sqlite_schema;
