-- What is stored outlives a version: each row says how it is written. A worker that meets a higher number than it knows leaves
-- the row alone and says which version is needed. Outbox rows of format 1 do not say what became of their records.
alter table application add column format smallint not null default 1;
alter table release add column format smallint not null default 1;
alter table outbox add column format smallint not null default 1;
