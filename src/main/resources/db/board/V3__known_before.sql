-- Since when what is current in an environment is so, and what ran there before it: by these is known what ran before the first event that
-- is held. Rows from before fill up as their environments change, or at once with lockstep.board.rebuild=state.
alter table board.environment add column current_since timestamptz, add column previous text collate "C";
-- What ran there until then, or null.
alter table board.run add column previous text collate "C";
