-- What all workers on this database have in common, kept at the first start: the consumer group and the names of the topics.
-- Another group would publish everything a second time. Changed only on purpose: docs/operations.md.
create table installation (
    name  text primary key,
    value text not null
);

-- A worker that starts asks whether a newer version has written here. Rows of the formats that every version reads are not in
-- these indexes, so they cost nothing as long as there are no others.
create index if not exists application_newer_format on application (format) where format > 1;
create index if not exists release_newer_format on release (format) where format > 1;
create index if not exists outbox_newer_format on outbox (format) where format > 2;
