package dev.lockstep.store;

import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.store.NamedKeys.ReleaseKey;
import dev.lockstep.store.Statements.Statement;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads what a batch's commands name, and what depends on it: in two steps, each with its statements sent together, and further
 * steps for unfinished deployments and for releases that may be archived.
 */
final class StateLoader {

    /** Up to this many times more releases may be read because they are on their way: most of them are not written. */
    private static final long UNFINISHED_FACTOR = 10;

    /** What a release takes at most, nearly always: texts of emoji, all labels, and a few dozen placements. */
    private static final long MAX_RELEASE_BYTES = 64 << 10;

    private final List<IncomingRecord> records;
    private final NamedKeys named;
    private final int maxReleases;
    private final long maxReadBytes;
    private final Map<String, Long> releaseBytes = new HashMap<>();
    private RowLoader rowLoader;
    private UnitOfWork state;

    /**
     * @param maxReleases see {@link BatchLimits}
     * @param maxReadBytes see {@link BatchLimits}
     */
    StateLoader(List<IncomingRecord> records, int maxReleases, long maxReadBytes) {
        this.records = records;
        this.named = new NamedKeys(records);
        this.maxReleases = maxReleases;
        this.maxReadBytes = maxReadBytes;
    }

    /** Reads everything that the commands themselves name. What was read before is discarded. */
    List<Statement> namedReads(Statements sql) {
        rowLoader = new RowLoader();
        state = rowLoader.state();
        List<Statement> reads = new ArrayList<>();
        if (!named.idempotencyKeys.isEmpty()) {
            reads.add(sql.query(
                    rowLoader::loadFirstOutcome,
                    "select key, fingerprint, revision, deployment, life, problem from known_command where key = any($1::uuid[])",
                    (Object) named.idempotencyKeys.toArray(UUID[]::new)));
        }
        if (!named.applications.isEmpty()) {
            reads.add(
                    sql.query(rowLoader::loadApplication, """
                    select a.id, a.revision, a.releases, a.format, a.home, t.due,
                           case when sum(octet_length(a.state)) over (rows unbounded preceding) - octet_length(a.state) < $2
                                then a.state end as state
                    from unnest($1::text[]) as k(id) join application a on a.id = k.id left join timer t on t.application = a.id""", named.applications.toArray(String[]::new), readLimit()));
        }
        if (!named.definedEnvironments.isEmpty()) {
            reads.add(sql.query(
                    rowLoader::loadDroppedEnvironment,
                    """
                    select e.application, e.id, e.state, e.format from unnest($1::text[], $2::text[]) as k(application, id)
                    join environment e on e.application = k.application and e.id = k.id""",
                    named.definedEnvironments.stream()
                            .map(EnvironmentKey::application)
                            .toArray(String[]::new),
                    named.definedEnvironments.stream().map(EnvironmentKey::id).toArray(String[]::new)));
        }
        if (!named.deployments.isEmpty()) {
            reads.add(sql.query(
                    rowLoader::loadEndedDeployment,
                    """
                    select e.application, e.id, e.status, e.failure_kind, e.finished_at
                    from unnest($1::text[], $2::uuid[]) as k(application, id)
                    join ended_deployment e on e.application = k.application and e.id = k.id""",
                    named.deployments.stream()
                            .map(NamedKeys.DeploymentKey::application)
                            .toArray(String[]::new),
                    named.deployments.stream().map(NamedKeys.DeploymentKey::id).toArray(UUID[]::new)));
        }
        if (!named.releases.isEmpty()) {
            reads.add(releasesRead(sql, named.releases));
        }
        return reads;
    }

    /**
     * Reads what depends on the loaded applications: the releases in, or on their way into, environments where something may change; all of an application whose pipeline may change; and places on lines. If there are too many
     * releases of the second kind, the batch ends before them. Nothing is read for misplaced records: they will be moved.
     */
    Uni<UnitOfWork> readDependent(Statements sql, TransactionBatch batch, PartitionProgress progress) {
        state.setHomes(progress.homes());
        state.setContext(new DecisionContext(progress.now()));
        endBeforeFirst(batch, rowLoader::concernsLeftOutApplication);
        endBeforeFirst(batch, rowLoader::namesLeftOutRelease);
        return Statements.pipeline(releaseBytesReads(sql, batch)).chain(() -> readReleases(sql, batch));
    }

    /** Of as many applications as may be read with all of their releases, if these may be too large together. */
    private List<Statement> releaseBytesReads(Statements sql, TransactionBatch batch) {
        Set<String> counted = new LinkedHashSet<>();
        long releases = 0;
        for (IncomingRecord record : batch.newRecords()) {
            if (needsEveryRelease(record) && !counted.contains(record.application())) {
                releases += state.applicationIfLoaded(record.application()).releaseCount();
                if (releases > maxReleases) {
                    break;
                }
                counted.add(record.application());
            }
        }
        return counted.isEmpty() || releases * MAX_RELEASE_BYTES <= maxReadBytes
                ? List.of()
                : List.of(sql.query(
                        row -> releaseBytes.put(row.getString("application"), row.getLong("bytes")), """
                        select application, sum(octet_length(state))::int8 as bytes from release
                        where application = any($1::text[]) group by application""", (Object)
                                counted.toArray(String[]::new)));
    }

    /** What may be too much ends the batch: what is read after that is for the records that are left. */
    private Uni<UnitOfWork> readReleases(Statements sql, TransactionBatch batch) {
        ArchiveCandidates archiveCandidates = new ArchiveCandidates(sql, state);
        Set<Application> keepChecks = archiveCandidates.applicationsToCheck(batch, maxReleases);
        Set<String> toLoadFully = applicationsToReadFully(batch);
        List<IncomingRecord> recordsAtHome =
                batch.records().stream().filter(this::isAtHome).toList();
        Map<EnvironmentKey, Environment> affected = collectAffectedEnvironments(recordsAtHome, batch);
        List<Statement> reads = new ArrayList<>(releaseReads(sql, affected, toLoadFully));
        SuccessLineLoader lines = new SuccessLineLoader(state, named.rollbackCounts, readLimit());
        List<Command> commands = recordsAtHome.stream()
                .filter(record -> !record.isTimer())
                .map(IncomingRecord::command)
                .toList();
        reads.addAll(lines.reads(sql, commands));
        return Statements.pipeline(reads)
                .chain(() -> Statements.pipeline(lines.readsForUnfinished(sql, affected)))
                .invoke(() -> endBeforeFirst(
                        batch, record -> dependsOnLeftOutRelease(record) || lines.needsLeftOutTarget(record)))
                .chain(() -> archiveCandidates.loadCandidates(keepChecks))
                .map(read -> state);
    }

    /** Reads the releases in the affected environments, unless they are loaded, and all of some applications. */
    private List<Statement> releaseReads(
            Statements sql, Map<EnvironmentKey, Environment> affected, Set<String> toLoadFully) {
        Set<ReleaseKey> inAffected = new LinkedHashSet<>();
        affected.forEach((key, environment) ->
                releasesIn(environment).forEach(release -> inAffected.add(new ReleaseKey(key.application(), release))));
        inAffected.removeIf(key ->
                named.releases.contains(key) && !rowLoader.isLeftOut(key) || toLoadFully.contains(key.application()));
        List<Statement> reads = new ArrayList<>();
        if (!inAffected.isEmpty()) {
            reads.add(releasesRead(sql, inAffected));
        }
        if (!toLoadFully.isEmpty()) {
            reads.add(sql.query(
                    rowLoader::loadRelease,
                    "select application, id, format, state from release where application = any($1::text[])",
                    (Object) toLoadFully.toArray(String[]::new)));
        }
        return reads;
    }

    /** The first new record always gets what it needs, if not in this batch, then in one of its own. */
    private static void endBeforeFirst(TransactionBatch batch, Predicate<IncomingRecord> isLeftOut) {
        batch.newRecords().stream().filter(isLeftOut).findFirst().ifPresent(record -> {
            if (batch.records().get(0) == record) {
                batch.deferToOwnBatch(record);
            } else {
                batch.endBefore(record);
            }
        });
    }

    private boolean dependsOnLeftOutRelease(IncomingRecord record) {
        return rowLoader.hasLeftOutReleases()
                && isAtHome(record)
                && environmentsAffectedBy(record, state.applicationIfLoaded(record.application())).stream()
                        .flatMap(StateLoader::releasesIn)
                        .anyMatch(release -> rowLoader.isLeftOut(new ReleaseKey(record.application(), release)));
    }

    private static Stream<String> releasesIn(Environment environment) {
        return Stream.concat(
                Stream.ofNullable(environment.current()).map(Environment.DeployedRelease::release),
                environment
                        .unfinishedDeployments()
                        .map(deployment -> deployment.request().release()));
    }

    /** Whether it is a command or a timer of a loaded application, in that application's home partition. */
    private boolean isAtHome(IncomingRecord record) {
        return (record.command() != null || record.isTimer())
                && state.applicationIfLoaded(record.application()) != null
                && state.homePartitionOf(record.application()) == record.partition();
    }

    /**
     * The environments in which what is there, or on its way there, may change: deployments may start wherever they wait,
     * whatever the command is about (rule 28). Up to 100 wait in an application, and a thousand timers may come at once: the
     * batch ends if there are too many.
     */
    private Map<EnvironmentKey, Environment> collectAffectedEnvironments(
            List<IncomingRecord> recordsAtHome, TransactionBatch batch) {
        Map<EnvironmentKey, Environment> affected = new LinkedHashMap<>();
        long read = 0;
        for (IncomingRecord record : recordsAtHome) {
            Application application = state.applicationIfLoaded(record.application());
            for (Environment environment : environmentsAffectedBy(record, application)) {
                Environment before = affected.put(new EnvironmentKey(application.id(), environment.id()), environment);
                read += before == null ? environment.unfinishedDeployments().count() : 0;
            }
            if (read > UNFINISHED_FACTOR * maxReleases && batch.newRecords().contains(record)) {
                batch.endAfter(record);
                break;
            }
        }
        return affected;
    }

    /** Deployments requested by earlier records of the batch need no entry of their own: their environments are already there. */
    private static Collection<Environment> environmentsAffectedBy(IncomingRecord record, Application application) {
        Command command = record.command();
        return command == null || command.requiredState().needsEveryCurrentRelease()
                ? application.environments()
                : application.environments().stream()
                        .filter(environment -> environment.hasUnfinishedDeployments()
                                || environment.id().equals(command.environment()))
                        .toList();
    }

    /**
     * The applications to read with all of their releases. Those of a larger one are read later, page by page, if they change
     * at all; as that takes long, the command that may change them gets a batch of its own.
     */
    private Set<String> applicationsToReadFully(TransactionBatch batch) {
        Set<String> toLoadFully = new LinkedHashSet<>();
        long releases = 0;
        long bytes = 0;
        for (IncomingRecord record : batch.newRecords()) {
            if (!needsEveryRelease(record) || toLoadFully.contains(record.application())) {
                continue;
            }
            Application application = state.applicationIfLoaded(record.application());
            long bytesOfApplication = releaseBytes.getOrDefault(application.id(), 0L);
            if (application.releaseCount() > maxReleases || bytesOfApplication > maxReadBytes) {
                if (!batch.isOnly(record)) {
                    batch.deferToOwnBatch(record);
                }
                break;
            }
            releases += application.releaseCount();
            bytes += bytesOfApplication;
            if (releases > maxReleases || bytes > maxReadBytes) {
                batch.endBefore(record);
                break;
            }
            toLoadFully.add(application.id());
        }
        return toLoadFully;
    }

    private boolean needsEveryRelease(IncomingRecord record) {
        return isAtHome(record)
                && !record.isTimer()
                && record.command().requiredState().needsEveryRelease();
    }

    private Statement releasesRead(Statements sql, Set<ReleaseKey> keys) {
        return sql.query(
                rowLoader::loadReleaseUnlessLeftOut,
                """
                select r.application, r.id, r.format,
                       case when sum(octet_length(r.state)) over (rows unbounded preceding) - octet_length(r.state) < $3
                            then r.state end as state
                from unnest($1::text[], $2::text[]) as k(application, id)
                join release r on r.application = k.application and r.id = k.id""",
                keys.stream().map(ReleaseKey::application).toArray(String[]::new),
                keys.stream().map(ReleaseKey::id).toArray(String[]::new),
                readLimit());
    }

    /** In bytes. The first row that is found is always read. */
    private long readLimit() {
        return records.size() == 1 ? Long.MAX_VALUE : maxReadBytes;
    }
}
