-- Inboxes are read by when an entry changed last, narrowed by severity, type and title, and forgotten by age.
-- `search`: the title in small letters, as the embedded store has it; `updates`: how often news of the incident came after it.
alter table inbox add column severity smallint not null default 2;
alter table inbox add column type text not null default '';
alter table inbox add column search text not null default '';
alter table inbox add column updates integer not null default 0;
update inbox set search = lower(title), type = coalesce(body::jsonb ->> 'type', ''),
  severity = case body::jsonb ->> 'severity' when 'critical' then 0 when 'warning' then 1 else 2 end;

drop index inbox_unread;
create index inbox_newest on inbox (workspace, login, changed_at, id);
-- With the severity: what is counted on every page is read from the index alone.
create index inbox_news on inbox (workspace, login, changed_at, id, severity) where read_at is null;
create index inbox_oldest on inbox (workspace, changed_at);
