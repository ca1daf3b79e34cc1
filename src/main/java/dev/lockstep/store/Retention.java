package dev.lockstep.store;

import dev.lockstep.config.Settings;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.hibernate.LockMode;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/**
 * Deletes expired data: outcomes and ended deployments past their retention, and data of commands topics that no longer exist.
 * One worker does this at a time. The database's clock decides, and only if it has run steadily: one suddenly a month
 * ahead would make every re-sent command a new one.
 */
@ApplicationScoped
public class Retention {

    private static final Logger LOG = Logger.getLogger(Retention.class);

    /** Small enough not to block others, and to finish well within the statement timeout. */
    private static final int BATCH_SIZE = 1_000;

    /**
     * How late a check of the clock may come before the clock counts as having jumped, and for how long it is then distrusted.
     */
    static final Duration CLOCK_PROBATION = Duration.ofDays(1);

    private static final String INSERT_ROW_IF_ABSENT =
            "insert into retention (id, looked_at) values (1, cast(:now as timestamptz)) on conflict do nothing";

    /** By age, from where the last step ended: dead entries at the index's left end are not read again. */
    static final String DELETE_OUTCOMES = """
            with forgotten as (
                delete from known_command where ctid = any(array(
                    select ctid from known_command
                    where known_at >= cast(:from as timestamptz) and known_at < cast(:before as timestamptz)
                    order by known_at limit cast(:most as int)))
                returning known_at)
            select count(*), max(known_at) from forgotten""";

    /** Up to the point to which outcomes are forgotten. */
    static final String DELETE_ENDED_DEPLOYMENTS =
            "delete from ended_deployment where known_at < cast(:before as timestamptz)";

    private static final String TOUCH_TOPICS = """
            insert into commands_topic (topic_id, last_seen)
            select topic_id, cast(:now as timestamptz) from progress union
            select cast(:current as text), cast(:now as timestamptz)
            on conflict (topic_id) do update set last_seen = excluded.last_seen
            where excluded.topic_id = cast(:current as text)""";

    private static final String DELETE_FORMER_TOPICS = """
            delete from commands_topic
            where topic_id <> :current and last_seen < cast(:before as timestamptz)
              and exists (select from progress where topic_id = :current)
            returning topic_id""";

    private final Duration outcomeRetention;
    private final Duration interval;
    private final int batchSize;
    private final Function<Mutiny.Session, Uni<Instant>> clock;

    @Inject
    Retention(Settings settings) {
        this(
                settings.retention().outcomes(),
                settings.retention().every(),
                BATCH_SIZE,
                session -> session.createNativeQuery("select clock_timestamp()", Instant.class)
                        .getSingleResult());
    }

    /**
     * @param outcomes how long they are remembered
     * @param every how often a worker checks
     * @param batchSize how many outcomes are forgotten in one transaction
     * @param clock the database's clock, read in the transaction
     */
    public Retention(Duration outcomes, Duration every, int batchSize, Function<Mutiny.Session, Uni<Instant>> clock) {
        this.outcomeRetention = outcomes;
        this.interval = every;
        this.batchSize = batchSize;
        this.clock = clock;
    }

    /**
     * Forgets some expired outcomes, and deployments that ended before them.
     *
     * @return how many outcomes; 0 also if another worker is doing this, or while the clock is distrusted
     */
    public Uni<Integer> deleteExpired() {
        return runExclusively(0, (session, row) -> {
            Instant before = row.checkedAt.minus(outcomeRetention);
            return session.createNativeQuery(DELETE_OUTCOMES, Object[].class)
                    .setParameter("from", row.forgottenBefore)
                    .setParameter("before", before)
                    .setParameter("most", batchSize)
                    .getSingleResult()
                    .chain(forgotten -> {
                        int count = ((Number) forgotten[0]).intValue();
                        Instant to = count < batchSize ? before : ((OffsetDateTime) forgotten[1]).toInstant();
                        row.markDeletedTo(to);
                        return session.createNativeQuery(DELETE_ENDED_DEPLOYMENTS)
                                .setParameter("before", to)
                                .executeUpdate()
                                .replaceWith(count);
                    });
        });
    }

    /** Whether a step that forgot this many may have left some. */
    public boolean mayHaveMore(int forgotten) {
        return forgotten == batchSize;
    }

    /**
     * Removes progress and outbox of commands topics that have not been in use for as long as outcomes are remembered:
     * from then on, a redelivered record would be a new command anyway. Never while the current topic has no progress: then
     * an operator may still bring back the former one.
     *
     * @param current the id of the commands topic in use
     */
    public Uni<Void> deleteDataOfFormerTopics(String current) {
        return runExclusively(null, (session, row) -> session.createNativeQuery(TOUCH_TOPICS)
                .setParameter("now", row.checkedAt)
                .setParameter("current", current)
                .executeUpdate()
                .chain(() -> session.createNativeQuery(DELETE_FORMER_TOPICS, String.class)
                        .setParameter("current", current)
                        .setParameter("before", row.checkedAt.minus(outcomeRetention))
                        .getResultList())
                .chain(former -> former.isEmpty() ? Uni.createFrom().voidItem() : remove(session, former)));
    }

    private static Uni<Void> remove(Mutiny.Session session, List<String> topics) {
        String[] ids = topics.toArray(String[]::new);
        return session.createNativeQuery("delete from outbox where topic_id = any(cast(:ids as text[]))")
                .setParameter("ids", ids)
                .executeUpdate()
                .chain(unpublished -> session.createNativeQuery(
                                "delete from progress where topic_id = any(cast(:ids as text[]))")
                        .setParameter("ids", ids)
                        .executeUpdate()
                        .invoke(() -> LOG.warnf(
                                "Removed stored data of former commands topics ids=%s unpublished=%d",
                                topics, unpublished)))
                .replaceWithVoid();
    }

    /** Work that only one worker does at a time, and only while the clock runs steadily. */
    private <T> Uni<T> runExclusively(T otherwise, BiFunction<Mutiny.Session, RetentionRow, Uni<T>> work) {
        return Panache.withTransaction(() -> Panache.getSession()
                .chain(session -> clock.apply(session).chain(now -> session.createNativeQuery(INSERT_ROW_IF_ABSENT)
                        .setParameter("now", now)
                        .executeUpdate()
                        .chain(() ->
                                session.find(RetentionRow.class, RetentionRow.ONLY_ID, LockMode.UPGRADE_SKIPLOCKED))
                        .chain(row -> row != null && observesSteadyClock(row, now)
                                ? work.apply(session, row)
                                : Uni.createFrom().item(otherwise)))));
    }

    private boolean observesSteadyClock(RetentionRow row, Instant now) {
        Instant before = row.checkedAt;
        if (row.observeClock(now, interval.plus(CLOCK_PROBATION))) {
            LOG.warnf(
                    "Retention pauses for a day: the database clock jumped, or no worker was running lastCheck=%s now=%s",
                    before, now);
        }
        return row.isSteady(CLOCK_PROBATION);
    }
}
