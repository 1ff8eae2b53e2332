-- A blocked workspace accepts and delivers nothing until it is unblocked; of a removed one everything is deleted in time.
alter table workspaces add column blocked_at integer;
alter table workspaces add column blocked_reason text;
alter table workspaces add column removed_at integer;

-- Who made a key (login, or the name of another key; null: not written down), and about when it was used last.
alter table api_keys add column made_by text;
alter table api_keys add column last_used_at integer;
