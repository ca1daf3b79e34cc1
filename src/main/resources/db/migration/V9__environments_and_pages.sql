-- An environment that left the pipeline with a history (rule 8): it comes back with it. Those of the pipeline lie in their
-- application's row, which nearly every command rewrites.
create table environment (
    application text collate "C" not null,
    id          text collate "C" not null,
    state       text     not null,
    format      smallint not null,
    primary key (application, id)
);
create index environment_newer_format on environment (format) where format > 1;

-- What one record puts out can be more than a worker should hold at once: its further pages are rows of their own, from 1.
alter table outbox add column page integer not null default 0;
alter table outbox drop constraint outbox_pkey;
alter table outbox add primary key (topic_id, partition, first_offset, page);
