-- What the board shows: read from the published topics, and to be had from them again. Nothing of the worker's own tables is used, nor
-- the other way round. The `state` columns hold records as they were published.

create table board.application (
    id       text collate "C" primary key,
    revision bigint   not null,
    title    text,
    owner    text,
    archived boolean  not null,
    state    text     not null,
    words    tsvector not null
);
create index application_words on board.application using gin (words);

-- One that is gone has no state; its key, its revision and why stay.
create table board.release (
    application      text collate "C" not null,
    id               text collate "C" not null,
    revision         bigint not null,
    created_revision bigint,
    title            text,
    commit_sha       text collate "C",
    artifact         text collate "C",
    current_in       text[],
    state            text,
    gone             text,
    words            tsvector,
    primary key (application, id)
);
create index release_newest on board.release (application, created_revision desc) where state is not null;
create index release_id on board.release (id) where state is not null;
create index release_commit on board.release (commit_sha) where commit_sha is not null;
create index release_artifact on board.release (artifact) where artifact is not null;
create index release_words on board.release using gin (words);

create table board.environment (
    application text collate "C" not null,
    id          text collate "C" not null,
    revision    bigint  not null,
    position    integer not null,
    tier        text,
    current     text collate "C",
    moving      boolean not null,
    waiting     boolean not null,
    failed_at   timestamptz,
    state       text,
    gone        text,
    primary key (application, id)
);
create index environment_moving on board.environment (application) where moving;
create index environment_waiting on board.environment (application) where waiting;
create index environment_failed on board.environment (failed_at) where failed_at is not null;

-- As its latest event has it. `revision` is that of its first event, by which they are sorted; `told_at` that of the latest.
create table board.deployment (
    application text collate "C" not null,
    id          uuid   not null,
    revision    bigint not null,
    told_at     bigint not null,
    release     text collate "C" not null,
    environment text collate "C" not null,
    status      text   not null,
    state       text   not null,
    created_at  timestamptz not null,
    primary key (application, id)
);
create index deployment_newest on board.deployment (application, revision desc);
create index deployment_of_release on board.deployment (application, release, revision desc);
create index deployment_of_environment on board.deployment (application, environment, revision desc);
create index deployment_age on board.deployment (created_at);

create table board.event (
    application text collate "C" not null,
    revision    bigint not null,
    type        text   not null,
    at          timestamptz not null,
    release     text collate "C",
    environment text collate "C",
    deployment  uuid,
    cause       uuid   not null,
    primary key (application, revision)
);
create index event_of_cause on board.event (cause);
create index event_age on board.event (at);

-- What ran in an environment from when on; without a release: nothing.
create table board.run (
    application text collate "C" not null,
    environment text collate "C" not null,
    revision    bigint not null,
    since       timestamptz not null,
    release     text collate "C",
    deployment  uuid,
    actor       text,
    primary key (application, environment, revision)
);

-- One row for each result, and one for whatever has events without one: what the clock did, or a command whose result is yet to come.
create table board.activity (
    number      bigint generated always as identity primary key,
    application text collate "C" not null,
    source      text   not null,
    command     text   not null,
    cause       uuid   not null,
    at          timestamptz not null,
    revision    bigint not null,
    type        text,
    outcome     text,
    code        text,
    detail      text,
    actor       text,
    reason      text,
    release     text collate "C",
    environment text collate "C",
    deployment  uuid
);
create unique index activity_of_cause on board.activity (cause) where outcome is distinct from 'rejected';
create index activity_newest on board.activity (at desc, number desc);
create index activity_of_application on board.activity (application, at desc, number desc);
create index activity_of_actor on board.activity (actor, at desc, number desc);

-- How far each partition is read; written with what was read.
create table board.progress (
    topic       text    not null,
    partition   integer not null,
    next_offset bigint  not null,
    primary key (topic, partition)
);

-- Which applications a transaction of the board changed, for those who look on. Numbers are in the order of the commits.
create table board.change (
    number        bigint generated always as identity primary key,
    at            timestamptz not null default clock_timestamp(),
    behind_millis bigint      not null,
    applications  text        not null
);
create index change_age on board.change (at);
