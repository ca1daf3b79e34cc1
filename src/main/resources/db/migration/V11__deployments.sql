-- How the deployment of a command stood after it, for those that send the command again.
alter table known_command add column life text;

-- How deployments ended, so that a deployer that reports once more gets its answer (rule 25). Kept as long as outcomes are; see V5
-- on why the index by age is no BRIN.
create table ended_deployment (
    application  text collate "C" not null,
    id           uuid        not null,
    status       text        not null,
    failure_kind text,
    finished_at  timestamptz not null,
    known_at     timestamptz not null default now(),
    primary key (application, id)
) with (autovacuum_vacuum_cost_delay = 10);
create index ended_deployment_known_at on ended_deployment (known_at);

-- When applications must be looked at next. Written, moved and removed by decisions alone; who owns the partition sends what is due
-- to the commands topic, and sends it again after a while as long as it stands here.
create table timer (
    application text collate "C" primary key,
    partition   integer     not null,
    due         timestamptz not null,
    send_after  timestamptz not null,
    attempts    integer     not null default 0
) with (autovacuum_vacuum_cost_delay = 10);
create index timer_due on timer (partition, due);
