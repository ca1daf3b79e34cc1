-- A refusal is recognised by its result, so that one that is read again, or was copied to another topic, appears once.
update board.activity set cause = gen_random_uuid() where outcome = 'rejected';
drop index board.activity_of_cause;
create unique index activity_of_cause on board.activity (cause);
