-- Offsets that a worker commits are marked, so that one that was set by hand can be told from them. How far the partition was
-- applied when a version that marks them last wrote here: where that is less than `applied`, an older version has been at work
-- since, and an offset without a mark is its own.
alter table progress add column marked bigint not null default -1;
