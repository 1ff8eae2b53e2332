-- Of the installation: bots that are listened to. A bot is its number, the one before the colon of its token.
create table bots (
  bot text primary key,
  next_update integer not null default 0, -- the first one that has not been taken
  taken_at integer not null default 0,   -- when updates were taken last
  wanted_until integer not null default 0,
  reason text,                          -- why it could not be listened to the last time; null: it could
  detail text
) without rowid;

-- The chats in which a bot has been seen.
create table chats (
  bot text not null,
  chat text not null,
  title text not null,
  kind text not null,                   -- private, group, supergroup, channel
  username text,
  member integer not null,
  can_post integer not null,
  seen_at integer not null,
  primary key (bot, chat)
) without rowid;
