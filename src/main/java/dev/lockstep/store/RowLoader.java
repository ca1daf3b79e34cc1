package dev.lockstep.store;

import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.store.NamedKeys.ReleaseKey;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StateJson;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Puts what is read of stored state into the unit of work. Rows come without their state if they were too much to read: these are
 * left out, and the batch ends before the first record that needs one.
 */
final class RowLoader {

    private final UnitOfWork state = new UnitOfWork();
    private final Set<String> leftOutApplications = new HashSet<>();
    private final Set<ReleaseKey> leftOutReleases = new HashSet<>();

    UnitOfWork state() {
        return state;
    }

    boolean hasLeftOutReleases() {
        return !leftOutReleases.isEmpty();
    }

    boolean isLeftOut(ReleaseKey release) {
        return leftOutReleases.contains(release);
    }

    boolean concernsLeftOutApplication(IncomingRecord record) {
        return leftOutApplications.contains(record.application())
                || leftOutApplications.contains(record.keyApplication());
    }

    boolean namesLeftOutRelease(IncomingRecord record) {
        return hasLeftOutReleases()
                && record.command() != null
                && record.command().release() != null
                && isLeftOut(
                        new ReleaseKey(record.application(), record.command().release()));
    }

    void loadReleaseUnlessLeftOut(Row row) {
        if (row.getString("state") == null) {
            leftOutReleases.add(releaseKey(row));
        } else {
            loadRelease(row);
        }
    }

    void loadFirstOutcome(Row row) {
        UUID deployment = row.getUUID("deployment");
        state.addFirstOutcome(
                row.getUUID("key"),
                new FirstOutcome(
                        row.getUUID("fingerprint"),
                        row.getLong("revision"),
                        deployment == null ? null : deployment.toString(),
                        row.getString("life"),
                        row.getString("problem")));
    }

    void loadEndedDeployment(Row row) {
        Application application = state.applicationIfLoaded(row.getString("application"));
        if (application != null) {
            application.rememberEnded(new Deployment.EndedSummary(
                    row.getUUID("id").toString(),
                    NewerFormatException.parseConstant(
                            "ended_deployment", Deployment.Status.class, row.getString("status")),
                    NewerFormatException.parseConstant(
                            "ended_deployment", Deployment.FailureKind.class, row.getString("failure_kind")),
                    row.getOffsetDateTime("finished_at").toInstant()));
        }
    }

    void loadApplication(Row row) {
        String id = row.getString("id");
        String content = row.getString("state");
        if (content == null) {
            leftOutApplications.add(id);
            return;
        }
        NewerFormatException.requireKnown("application", row.getInteger("format"), StateJson.APPLICATION_FORMAT);
        long revision = row.getLong("revision");
        OffsetDateTime due = row.getOffsetDateTime("due");
        state.addLoaded(
                StateJson.parseApplication(id, revision, row.getLong("releases"), content),
                new TrackedApplication.Stored(revision, row.getInteger("home"), due == null ? null : due.toInstant()));
    }

    void loadDroppedEnvironment(Row row) {
        NewerFormatException.requireKnown("environment", row.getInteger("format"), StateJson.ENVIRONMENT_FORMAT);
        String application = row.getString("application");
        if (!leftOutApplications.contains(application)) {
            state.addLoadedDroppedEnvironment(
                    application, StateJson.parseEnvironment(row.getString("id"), row.getString("state")));
        }
    }

    void loadRelease(Row row) {
        ReleaseKey key = releaseKey(row);
        if (!leftOutApplications.contains(key.application())) {
            state.loadRelease(key.application(), key.id(), row.getString("state"), row.getInteger("format"));
            leftOutReleases.remove(key);
        }
    }

    private static ReleaseKey releaseKey(Row row) {
        return new ReleaseKey(row.getString("application"), row.getString("id"));
    }
}
