package dev.lockstep.store;

import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.batch.HomePartitions;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.Environment;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Reads what a batch's commands name, and what follows from it: in two steps, the statements of each sent together.
 */
final class StateLoader {

    private static final int SPREAD = 0x9E3779B1;

    private record ReleaseKey(String application, String id) {

        /** Names that count up, in both, fall into few buckets with the hash of a record. */
        @Override
        public int hashCode() {
            return SPREAD * application.hashCode() + id.hashCode();
        }
    }

    private final List<CommandRecord> records;
    private final Set<UUID> keys = new LinkedHashSet<>();
    private final Set<String> applications = new LinkedHashSet<>();
    private final Set<ReleaseKey> named = new LinkedHashSet<>();
    private final Set<EnvironmentKey> defined = new LinkedHashSet<>();
    private final Map<EnvironmentKey, Integer> stepsBack = new HashMap<>();
    private final int maxReleases;
    private UnitOfWork state;

    /** @param maxReleases that are read for the sake of pipelines */
    StateLoader(List<CommandRecord> records, int maxReleases) {
        this.maxReleases = maxReleases;
        this.records = records;
        for (CommandRecord record : records) {
            if (record.idempotencyKey() != null) {
                keys.add(record.idempotencyKey());
            }
            applications.add(record.application());
            applications.add(record.applicationOfKey());
            Command command = record.command();
            if (command != null && command.release() != null) {
                named.add(new ReleaseKey(command.application(), command.release()));
            }
            if (command != null && command.needs().predecessor()) {
                stepsBack.merge(EnvironmentKey.named(command), 1, Integer::sum);
            }
            if (command != null) {
                command.needs()
                        .environments()
                        .forEach(environment -> defined.add(new EnvironmentKey(command.application(), environment)));
            }
        }
        applications.remove(null);
    }

    /** Everything that the commands themselves name. What was read before is forgotten. */
    List<Uni<Void>> named(Statements sql) {
        state = new UnitOfWork();
        List<Uni<Void>> reads = new ArrayList<>();
        if (!keys.isEmpty()) {
            reads.add(sql.forEach(
                    this::known,
                    "select key, fingerprint, revision, deployment, problem from known_command where key = any($1::uuid[])",
                    (Object) keys.toArray(UUID[]::new)));
        }
        if (!applications.isEmpty()) {
            reads.add(sql.forEach(
                    this::application,
                    "select id, revision, releases, state, format, home from application where id = any($1::text[])",
                    (Object) applications.toArray(String[]::new)));
        }
        if (!defined.isEmpty()) {
            reads.add(sql.forEach(
                    this::dropped,
                    """
                    select e.application, e.id, e.state, e.format from unnest($1::text[], $2::text[]) as k(application, id)
                    join environment e on e.application = k.application and e.id = k.id""",
                    defined.stream().map(EnvironmentKey::application).toArray(String[]::new),
                    defined.stream().map(EnvironmentKey::id).toArray(String[]::new)));
        }
        if (!named.isEmpty()) {
            reads.add(releases(sql, named));
        }
        return reads;
    }

    /**
     * What follows from the applications that were read: releases that may be replaced, all of an application whose
     * pipeline may change, and places on lines. When there are too many releases of the second kind, the batch ends before
     * them. Nothing follows from commands that lie elsewhere than their application: they are moved.
     */
    Uni<UnitOfWork> rest(Statements sql, LedgerBatch batch, HomePartitions homes) {
        state.homes(homes);
        List<Command> commands = records.stream()
                .filter(this::isOfAnApplicationHere)
                .map(CommandRecord::command)
                .toList();
        Set<String> whole = whole(batch);
        Set<ReleaseKey> occupants = new LinkedHashSet<>();
        for (Command command : commands) {
            Application application = state.find(command.application());
            for (Environment environment : application.environments()) {
                if (environment.current() != null && mayDeployTo(command, environment)) {
                    occupants.add(new ReleaseKey(
                            application.id(), environment.current().release()));
                }
            }
        }
        occupants.removeIf(key -> named.contains(key) || whole.contains(key.application()));
        List<Uni<Void>> reads = new ArrayList<>();
        if (!occupants.isEmpty()) {
            reads.add(releases(sql, occupants));
        }
        if (!whole.isEmpty()) {
            reads.add(sql.forEach(
                    this::release,
                    "select application, id, state, format from release where application = any($1::text[])",
                    (Object) whole.toArray(String[]::new)));
        }
        reads.addAll(new SuccessLineLoader(state, stepsBack).reads(sql, commands));
        return Statements.together(reads).map(read -> state);
    }

    private boolean isOfAnApplicationHere(CommandRecord record) {
        return record.command() != null
                && state.find(record.application()) != null
                && state.home(record.application()) == record.partition();
    }

    /**
     * The applications to read with all of their releases. Those of a larger one are read later, page by page, if they change
     * at all; as that takes long, the command that may change them comes alone.
     */
    private Set<String> whole(LedgerBatch batch) {
        Set<String> whole = new LinkedHashSet<>();
        long releases = 0;
        for (CommandRecord record : batch.newRecords()) {
            Application application =
                    isOfAnApplicationHere(record) && record.command().needs().everyRelease()
                            ? state.find(record.application())
                            : null;
            if (application == null || whole.contains(application.id())) {
                continue;
            }
            if (application.releaseCount() > maxReleases) {
                if (!batch.isOnly(record)) {
                    batch.endBeforeOneThatGoesAlone(record);
                }
                break;
            }
            releases += application.releaseCount();
            if (releases > maxReleases) {
                batch.endBefore(record);
                break;
            }
            whole.add(application.id());
        }
        return whole;
    }

    private static boolean mayDeployTo(Command command, Environment environment) {
        return command.needs().everyOccupant() || environment.id().equals(command.environment());
    }

    private Uni<Void> releases(Statements sql, Set<ReleaseKey> keys) {
        return sql.forEach(
                this::release,
                """
                select r.application, r.id, r.state, r.format from unnest($1::text[], $2::text[]) as k(application, id)
                join release r on r.application = k.application and r.id = k.id""",
                keys.stream().map(ReleaseKey::application).toArray(String[]::new),
                keys.stream().map(ReleaseKey::id).toArray(String[]::new));
    }

    private void known(Row row) {
        UUID deployment = row.getUUID(3);
        state.load(
                row.getUUID(0),
                new FirstOutcome(
                        row.getUUID(1),
                        row.getLong(2),
                        deployment == null ? null : deployment.toString(),
                        row.getString(4)));
    }

    private void application(Row row) {
        NewerFormatException.check("application", row.getInteger(4), StateJson.APPLICATION_FORMAT);
        state.load(
                StateJson.application(row.getString(0), row.getLong(1), row.getLong(2), row.getString(3)),
                row.getInteger(5));
    }

    private void dropped(Row row) {
        NewerFormatException.check("environment", row.getInteger(3), StateJson.ENVIRONMENT_FORMAT);
        state.load(row.getString(0), StateJson.environment(row.getString(1), row.getString(2)));
    }

    private void release(Row row) {
        state.loadRelease(row.getString(0), row.getString(1), row.getString(2), row.getInteger(3));
    }
}
