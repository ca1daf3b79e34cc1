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
 * The timers that wait in Postgres, for who sends them. They are made, moved and removed by decisions alone; here is only kept
 * when one is sent again that is still there.
 */
@ApplicationScoped
public class Timers {

    /** How long a timer that was sent may take to be decided on; twice as long after each time that it was sent. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration MOST_PATIENCE = Duration.ofHours(1);

    /** So many times does patience double at most. */
    private static final int DOUBLINGS = 20;

    private final Pool pool;

    Timers(Pool pool) {
        this.pool = pool;
    }

    /**
     * A timer that is to be sent.
     *
     * @param partition the application's home
     */
    public record Due(String application, int partition, Instant at) {

        /** The same each time that it is sent. */
        public String id() {
            return Ids.named("timer/" + application + "/" + at);
        }
    }

    /**
     * What a look has found.
     *
     * @param overdue by how much the oldest timer is, whether it was sent or not; zero for none
     * @param due those to send now
     */
    public record Look(Duration overdue, List<Due> due) {}

    /**
     * @param partitions in which to look
     * @param most how many to find
     */
    public Uni<Look> look(Collection<Integer> partitions, int most) {
        Integer[] all = partitions.toArray(Integer[]::new);
        List<Duration> overdue = new ArrayList<>(1);
        List<Due> due = new ArrayList<>();
        return pool.withConnection(connection -> {
                    Statements sql = new Statements(connection);
                    return Statements.together(List.of(
                            sql.forEach(
                                    row -> overdue.add(
                                            Duration.between(row.getOffsetDateTime(0), row.getOffsetDateTime(1))),
                                    """
                            select min(oldest.due), now() from unnest($1::int4[]) p cross join lateral
                                (select due from timer where partition = p order by due limit 1) oldest
                            having min(oldest.due) <= now()""",
                                    (Object) all),
                            sql.forEach(
                                    row -> due.add(new Due(
                                            row.getString(0),
                                            row.getInteger(1),
                                            row.getOffsetDateTime(2).toInstant())),
                                    """
                            select application, partition, due from timer
                            where partition = any($1::int4[]) and due <= now() and send_after <= now()
                            order by due limit $2""",
                                    all,
                                    most)));
                })
                .map(read -> new Look(overdue.isEmpty() ? Duration.ZERO : overdue.get(0), due));
    }

    /**
     * Lets all that is due be sent once more, as whoever sent it may have been unable to: the topic may be a new one, and what
     * was sent gone.
     */
    public Uni<Void> again(Collection<Integer> partitions) {
        return pool.withConnection(
                connection -> new Statements(connection).run("""
                        update timer set send_after = due
                        where application in (
                            select application from timer
                            where partition = any($1::int4[]) and due <= now() and send_after > now()
                            for update skip locked)""", (Object) partitions.toArray(Integer[]::new)));
    }

    /** Notes that they are in Kafka. One that a decision is at is left alone: that moves or removes it, or it is sent once more. */
    public Uni<Void> sent(List<Due> sent) {
        return pool.withConnection(connection -> new Statements(connection)
                .run(
                        """
                        update timer set attempts = timer.attempts + 1,
                               send_after = now() + interval '1 millisecond'
                                   * least($4::int8, $3::int8 * (2 ^ least(timer.attempts, $5::int4))::int8)
                        from (select timer.application from timer
                              join unnest($1::text[], $2::timestamptz[]) as t(application, due)
                                on timer.application = t.application and timer.due = t.due
                              for update of timer skip locked) as mine
                        where timer.application = mine.application""",
                        sent.stream().map(Due::application).toArray(String[]::new),
                        sent.stream().map(one -> StateWriter.time(one.at())).toArray(OffsetDateTime[]::new),
                        PATIENCE.toMillis(),
                        MOST_PATIENCE.toMillis(),
                        DOUBLINGS));
    }
}
