-- Which releases of an application are the newest, and which the oldest: asked once a day where it archives those that nobody
-- needs to see (rule 29). Null where a version wrote that did not know of it. Rows that are there already get it when they are
-- written, or looked at for this: to write all of a large table here would hold up the workers of the version before.
alter table release add column created_revision bigint;
create index release_in_sight on release (application, created_revision) where not archived;
