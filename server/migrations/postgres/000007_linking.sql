-- Of the installation: codes that people send to a bot so that it writes to them. One a person and channel.
create table linking_codes (
  hash bytea primary key,               -- SHA-256 of the code
  workspace integer not null,
  card integer not null,                -- id of the person's card
  channel integer not null,             -- id of the channel that leads to the bot
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint,                       -- null: neither used nor taken out of use
  chat text                             -- that was linked by it
);
create unique index linking_codes_of on linking_codes (card, workspace, channel);
