-- Of the installation: bots that are listened to. A bot is its number, the one before the colon of its token.
create table bots (
  bot text collate "C" primary key,
  next_update bigint not null default 0, -- the first one that has not been taken
  taken_at bigint not null default 0,   -- when updates were taken last
  wanted_until bigint not null default 0,
  reason text,                          -- why it could not be listened to the last time; null: it could
  detail text
);

-- The chats in which a bot has been seen.
create table chats (
  bot text collate "C" not null,
  chat text collate "C" not null,
  title text not null,
  kind text not null,                   -- private, group, supergroup, channel
  username text,
  member smallint not null,
  can_post smallint not null,
  seen_at bigint not null,
  primary key (bot, chat)
);
