-- Outcomes are forgotten in the order of their age, a step at a time. The BRIN index told ages apart only until freed pages
-- were used again: its ranges then reach from old to new for ever, and each step reads more than the one before.
create index if not exists known_command_known_at on known_command (known_at);
drop index known_command_age;

-- How far outcomes are forgotten, and how the database's clock was seen to run. One row: who locks it is at it.
create table retention (
    id           smallint    primary key check (id = 1),
    looked_at    timestamptz not null,
    steady_since timestamptz not null default 'epoch',
    forgotten_to timestamptz not null default 'epoch'
);

-- The commands topics that progress and outbox know, and until when they were the one that is worked on.
create table commands_topic (
    topic_id  text        primary key,
    last_seen timestamptz not null
);
