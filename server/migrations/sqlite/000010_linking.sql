-- Of the installation: codes that people send to a bot so that it writes to them. One a person and channel.
create table linking_codes (
  hash blob primary key,                -- SHA-256 of the code
  workspace integer not null,
  card integer not null,                -- id of the person's card
  channel integer not null,             -- id of the channel that leads to the bot
  made_at integer not null,
  expires_at integer not null,
  used_at integer,                      -- null: neither used nor taken out of use
  chat text                             -- that was linked by it
) without rowid;
create unique index linking_codes_of on linking_codes (card, workspace, channel);
