-- Postgres is the truth: what applications hold, which commands are known, and what is still to be published.
-- The `state` columns hold JSON that the worker reads and writes whole: one row to read and one to write per thing
-- that a command touches. To look inside: select state::jsonb from release where …

create table application (
    id       text collate "C" primary key,
    revision bigint not null,
    releases bigint not null,
    state    text   not null
) with (fillfactor = 70);

create table release (
    application text collate "C" not null,
    id          text collate "C" not null,
    state       text not null,
    primary key (application, id)
) with (fillfactor = 80);

-- The line of an environment (rule 6): who stands where, from 1. Places behind the end, as the application's state
-- has it, are left over from before a cut and mean nothing.
create table line (
    application text collate "C" not null,
    environment text collate "C" not null,
    position    integer not null,
    release     text collate "C" not null,
    primary key (application, environment, position)
);

-- Idempotency: key and fingerprint are hashes of (application, source, id) and of the content.
create table known_command (
    key         uuid primary key,
    fingerprint uuid        not null,
    revision    bigint      not null,
    deployment  uuid,
    problem     text,
    known_at    timestamptz not null
);
create index known_command_age on known_command using brin (known_at);

-- How far each partition of the commands topic is applied here, and how far its output is known to be in Kafka.
create table progress (
    topic_id  text    not null,
    partition integer not null,
    applied   bigint  not null,
    published bigint  not null,
    primary key (topic_id, partition)
) with (fillfactor = 50);

-- The output of applied records until it is known to be in Kafka; compressed by the worker.
create table outbox (
    topic_id     text    not null,
    partition    integer not null,
    first_offset bigint  not null,
    next_offset  bigint  not null,
    records      bytea   not null,
    primary key (topic_id, partition, first_offset)
);
alter table outbox alter column records set storage external;

-- The partition count of the commands topic is frozen at the first start: other counts would send an application's
-- records to other partitions.
create table layout (
    topic      text primary key,
    partitions integer not null
);
