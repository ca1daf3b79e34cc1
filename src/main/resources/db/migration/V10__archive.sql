-- Whether a release is archived decides what an environment is rolled back to, which is asked of a place on a line: without
-- reading the release itself.
alter table release add column archived boolean not null default false;
