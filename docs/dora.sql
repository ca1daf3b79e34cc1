-- DORA figures from Lockstep's events, for PostgreSQL 16 or later.
--
-- Load the values of lockstep.events.v1 into "event", as they are; docs/consuming.md says how. Loading one again changes
-- nothing. Then:
--
--   SELECT * FROM dora('2026-03-01', '2026-04-01');
--
-- Every figure comes from one pass over the events, sorted by environment: the time grows with their number and no faster.

-- Each event once, with the fields that the figures need.
CREATE TABLE IF NOT EXISTS lockstep_event (
    source           text COLLATE "C" NOT NULL,
    id               text COLLATE "C" NOT NULL,
    type             text COLLATE "C" NOT NULL,
    application      text COLLATE "C",
    revision         bigint,
    release          text COLLATE "C",
    created_revision bigint,
    environment      text COLLATE "C",
    tier             text,
    action           text,
    finished_at      timestamptz,
    committed_at     timestamptz,
    value            jsonb NOT NULL,
    PRIMARY KEY (source, id)
);
-- Whether the event says which tier its environment has: one without a tier says so too.
ALTER TABLE lockstep_event ADD COLUMN IF NOT EXISTS tells_tier boolean;
-- Whether it says that a deployment started and failed.
ALTER TABLE lockstep_event ADD COLUMN IF NOT EXISTS failed boolean NOT NULL DEFAULT false;

-- What is copied into this view goes into the table above, unless it is there already.
CREATE OR REPLACE VIEW event AS SELECT value FROM lockstep_event;

CREATE OR REPLACE FUNCTION record_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ours jsonb := NEW.value #> '{customData,lockstep}';
    committed text := ours #>> '{deployment,source,committedAt}';
    finished timestamptz := ours #>> '{deployment,finishedAt}';
    of_environment boolean := NEW.value #>> '{context,type}' LIKE 'dev.cdevents.environment.%';
BEGIN
    INSERT INTO lockstep_event (
        source, id, type, application, revision, release, created_revision, environment, tier, tells_tier, action,
        failed, finished_at, committed_at, value)
    VALUES (
        NEW.value #>> '{context,source}',
        NEW.value #>> '{context,id}',
        NEW.value #>> '{context,type}',
        ours ->> 'application',
        (ours ->> 'revision')::bigint,
        ours ->> 'release',
        (ours ->> 'createdRevision')::bigint,
        coalesce(NEW.value #>> '{subject,content,environment,id}', ours #>> '{environment,id}'),
        coalesce(ours #>> '{environment,tier}', ours #>> '{deployment,environmentTier}'),
        of_environment OR coalesce(ours -> 'deployment' ? 'environmentTier', false),
        ours #>> '{deployment,action}',
        coalesce(ours #>> '{deployment,status}' = 'failed', false),
        finished,
        -- a commit of the future, or of a time that PostgreSQL does not know, tells nothing
        CASE
            WHEN pg_input_is_valid(committed, 'timestamptz') THEN
                CASE WHEN committed::timestamptz <= finished THEN committed::timestamptz END
        END,
        NEW.value)
    ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER record_event INSTEAD OF INSERT ON event FOR EACH ROW EXECUTE FUNCTION record_event();

-- What became of production: deployments that took place, also of what ran there already, or failed once they had started. Production is an environment whose tier said so at
-- that time: the deployment tells it; where that is older than this member, the tier told last before it. Without a tier, it is
-- one of that name. A change is a deployment that does not go back. Rollbacks in a row belong to the change before them: it
-- failed, and the last of them restored the service. A change that was reported as failed, or as lost, failed at that moment, and
-- the service is restored by whatever succeeds there next. What is only deployed again is no change.
CREATE OR REPLACE VIEW production_event AS
SELECT
    source, application, environment, release, created_revision, revision, action, finished_at, committed_at, change, failed
FROM (
    SELECT
        *,
        first_value(tier)
            OVER (PARTITION BY source, application, environment, telling ORDER BY revision) AS tier_then
    FROM (
        SELECT
            *,
            count(*) FILTER (WHERE coalesce(tells_tier, type LIKE 'dev.cdevents.environment.%'))
                OVER (PARTITION BY source, application, environment ORDER BY revision) AS telling,
            count(*) FILTER (WHERE action = 'deploy')
                OVER (PARTITION BY source, application, environment ORDER BY revision) AS change
        FROM lockstep_event
        WHERE environment IS NOT NULL AND (failed OR type NOT LIKE 'dev.cdeventsx.lockstep-deployment.%')
    ) AS t
) AS e
WHERE coalesce(tier_then, environment) = 'production'
  AND (failed
    OR type ~ '^dev\.cdevents\.service\.(deployed|upgraded|rolledback)\.'
    OR type LIKE 'dev.cdeventsx.lockstep-service.redeployed.%');

-- Deployments to production that took place, but of what ran there already.
CREATE OR REPLACE VIEW production_deployment AS
SELECT source, application, environment, release, created_revision, revision, action, finished_at, committed_at, change
FROM production_event
WHERE NOT failed AND action <> 'redeploy';

CREATE OR REPLACE VIEW production_change AS
SELECT
    source, application, environment, release, finished_at, lead_time, restored_at - finished_at AS time_to_restore,
    failed OR restored_at IS NOT NULL AS failed
FROM (
    SELECT
        *,
        -- only the first time that a release comes there tells how long its change took
        CASE
            WHEN revision = min(revision) FILTER (WHERE NOT failed)
                OVER (PARTITION BY source, application, environment, release, created_revision)
                THEN finished_at - committed_at
        END AS lead_time,
        CASE
            WHEN failed
                THEN min(finished_at) FILTER (WHERE NOT failed) OVER (
                    PARTITION BY source, application, environment
                    ORDER BY revision ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
            ELSE max(finished_at) FILTER (WHERE action = 'rollback' AND NOT failed)
                OVER (PARTITION BY source, application, environment, change)
        END AS restored_at
    FROM production_event
) AS d
WHERE action = 'deploy';

-- The four figures of the changes that reached production in [since, until), per application.
CREATE OR REPLACE FUNCTION dora(since timestamptz, until timestamptz)
RETURNS TABLE (
    application text,
    changes bigint,
    changes_per_day numeric,
    lead_time interval,           -- median, from the commit to production
    lead_times bigint,            -- how many changes it is the median of
    change_failure_rate numeric,  -- of the changes, how many failed or were rolled back
    time_to_restore interval      -- median, from the change, or its failure, to the end of what restored the service
)
LANGUAGE sql STABLE AS $$
    SELECT
        c.application,
        count(*),
        round(count(*) / (extract(epoch FROM until - since) / 86400), 2),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY c.lead_time),
        count(c.lead_time),
        round(count(*) FILTER (WHERE c.failed)::numeric / count(*), 2),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY c.time_to_restore)
    FROM production_change AS c
    WHERE c.finished_at >= since AND c.finished_at < until
    GROUP BY c.application
    ORDER BY c.application
$$;
