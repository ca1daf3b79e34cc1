package dev.lockstep.store;

import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.NewestReleases;
import dev.lockstep.domain.release.Release;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StateJson;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the releases of an application that may be archived (rule 29). The order of releases is a column, {@code
 * created_revision}, that never changes; the rule itself decides from the stored release whether it may be archived.
 *
 * <p>An older version writes rows without that column. It is filled in here, a limited number of rows per check; until all have
 * it, nothing is archived.
 */
final class ArchiveCandidates {

    /** The most rows whose column is backfilled in one check. */
    static final int BACKFILL_LIMIT = 2_000;

    /** How many releases are read at once to find those that may be archived. */
    static final int PAGE_SIZE = 100;

    /** The most releases that are kept in memory to be archived, unless for a single application. */
    private static final int MAX_LOADED = 250;

    private static final long BEFORE_ALL_REVISIONS = 0;

    private final Statements sql;
    private final UnitOfWork state;

    ArchiveCandidates(Statements sql, UnitOfWork state) {
        this.sql = sql;
        this.state = state;
    }

    /**
     * The applications that timers of the batch check. Applications are checked as they were read. So the batch ends before a
     * timer whose application is already checked in it, or may change what it keeps; and before there would be too much to read.
     *
     * @param maxReleases the most releases that are read for this, unless for a single application
     */
    Set<Application> applicationsToCheck(TransactionBatch batch, int maxReleases) {
        Set<String> known = new HashSet<>();
        Set<String> redefined = new HashSet<>();
        Set<Application> toCheck = new LinkedHashSet<>();
        for (IncomingRecord record : batch.newRecords()) {
            String id = record.application();
            if (record.isTimer()) {
                boolean isDue = isDue(record);
                boolean isTooMuch = !toCheck.isEmpty()
                        && (toCheck.size() + 1) * (KeepPolicy.MAX_ARCHIVED_PER_CHECK + 1)
                                > Math.min(maxReleases, MAX_LOADED);
                if (redefined.contains(id) || isDue && (known.contains(id) || isTooMuch)) {
                    batch.endBefore(record);
                    break;
                }
                if (isDue) {
                    toCheck.add(state.applicationIfLoaded(id));
                }
            } else if (record.command() != null
                    && record.command().requiredState().needsEveryRelease()) {
                redefined.add(id);
            }
            known.add(id);
        }
        return toCheck;
    }

    private boolean isDue(IncomingRecord timer) {
        Application application = state.applicationIfLoaded(timer.application());
        return application != null
                && state.homePartitionOf(application.id()) == timer.partition()
                && application.isKeepCheckDue(
                        application.contextForNextDecision(state.context()).now());
    }

    /** Loads what the checks of these applications need. */
    Uni<Void> loadCandidates(Set<Application> applications) {
        return applications.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join()
                        .all(applications.stream().map(this::loadCandidates).toList())
                        .andFailFast()
                        .replaceWithVoid();
    }

    private Uni<Void> loadCandidates(Application application) {
        List<Integer> backfilled = new ArrayList<>(1);
        return sql.query(row -> backfilled.add(row.getInteger(0)), """
                        with unknown as (select id from release
                                         where application = $1 and not archived and created_revision is null limit $2),
                             learned as (update release r
                                         set created_revision = coalesce((r.state::json ->> 'createdRevision')::int8, 0)
                                         from unknown where r.application = $1 and r.id = unknown.id returning 1)
                        select count(*)::int4 from learned""", application.id(), BACKFILL_LIMIT)
                .execute()
                .chain(() -> {
                    if (backfilled.get(0) == BACKFILL_LIMIT) {
                        state.addNewestReleases(application, NewestReleases.UNKNOWN);
                        return Uni.createFrom().voidItem();
                    }
                    return readNewest(application);
                });
    }

    private Uni<Void> readNewest(Application application) {
        List<Long> newest = new ArrayList<>(1);
        return sql.query(
                        row -> newest.add(row.getLong(0)),
                        """
                        select created_revision from release where application = $1 and not archived
                        order by created_revision desc offset $2 limit 1""",
                        application.id(),
                        application.keepSchedule().policy().releases() - 1)
                .execute()
                .chain(() -> {
                    long from = newest.isEmpty() ? BEFORE_ALL_REVISIONS : newest.get(0);
                    state.addNewestReleases(application, NewestReleases.startingAt(from));
                    return loadPages(application, BEFORE_ALL_REVISIONS, from, 0);
                });
    }

    /**
     * Reads on until more are found than are archived at once, or until the rest are too young. Older releases are skipped if they were recently current or unarchived, are on their way, or would be rolled back to.
     */
    private Uni<Void> loadPages(Application application, long afterRevision, long beforeRevision, int found) {
        Instant now = application.contextForNextDecision(state.context()).now();
        Instant cutoff = application.keepSchedule().policy().cutoff(now);
        List<Long> read = new ArrayList<>();
        List<Release> archivable = new ArrayList<>();
        List<Release> old = new ArrayList<>();
        return sql.query(
                        row -> {
                            Release release = release(row);
                            read.add(row.getLong("created_revision"));
                            if (!release.createdAt().isAfter(cutoff)) {
                                old.add(release);
                            }
                            if (found + archivable.size() <= KeepPolicy.MAX_ARCHIVED_PER_CHECK
                                    && application.isArchivable(release, now)) {
                                archivable.add(release);
                            }
                        },
                        """
                        select created_revision, id, state, format from release
                        where application = $1 and not archived and created_revision > $2 and created_revision < $3
                        order by created_revision limit $4""",
                        application.id(),
                        afterRevision,
                        beforeRevision,
                        PAGE_SIZE)
                .execute()
                .chain(() -> {
                    archivable.forEach(release -> state.addLoadedRelease(application.id(), release));
                    int foundNow = found + archivable.size();
                    return foundNow > KeepPolicy.MAX_ARCHIVED_PER_CHECK || old.isEmpty() || read.size() < PAGE_SIZE
                            ? Uni.createFrom().voidItem()
                            : loadPages(application, read.get(read.size() - 1), beforeRevision, foundNow);
                });
    }

    private static Release release(Row row) {
        NewerFormatException.requireKnown("release", row.getInteger("format"), StateJson.RELEASE_FORMAT);
        return StateJson.parseRelease(row.getString("id"), row.getString("state"));
    }
}
