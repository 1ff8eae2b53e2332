-- Of the installation: who may sign in. What is secret stands here only as its hash.

create table accounts (
  id integer primary key,
  login text not null,
  email text,
  name text,
  password text not null,               -- argon2id, as a PHC string
  operator integer not null default 0,  -- 1: of the whole installation
  created_at integer not null,
  disabled_at integer                   -- null: may sign in
);

-- Logins and e-mail addresses in their folded form: whatever is typed at sign-in means one account.
create table account_names (
  name text primary key,
  account integer not null
) without rowid;

-- In which workspaces an account is whom.
create table members (
  account integer not null,
  workspace integer not null,
  card integer not null,                -- entity id of the user
  primary key (account, workspace)
) without rowid;
create unique index members_card on members (card, workspace);

create table sessions (
  hash blob primary key,                -- SHA-256 of the token
  id text not null unique,              -- what people see of it
  account integer not null,
  workspace integer not null,           -- the one that is looked at
  signed_in_at integer not null,
  seen_at integer not null,
  expires_at integer not null,
  address text,
  agent text
) without rowid;
create index sessions_account on sessions (account);
create index sessions_end on sessions (expires_at);

-- One-time links; one that was used is gone.
create table links (
  hash blob primary key,                -- SHA-256 of the token
  kind text not null,                   -- setup, invitation, reset
  account integer,                      -- of reset
  workspace integer,                    -- of invitation
  card integer,                         -- of invitation: entity id of the user
  made_at integer not null,
  expires_at integer not null
) without rowid;
create index links_card on links (card, workspace) where card is not null;
create index links_account on links (account) where account is not null;
create index links_end on links (expires_at);
