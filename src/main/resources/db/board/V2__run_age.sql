-- What ran long ago is looked for once a minute, to be forgotten.
create index run_age on board.run (since);
