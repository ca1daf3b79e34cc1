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
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What the board's transactions changed, in the order of their commits; whatever is told here can be read. Looked up only while
 * somebody listens, once for all who do.
 */
@ApplicationScoped
public class ChangeLog {

    private static final Duration EVERY = Duration.ofMillis(200);

    /** How many are kept here for those who come back. */
    private static final int KEPT = 5_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Set<String>>> APPLICATIONS = new TypeReference<>() {};

    /**
     * Some changes in one.
     *
     * @param position of the last
     * @param applications what of each has changed
     * @param behindMillis how long before the last was committed the latest record in it was published
     */
    public record Changes(long position, Map<String, Set<String>> applications, long behindMillis) {}

    private record Entry(Map<String, Set<String>> applications, long behindMillis) {}

    private final Pool pool;
    private final ConcurrentSkipListMap<Long, Entry> entries = new ConcurrentSkipListMap<>();
    private volatile long last = -1;
    private int listeners;
    private Cancellable looking;

    ChangeLog(@ReactiveDataSource("board") Pool pool) {
        this.pool = pool;
    }

    /** Until it is {@linkplain #leave left} as often, changes are looked up. */
    public synchronized void listen() {
        if (listeners++ == 0) {
            looking = Multi.createFrom()
                    .ticks()
                    .every(EVERY)
                    .onOverflow()
                    .drop()
                    .onItem()
                    .transformToUniAndConcatenate(tick -> look().onFailure().recoverWithNull())
                    .subscribe()
                    .with(done -> {});
        }
    }

    public synchronized void leave() {
        if (--listeners == 0) {
            looking.cancel();
            entries.clear();
            last = -1;
        }
    }

    private Uni<Void> look() {
        return (last < 0 ? first() : Uni.createFrom().item(last))
                .chain(from ->
                        pool.preparedQuery("""
                                select number, applications, behind_millis from board.change
                                where number > $1 order by number limit $2""").execute(Tuple.of(from, KEPT)).invoke(rows -> take(from, rows)))
                .replaceWithVoid();
    }

    private Uni<Long> first() {
        return pool.preparedQuery("select coalesce(max(number), 0) from board.change")
                .execute()
                .map(rows -> Math.max(0, rows.iterator().next().getLong(0) - KEPT));
    }

    private void take(long from, RowSet<Row> rows) {
        last = from;
        for (Row row : rows) {
            last = row.getLong("number");
            entries.put(last, new Entry(applications(row.getString("applications")), row.getLong("behind_millis")));
        }
        while (entries.size() > KEPT) {
            entries.pollFirstEntry();
        }
    }

    private static Map<String, Set<String>> applications(String json) {
        try {
            return JSON.readValue(json, APPLICATIONS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return the position of the last change, or -1 while that is not known */
    public long latest() {
        Map.Entry<Long, Entry> latest = entries.lastEntry();
        return latest == null ? -1 : latest.getKey();
    }

    /**
     * What came after a position.
     *
     * @return null when there is nothing; without a position that is known here, one without applications: ask anew
     */
    public Changes since(long position) {
        Map.Entry<Long, Entry> latest = entries.lastEntry();
        if (latest == null) {
            return last < 0 || position == last ? null : new Changes(last, Map.of(), 0);
        }
        if (latest.getKey() == position) {
            return null;
        }
        if (position > latest.getKey() || position < entries.firstKey() - 1) {
            return new Changes(latest.getKey(), Map.of(), 0);
        }
        Collection<Entry> later = entries.tailMap(position, false).values();
        if (later.stream().anyMatch(entry -> entry.applications.isEmpty())) { // read anew, see Rebuild
            return new Changes(latest.getKey(), Map.of(), 0);
        }
        Map<String, Set<String>> applications = new TreeMap<>();
        later.forEach(entry -> entry.applications.forEach((application, parts) ->
                applications.computeIfAbsent(application, id -> new TreeSet<>()).addAll(parts)));
        return new Changes(latest.getKey(), applications, latest.getValue().behindMillis);
    }
}
