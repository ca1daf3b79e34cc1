package dev.lockstep.store;

import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.store.NamedKeys.ReleaseKey;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StateJson;
import io.vertx.sqlclient.Row;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Puts what is read of stored state into the unit of work. Rows come without their state if they were too much to read: these are
 * left out, and the batch ends before the first record that needs one.
 */
final class RowLoader {

    private final UnitOfWork unitOfWork = new UnitOfWork();
    private final Set<String> leftOutApplications = new HashSet<>();
    private final Set<ReleaseKey> leftOutReleases = new HashSet<>();

    UnitOfWork state() {
        return unitOfWork;
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
        if (row.getString(3) == null) {
            leftOutReleases.add(new ReleaseKey(row.getString(0), row.getString(1)));
        } else {
            loadRelease(row);
        }
    }

    void loadFirstOutcome(Row row) {
        UUID deployment = row.getUUID(3);
        unitOfWork.addFirstOutcome(
                row.getUUID(0),
                new FirstOutcome(
                        row.getUUID(1),
                        row.getLong(2),
                        deployment == null ? null : deployment.toString(),
                        row.getString(4),
                        row.getString(5)));
    }

    void loadEndedDeployment(Row row) {
        Application application = unitOfWork.applicationIfLoaded(row.getString(0));
        if (application != null) {
            application.rememberEnded(new Deployment.EndedSummary(
                    row.getUUID(1).toString(),
                    NewerFormatException.parseConstant("ended_deployment", Deployment.Status.class, row.getString(2)),
                    NewerFormatException.parseConstant(
                            "ended_deployment", Deployment.FailureKind.class, row.getString(3)),
                    row.getOffsetDateTime(4).toInstant()));
        }
    }

    void loadApplication(Row row) {
        if (row.getString(6) == null) {
            leftOutApplications.add(row.getString(0));
            return;
        }
        NewerFormatException.requireKnown("application", row.getInteger(3), StateJson.APPLICATION_FORMAT);
        unitOfWork.addLoaded(
                StateJson.application(row.getString(0), row.getLong(1), row.getLong(2), row.getString(6)),
                row.getInteger(4),
                row.getOffsetDateTime(5) == null
                        ? null
                        : row.getOffsetDateTime(5).toInstant());
    }

    void loadDroppedEnvironment(Row row) {
        NewerFormatException.requireKnown("environment", row.getInteger(3), StateJson.ENVIRONMENT_FORMAT);
        if (!leftOutApplications.contains(row.getString(0))) {
            unitOfWork.addLoadedDropped(row.getString(0), StateJson.environment(row.getString(1), row.getString(2)));
        }
    }

    void loadRelease(Row row) {
        if (!leftOutApplications.contains(row.getString(0))) {
            unitOfWork.loadRelease(row.getString(0), row.getString(1), row.getString(3), row.getInteger(2));
            leftOutReleases.remove(new ReleaseKey(row.getString(0), row.getString(1)));
        }
    }
}
