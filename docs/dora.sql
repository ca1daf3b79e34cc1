-- DORA figures from Lockstep's events, for PostgreSQL 16 or later.
--
-- Load the values of lockstep.events.v1 into the table, as they are; docs/consuming.md says how. Loading one twice is
-- harmless. Then:
--
--   SELECT * FROM dora('2026-03-01', '2026-04-01');

CREATE TABLE IF NOT EXISTS event (value jsonb NOT NULL);

-- The fields that the figures need, each event once.
CREATE OR REPLACE VIEW lockstep_event AS
SELECT DISTINCT ON (id)
    value #>> '{context,id}' AS id,
    value #>> '{context,type}' AS type,
    ours ->> 'application' AS application,
    (ours ->> 'revision')::bigint AS revision,
    ours ->> 'release' AS release,
    (ours ->> 'createdRevision')::bigint AS created_revision,
    value #>> '{subject,content,environment,id}' AS environment,
    ours -> 'environment' AS stage,
    ours #>> '{deployment,action}' AS action,
    (ours #>> '{deployment,finishedAt}')::timestamptz AS finished_at,
    CASE
        WHEN pg_input_is_valid(ours #>> '{deployment,source,committedAt}', 'timestamptz')
            THEN (ours #>> '{deployment,source,committedAt}')::timestamptz
    END AS committed_at
FROM event, LATERAL (SELECT value #> '{customData,lockstep}') AS lockstep (ours)
ORDER BY id;

-- What counts as production: the environments whose tier says so.
CREATE OR REPLACE VIEW production AS
SELECT application, id
FROM (
    SELECT DISTINCT ON (application, stage ->> 'id')
        application, stage ->> 'id' AS id, stage ->> 'tier' AS tier
    FROM lockstep_event
    WHERE type LIKE 'dev.cdevents.environment.%'
    ORDER BY application, stage ->> 'id', revision DESC
) AS latest
WHERE tier = 'production';

-- Deployments to production that took place. A change is one that does not go back. Rollbacks in a row belong to the
-- change before them: it failed, and the last of them restored the service.
CREATE OR REPLACE VIEW production_deployment AS
SELECT
    e.application, e.environment, e.release, e.created_revision, e.revision, e.action, e.finished_at, e.committed_at,
    count(*) FILTER (WHERE e.action = 'deploy')
        OVER (PARTITION BY e.application, e.environment ORDER BY e.revision) AS change
FROM lockstep_event AS e
JOIN production AS p ON p.application = e.application AND p.id = e.environment
WHERE e.type ~ '^dev\.cdevents\.service\.(deployed|upgraded|rolledback)\.';

CREATE OR REPLACE VIEW production_change AS
SELECT
    d.application, d.environment, d.release, d.finished_at,
    -- only the first time that a release comes there tells how long its change took
    CASE
        WHEN d.revision = min(d.revision)
            OVER (PARTITION BY d.application, d.environment, d.release, d.created_revision)
            THEN d.finished_at - d.committed_at
    END AS lead_time,
    r.restored_at - d.finished_at AS time_to_restore
FROM production_deployment AS d
LEFT JOIN (
    SELECT application, environment, change, max(finished_at) AS restored_at
    FROM production_deployment
    WHERE action = 'rollback'
    GROUP BY application, environment, change
) AS r USING (application, environment, change)
WHERE d.action = 'deploy';

-- The four figures of the changes that reached production in [since, until), per application.
CREATE OR REPLACE FUNCTION dora(since timestamptz, until timestamptz)
RETURNS TABLE (
    application text,
    changes bigint,
    changes_per_day numeric,
    lead_time interval,           -- median, from the commit to production
    lead_times bigint,            -- how many changes it is the median of
    change_failure_rate numeric,  -- of the changes, how many were rolled back
    time_to_restore interval      -- median, from the change to the end of its rollback
)
LANGUAGE sql STABLE AS $$
    SELECT
        c.application,
        count(*),
        round(count(*) / (extract(epoch FROM until - since) / 86400), 2),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY c.lead_time),
        count(c.lead_time),
        round(count(c.time_to_restore)::numeric / count(*), 2),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY c.time_to_restore)
    FROM production_change AS c
    WHERE c.finished_at >= since AND c.finished_at < until
    GROUP BY c.application
    ORDER BY c.application
$$;
