package dev.lockstep.store;

import dev.lockstep.batch.CommandRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.release.Release;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads, for applications of which releases may go out of sight (rule 29), which these are. The order of releases is a column,
 * {@code created_revision}, that never changes; whether one may go is asked of what is stored of it, by the rule itself.
 *
 * <p>An older version writes rows without that column: they get it here, so many at a look, and until all have it nothing goes.
 */
final class ArchiveCandidates {

    /** The most rows whose column is backfilled in one check. */
    static final int BACKFILL_LIMIT = 2_000;

    /** Releases that are read at once to find those that may go. */
    static final int PAGE = 100;

    private static final long NONE = 0;

    private final Statements sql;
    private final UnitOfWork state;

    ArchiveCandidates(Statements sql, UnitOfWork state) {
        this.sql = sql;
        this.state = state;
    }

    /**
     * The applications at which timers of the batch look. They are looked at as they were read: the batch ends before a timer
     * that finds something else, as its application was looked at or may have got what it keeps in the same batch, and before
     * those for which there would be too much to read.
     *
     * @param maxReleases that are read for this, unless it is one application alone
     */
    Set<Application> applicationsToCheck(TransactionBatch batch, int maxReleases) {
        Set<String> known = new HashSet<>();
        Set<String> redefined = new HashSet<>();
        Set<Application> looks = new LinkedHashSet<>();
        for (CommandRecord record : batch.newRecords()) {
            String id = record.application();
            if (record.isTimer()) {
                boolean isDue = isDue(record);
                boolean isTooMuch =
                        !looks.isEmpty() && (looks.size() + 1) * (KeepPolicy.MAX_ARCHIVED_PER_CHECK + 1) > maxReleases;
                if (redefined.contains(id) || isDue && (known.contains(id) || isTooMuch)) {
                    batch.endBefore(record);
                    break;
                }
                if (isDue) {
                    looks.add(state.find(id));
                }
            } else if (record.command() != null && record.command().traits().everyRelease()) {
                redefined.add(id);
            }
            known.add(id);
        }
        return looks;
    }

    private boolean isDue(CommandRecord timer) {
        Application application = state.find(timer.application());
        return application != null
                && state.homePartition(application.id()) == timer.partition()
                && application.isKeepCheckDue(
                        application.inOrder(state.context()).now());
    }

    /** What is to be known for one look. */
    Uni<Void> loadCandidates(Application application) {
        List<Integer> backfilled = new ArrayList<>(1);
        return sql.query(row -> backfilled.add(row.getInteger(0)), """
                        with unknown as (select id from release
                                         where application = $1 and not archived and created_revision is null limit $2),
                             learned as (update release r
                                         set created_revision = coalesce((r.state::json ->> 'createdRevision')::int8, 0)
                                         from unknown where r.application = $1 and r.id = unknown.id returning 1)
                        select count(*)::int4 from learned""", application.id(), BACKFILL_LIMIT)
                .chain(() -> {
                    if (backfilled.get(0) == BACKFILL_LIMIT) {
                        application.loadKeptFrom(null);
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
                .chain(() -> {
                    long from = newest.isEmpty() ? NONE : newest.get(0);
                    application.loadKeptFrom(from);
                    return page(application, NONE, from, 0);
                });
    }

    /**
     * Reads on until there are more that may go than go at once, or those begin that are too young. What lies before them without
     * going was current or brought back lately, is on its way somewhere, or is what an environment would go back to.
     */
    private Uni<Void> page(Application application, long after, long before, int found) {
        Instant now = application.inOrder(state.context()).now();
        Instant horizon = application.keepSchedule().policy().cutoff(now);
        List<Long> read = new ArrayList<>();
        List<Release> unneeded = new ArrayList<>();
        List<Release> old = new ArrayList<>();
        return sql.query(
                        row -> {
                            Release release = release(row.getString(1), row.getString(2), row.getInteger(3));
                            read.add(row.getLong(0));
                            if (!release.createdAt().isAfter(horizon)) {
                                old.add(release);
                            }
                            if (found + unneeded.size() <= KeepPolicy.MAX_ARCHIVED_PER_CHECK
                                    && application.isArchivable(release, now)) {
                                unneeded.add(release);
                            }
                        },
                        """
                        select created_revision, id, state, format from release
                        where application = $1 and not archived and created_revision > $2 and created_revision < $3
                        order by created_revision limit $4""",
                        application.id(),
                        after,
                        before,
                        PAGE)
                .chain(() -> {
                    unneeded.forEach(release -> state.load(application.id(), release));
                    int foundNow = found + unneeded.size();
                    return foundNow > KeepPolicy.MAX_ARCHIVED_PER_CHECK || old.isEmpty() || read.size() < PAGE
                            ? Uni.createFrom().voidItem()
                            : page(application, read.get(read.size() - 1), before, foundNow);
                });
    }

    private static Release release(String id, String content, int format) {
        NewerFormatException.check("release", format, StateJson.RELEASE_FORMAT);
        return StateJson.release(id, content);
    }
}
