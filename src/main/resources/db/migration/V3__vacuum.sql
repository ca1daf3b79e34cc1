-- Under load vacuum comes by once a minute. At the usual pace (every 2 ms) it takes its work in one go, ten seconds in which
-- it needs a processor and fills the log, and whoever waits for an answer then waits twice as long. A fifth of the pace
-- spreads the same work over the minute.
alter table application set (autovacuum_vacuum_cost_delay = 10);
alter table release set (autovacuum_vacuum_cost_delay = 10);
alter table line set (autovacuum_vacuum_cost_delay = 10);
alter table known_command set (autovacuum_vacuum_cost_delay = 10);
alter table outbox set (autovacuum_vacuum_cost_delay = 10, toast.autovacuum_vacuum_cost_delay = 10);
