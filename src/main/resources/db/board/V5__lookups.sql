-- Commits are searched in lower case, whatever their sender's spelling.
update board.release set commit_sha = lower(commit_sha) where commit_sha <> lower(commit_sha);

-- Whoever has sent a command looks for what became of it.
create index activity_of_command on board.activity (command);
create index activity_of_deployment on board.activity (deployment) where deployment is not null;

-- When the partition was last known to be read completely, so that a long absence is noticed.
alter table board.progress add column read_at timestamptz;
