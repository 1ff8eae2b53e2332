-- Of the installation: the second factor of an account, codes that an application makes from a shared secret.
create table second_factors (
  account integer primary key,
  secret bytea not null,                -- sealed
  since bigint,                         -- null: begun, not confirmed by a code yet
  last_step integer not null default 0, -- of 30 seconds, whose code was used last: a code is good once
  recovery text not null default '[]'   -- JSON of SHA-256 of the recovery codes that are left
);
