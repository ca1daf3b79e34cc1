package dev.lockstep.store;

import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.store.Statements.Statement;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StateJson;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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

    private static final int HASH_MULTIPLIER = 0x9E3779B1;

    private record ReleaseKey(String application, String id) {

        /** If names in both are numbered consecutively, the hash of a record would put them into few buckets. */
        @Override
        public int hashCode() {
            return HASH_MULTIPLIER * application.hashCode() + id.hashCode();
        }
    }

    private record DeploymentKey(String application, UUID id) {}

    private final List<CommandRecord> records;
    private final Set<UUID> keys = new LinkedHashSet<>();
    private final Set<String> applications = new LinkedHashSet<>();
    private final Set<ReleaseKey> named = new LinkedHashSet<>();
    private final Set<EnvironmentKey> defined = new LinkedHashSet<>();
    private final Set<DeploymentKey> reported = new LinkedHashSet<>();
    private final Map<EnvironmentKey, Integer> rollbackCounts = new HashMap<>();
    private final Map<String, Long> releaseBytes = new HashMap<>();

    /** Applications and releases that exist, but were too much to read: the batch ends before the first record that needs one. */
    private final Set<String> applicationsLeftOut = new HashSet<>();

    private final Set<ReleaseKey> releasesLeftOut = new HashSet<>();
    private final int maxReleases;
    private final long maxReadBytes;
    private UnitOfWork state;

    /**
     * @param maxReleases, maxReadBytes see {@link BatchLimits}
     */
    StateLoader(List<CommandRecord> records, int maxReleases, long maxReadBytes) {
        this.maxReleases = maxReleases;
        this.maxReadBytes = maxReadBytes;
        this.records = records;
        for (CommandRecord record : records) {
            if (record.idempotencyKey() != null) {
                keys.add(record.idempotencyKey());
            }
            applications.add(record.application());
            applications.add(record.keyApplication());
            if (record.command() != null) {
                collectKeys(record.command());
            }
        }
        applications.remove(null);
    }

    private void collectKeys(Command command) {
        if (command.release() != null) {
            named.add(new ReleaseKey(command.application(), command.release()));
        }
        if (command.requiredState().needsPredecessor()) {
            rollbackCounts.merge(EnvironmentKey.named(command), 1, Integer::sum);
        }
        if (command.deployment() != null) {
            reported.add(new DeploymentKey(command.application(), UUID.fromString(command.deployment())));
        }
        command.requiredState()
                .redefinedEnvironments()
                .forEach(environment -> defined.add(new EnvironmentKey(command.application(), environment)));
    }

    /** Reads everything that the commands themselves name. What was read before is discarded. */
    List<Statement> readNamed(Statements sql) {
        state = new UnitOfWork();
        applicationsLeftOut.clear();
        releasesLeftOut.clear();
        List<Statement> reads = new ArrayList<>();
        if (!keys.isEmpty()) {
            reads.add(sql.query(
                    this::loadFirstOutcome,
                    "select key, fingerprint, revision, deployment, life, problem from known_command where key = any($1::uuid[])",
                    (Object) keys.toArray(UUID[]::new)));
        }
        if (!applications.isEmpty()) {
            reads.add(sql.query(this::loadApplication, """
                    select a.id, a.revision, a.releases, a.format, a.home, t.due,
                           case when sum(octet_length(a.state)) over (rows unbounded preceding) - octet_length(a.state) < $2
                                then a.state end
                    from unnest($1::text[]) as k(id) join application a on a.id = k.id left join timer t on t.application = a.id""", applications.toArray(String[]::new), readLimit()));
        }
        if (!defined.isEmpty()) {
            reads.add(sql.query(
                    this::loadDroppedEnvironment,
                    """
                    select e.application, e.id, e.state, e.format from unnest($1::text[], $2::text[]) as k(application, id)
                    join environment e on e.application = k.application and e.id = k.id""",
                    defined.stream().map(EnvironmentKey::application).toArray(String[]::new),
                    defined.stream().map(EnvironmentKey::id).toArray(String[]::new)));
        }
        if (!reported.isEmpty()) {
            reads.add(sql.query(
                    this::loadEndedDeployment,
                    """
                    select e.application, e.id, e.status, e.failure_kind, e.finished_at
                    from unnest($1::text[], $2::uuid[]) as k(application, id)
                    join ended_deployment e on e.application = k.application and e.id = k.id""",
                    reported.stream().map(DeploymentKey::application).toArray(String[]::new),
                    reported.stream().map(DeploymentKey::id).toArray(UUID[]::new)));
        }
        if (!named.isEmpty()) {
            reads.add(releases(sql, named));
        }
        return reads;
    }

    /**
     * Reads what depends on the loaded applications: releases that are in environments, or on their way into them, in which
     * something may change; all of an application whose pipeline may change; and places on lines. If there are too many
     * releases of the second kind, the batch ends before them. Nothing is read for records that lie elsewhere than their
     * application: they are moved.
     */
    Uni<UnitOfWork> readDependent(Statements sql, TransactionBatch batch, PartitionProgress progress) {
        state.setHomes(progress.homes());
        state.setContext(new DecisionContext(progress.now()));
        endBeforeFirst(batch, this::concernsApplicationLeftOut);
        endBeforeFirst(batch, this::namesReleaseLeftOut);
        return Statements.pipelined(readReleaseBytes(sql, batch)).chain(() -> readReleases(sql, batch));
    }

    /** Of as many applications as may be read with all of their releases, if these may be too large together. */
    private List<Statement> readReleaseBytes(Statements sql, TransactionBatch batch) {
        Set<String> counted = new LinkedHashSet<>();
        long releases = 0;
        for (CommandRecord record : batch.newRecords()) {
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
                : List.of(sql.query(row -> releaseBytes.put(row.getString(0), row.getLong(1)), """
                        select application, sum(octet_length(state))::int8 from release
                        where application = any($1::text[]) group by application""", (Object)
                        counted.toArray(String[]::new)));
    }

    private Uni<UnitOfWork> readReleases(Statements sql, TransactionBatch batch) {
        ArchiveCandidates keep = new ArchiveCandidates(sql, state);
        Set<Application> keepChecks = keep.applicationsToCheck(batch, maxReleases);
        Set<String> fullyLoaded = applicationsToReadFully(batch);
        List<CommandRecord> recordsAtHome =
                batch.records().stream().filter(this::isAtHome).toList();
        Map<EnvironmentKey, Environment> affected = affectedEnvironments(recordsAtHome, batch);
        Set<ReleaseKey> releasesInAffected = new LinkedHashSet<>();
        affected.forEach((key, environment) -> releasesIn(environment)
                .forEach(release -> releasesInAffected.add(new ReleaseKey(key.application(), release))));
        releasesInAffected.removeIf(key ->
                named.contains(key) && !releasesLeftOut.contains(key) || fullyLoaded.contains(key.application()));
        List<Statement> reads = new ArrayList<>();
        if (!releasesInAffected.isEmpty()) {
            reads.add(releases(sql, releasesInAffected));
        }
        if (!fullyLoaded.isEmpty()) {
            reads.add(sql.query(
                    this::loadRelease,
                    "select application, id, format, state from release where application = any($1::text[])",
                    (Object) fullyLoaded.toArray(String[]::new)));
        }
        SuccessLineLoader lines = new SuccessLineLoader(state, rollbackCounts, readLimit());
        List<Command> commands = recordsAtHome.stream()
                .filter(record -> !record.isTimer())
                .map(CommandRecord::command)
                .toList();
        reads.addAll(lines.reads(sql, commands));
        return Statements.pipelined(reads)
                .chain(() -> Statements.pipelined(lines.readsForUnfinished(sql, affected)))
                .invoke(() ->
                        endBeforeFirst(batch, record -> dependsOnReleaseLeftOut(record) || lines.isLeftOut(record)))
                .chain(() -> keep.loadCandidates(keepChecks))
                .map(read -> state);
    }

    /** The first new record always gets what it needs, if not in this batch, then in one of its own. */
    private static void endBeforeFirst(TransactionBatch batch, Predicate<CommandRecord> isLeftOut) {
        batch.newRecords().stream().filter(isLeftOut).findFirst().ifPresent(record -> {
            if (batch.records().get(0) == record) {
                batch.endBeforeExclusive(record);
            } else {
                batch.endBefore(record);
            }
        });
    }

    private boolean concernsApplicationLeftOut(CommandRecord record) {
        return !applicationsLeftOut.isEmpty()
                && (applicationsLeftOut.contains(record.application())
                        || applicationsLeftOut.contains(record.keyApplication()));
    }

    private boolean namesReleaseLeftOut(CommandRecord record) {
        return !releasesLeftOut.isEmpty()
                && record.command() != null
                && record.command().release() != null
                && releasesLeftOut.contains(
                        new ReleaseKey(record.application(), record.command().release()));
    }

    private boolean dependsOnReleaseLeftOut(CommandRecord record) {
        return !releasesLeftOut.isEmpty()
                && isAtHome(record)
                && affectedEnvironments(record, state.applicationIfLoaded(record.application())).stream()
                        .flatMap(StateLoader::releasesIn)
                        .anyMatch(release -> releasesLeftOut.contains(new ReleaseKey(record.application(), release)));
    }

    private static Stream<String> releasesIn(Environment environment) {
        return Stream.concat(
                Stream.ofNullable(environment.current()).map(Environment.DeployedRelease::release),
                environment.unfinishedDeployments().map(one -> one.request().release()));
    }

    /** Reads for a command or a timer. */
    private boolean isAtHome(CommandRecord record) {
        return (record.command() != null || record.isTimer())
                && state.applicationIfLoaded(record.application()) != null
                && state.homePartition(record.application()) == record.partition();
    }

    /**
     * The environments in which what is there, or on its way there, may change: deployments may start wherever they wait,
     * whatever the command is about (rule 28). Up to 100 wait in an application, and a thousand timers may come at once: the
     * batch ends if there are too many.
     */
    private Map<EnvironmentKey, Environment> affectedEnvironments(
            List<CommandRecord> recordsAtHome, TransactionBatch batch) {
        Map<EnvironmentKey, Environment> affected = new LinkedHashMap<>();
        long read = 0;
        for (CommandRecord record : recordsAtHome) {
            Application application = state.applicationIfLoaded(record.application());
            for (Environment environment : affectedEnvironments(record, application)) {
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

    /** An environment to which a deployment of the same batch is on its way was already affected by that deployment. */
    private static Collection<Environment> affectedEnvironments(CommandRecord record, Application application) {
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
        Set<String> fullyLoaded = new LinkedHashSet<>();
        long releases = 0;
        long bytes = 0;
        for (CommandRecord record : batch.newRecords()) {
            if (!needsEveryRelease(record) || fullyLoaded.contains(record.application())) {
                continue;
            }
            Application application = state.applicationIfLoaded(record.application());
            long bytesOfApplication = releaseBytes.getOrDefault(application.id(), 0L);
            if (application.releaseCount() > maxReleases || bytesOfApplication > maxReadBytes) {
                if (!batch.isOnly(record)) {
                    batch.endBeforeExclusive(record);
                }
                break;
            }
            releases += application.releaseCount();
            bytes += bytesOfApplication;
            if (releases > maxReleases || bytes > maxReadBytes) {
                batch.endBefore(record);
                break;
            }
            fullyLoaded.add(application.id());
        }
        return fullyLoaded;
    }

    private boolean needsEveryRelease(CommandRecord record) {
        return isAtHome(record)
                && !record.isTimer()
                && record.command().requiredState().needsEveryRelease();
    }

    private Statement releases(Statements sql, Set<ReleaseKey> keys) {
        return sql.query(
                this::loadUnlessLeftOut,
                """
                select r.application, r.id, r.format,
                       case when sum(octet_length(r.state)) over (rows unbounded preceding) - octet_length(r.state) < $3
                            then r.state end
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

    private void loadUnlessLeftOut(Row row) {
        if (row.getString(3) == null) {
            releasesLeftOut.add(new ReleaseKey(row.getString(0), row.getString(1)));
        } else {
            loadRelease(row);
        }
    }

    private void loadFirstOutcome(Row row) {
        UUID deployment = row.getUUID(3);
        state.load(
                row.getUUID(0),
                new FirstOutcome(
                        row.getUUID(1),
                        row.getLong(2),
                        deployment == null ? null : deployment.toString(),
                        row.getString(4),
                        row.getString(5)));
    }

    private void loadEndedDeployment(Row row) {
        Application application = state.applicationIfLoaded(row.getString(0));
        if (application != null) {
            application.load(new Deployment.EndedSummary(
                    row.getUUID(1).toString(),
                    NewerFormatException.parseConstant("ended_deployment", Deployment.Status.class, row.getString(2)),
                    NewerFormatException.parseConstant(
                            "ended_deployment", Deployment.FailureKind.class, row.getString(3)),
                    row.getOffsetDateTime(4).toInstant()));
        }
    }

    private void loadApplication(Row row) {
        if (row.getString(6) == null) {
            applicationsLeftOut.add(row.getString(0));
            return;
        }
        NewerFormatException.requireKnown("application", row.getInteger(3), StateJson.APPLICATION_FORMAT);
        state.load(
                StateJson.application(row.getString(0), row.getLong(1), row.getLong(2), row.getString(6)),
                row.getInteger(4),
                row.getOffsetDateTime(5) == null
                        ? null
                        : row.getOffsetDateTime(5).toInstant());
    }

    private void loadDroppedEnvironment(Row row) {
        NewerFormatException.requireKnown("environment", row.getInteger(3), StateJson.ENVIRONMENT_FORMAT);
        if (!applicationsLeftOut.contains(row.getString(0))) {
            state.load(row.getString(0), StateJson.environment(row.getString(1), row.getString(2)));
        }
    }

    private void loadRelease(Row row) {
        if (!applicationsLeftOut.contains(row.getString(0))) {
            state.loadRelease(row.getString(0), row.getString(1), row.getString(3), row.getInteger(2));
            releasesLeftOut.remove(new ReleaseKey(row.getString(0), row.getString(1)));
        }
    }
}
