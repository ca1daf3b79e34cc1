package dev.lockstep.store;

import dev.lockstep.domain.common.Ids;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The timers stored in Postgres, for their sender. Only decisions create, move and remove them; this class only tracks
 * when a timer that still exists is sent again.
 */
@ApplicationScoped
public class Timers {

    /** How long a sent timer may take to be decided on; doubled each time it is sent. */
    private static final Duration RESEND_DELAY = Duration.ofSeconds(30);

    private static final Duration MAX_RESEND_DELAY = Duration.ofHours(1);

    /** The delay doubles at most this often. */
    private static final int MAX_DOUBLINGS = 20;

    private final Pool pool;

    Timers(Pool pool) {
        this.pool = pool;
    }

    /**
     * A timer that is to be sent.
     *
     * @param partition the application's home
     */
    public record DueTimer(String application, int partition, Instant dueAt) {

        /** The same each time the timer is sent. */
        public String id() {
            return Ids.nameBasedUuid("timer/" + application + "/" + dueAt);
        }
    }

    /**
     * The result of looking for due timers.
     *
     * @param longestOverdue by how much the oldest timer is overdue, whether it was sent or not; zero for none
     * @param timers the timers to send now
     */
    public record DueTimers(Duration longestOverdue, List<DueTimer> timers) {}

    /**
     * Finds due timers, except those whose row a transaction has locked: it moves or removes them, or they are found later.
     *
     * @param partitions the partitions in which to look
     * @param limit the most timers to find
     */
    public Uni<DueTimers> findDue(Collection<Integer> partitions, int limit) {
        Integer[] all = partitions.toArray(Integer[]::new);
        List<Duration> overdue = new ArrayList<>(1);
        List<DueTimer> due = new ArrayList<>();
        return pool.withConnection(connection -> {
                    Statements sql = new Statements(connection);
                    return Statements.pipeline(List.of(
                            sql.query(
                                    row -> overdue.add(Duration.between(
                                            row.getOffsetDateTime("oldest"), row.getOffsetDateTime("now"))),
                                    """
                            select min(first.due) as oldest, now() as now from unnest($1::int4[]) p cross join lateral
                                (select due from timer where partition = p order by due limit 1) first
                            having min(first.due) <= now()""",
                                    (Object) all),
                            sql.query(
                                    row -> due.add(new DueTimer(
                                            row.getString("application"),
                                            row.getInteger("partition"),
                                            row.getOffsetDateTime("due").toInstant())),
                                    """
                            select application, partition, due from timer
                            where partition = any($1::int4[]) and due <= now() and send_after <= now()
                            order by due limit $2 for update skip locked""",
                                    all,
                                    limit)));
                })
                .map(read -> new DueTimers(overdue.isEmpty() ? Duration.ZERO : overdue.get(0), due));
    }

    /**
     * Makes all due timers be sent again: their previous sender may have failed to, or the topic may be new and what was sent
     * may be gone.
     */
    public Uni<Void> markUnsent(Collection<Integer> partitions) {
        return pool.withConnection(connection -> new Statements(connection)
                .statement("""
                        update timer set send_after = due
                        where application in (
                            select application from timer
                            where partition = any($1::int4[]) and due <= now() and send_after > now()
                            for update skip locked)""", (Object) partitions.toArray(Integer[]::new))
                .execute());
    }

    /**
     * Records that they are in Kafka. One being decided on is left alone: that moves or removes it, or it is sent once more.
     */
    public Uni<Void> markSent(List<DueTimer> sent) {
        return pool.withConnection(connection -> new Statements(connection)
                .statement(
                        """
                        update timer set attempts = timer.attempts + 1,
                               send_after = now() + interval '1 millisecond'
                                   * least($4::int8, $3::int8 * (2 ^ least(timer.attempts, $5::int4))::int8)
                        from (select timer.application from timer
                              join unnest($1::text[], $2::timestamptz[]) as t(application, due)
                                on timer.application = t.application and timer.due = t.due
                              for update of timer skip locked) as mine
                        where timer.application = mine.application""",
                        sent.stream().map(DueTimer::application).toArray(String[]::new),
                        sent.stream()
                                .map(timer -> StateWriter.time(timer.dueAt()))
                                .toArray(OffsetDateTime[]::new),
                        RESEND_DELAY.toMillis(),
                        MAX_RESEND_DELAY.toMillis(),
                        MAX_DOUBLINGS)
                .execute());
    }
}
