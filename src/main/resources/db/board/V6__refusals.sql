-- A refusal is recognised by its result, so that one that is read again, or was copied to another topic, appears once. Null for
-- everything else, and for refusals that an earlier version wrote.
alter table board.activity add column result uuid;
create unique index activity_of_result on board.activity (result) where result is not null;
