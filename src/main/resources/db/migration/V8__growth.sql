-- The topics may grow: an application stays in the partition in which it came into being. Null is one of before, which lives
-- where layout.partitions, the count of the first start, puts it.
alter table application add column home integer;

-- The counts that all topics have grown to, and since when applications that come into being find their homes by them.
create table growth (
    topic      text        not null,
    partitions integer     not null,
    since      timestamptz not null,
    primary key (topic, partitions)
);
