-- Which topic of that name it is that was read so far: one that is deleted and created again begins anew. Null when that was not known.
alter table board.progress add column topic_id text;
