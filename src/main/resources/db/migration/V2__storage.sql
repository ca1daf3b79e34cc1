-- An application's state is a little over two kilobytes, at which Postgres begins to compress a row, and it is rewritten
-- by nearly every command: compressing took four fifths of that.
alter table application set (toast_tuple_target = 8160);

-- A release is rewritten a few times while it goes through its pipeline and then rests: room for that on its own page
-- spares its index.
alter table release set (fillfactor = 60);
