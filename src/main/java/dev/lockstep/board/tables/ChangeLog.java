package dev.lockstep.board.tables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the board's transactions changed, in the order of their commits; whatever is reported here can already be read. Polled
 * only while somebody listens, and once for all listeners.
 */
@ApplicationScoped
public class ChangeLog {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Set<String>>> APPLICATIONS = new TypeReference<>() {};

    private final Pool pool;
    private final RecentChanges recent = new RecentChanges();
    private int listenerCount;
    private Cancellable polling;

    ChangeLog(@ReactiveDataSource("board") Pool pool) {
        this.pool = pool;
    }

    /** Changes are polled until {@linkplain #removeListener} has been called as often as this. */
    public synchronized void addListener() {
        if (listenerCount++ == 0) {
            polling = Multi.createFrom()
                    .ticks()
                    .every(POLL_INTERVAL)
                    .onOverflow()
                    .drop()
                    .onItem()
                    .transformToUniAndConcatenate(tick -> poll().onFailure().recoverWithNull())
                    .subscribe()
                    .with(done -> {});
        }
    }

    public synchronized void removeListener() {
        if (--listenerCount == 0) {
            polling.cancel();
            recent.clear();
        }
    }

    private Uni<Void> poll() {
        return recent.latestPosition() < 0
                ? startPosition()
                        .chain(from -> changesFrom(from).invoke(rows -> addChanges(from, rows)))
                        .replaceWithVoid()
                : changesFrom(recent.latestPosition())
                        .invoke(this::addNewChanges)
                        .replaceWithVoid();
    }

    private Uni<Long> startPosition() {
        return pool.preparedQuery("select coalesce(max(number), 0) from board.change")
                .execute()
                .map(rows -> Math.max(0, rows.iterator().next().getLong(0) - RecentChanges.MAX_ENTRIES));
    }

    /** Includes the one at that position. */
    private Uni<RowSet<Row>> changesFrom(long position) {
        return pool.preparedQuery("""
                        select number, applications, behind_millis from board.change
                        where number >= $1 order by number limit $2""").execute(Tuple.of(position, RecentChanges.MAX_ENTRIES));
    }

    /** If the last known change is no longer there, later ones may have been deleted too: so the cached changes are incomplete. */
    private void addNewChanges(RowSet<Row> rows) {
        long from = recent.latestPosition();
        boolean isKnown = from == 0 || rows.size() > 0 && rows.iterator().next().getLong("number") == from;
        if (isKnown) {
            addChanges(from, rows);
        } else {
            recent.clear();
        }
    }

    private void addChanges(long from, RowSet<Row> rows) {
        recent.startFrom(from);
        for (Row row : rows) {
            if (row.getLong("number") > from) {
                recent.add(
                        row.getLong("number"),
                        applications(row.getString("applications")),
                        row.getLong("behind_millis"));
            }
        }
    }

    private static Map<String, Set<String>> applications(String json) {
        try {
            return JSON.readValue(json, APPLICATIONS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return the position of the last change, or -1 while that is unknown */
    public long latestPosition() {
        return recent.latestPosition();
    }

    /**
     * The changes after a position.
     *
     * @return null when there are none; a reset if the position is unknown here
     */
    public RecentChanges.Changes since(long position) {
        return recent.since(position);
    }
}
