package dev.lockstep.board.tables;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** A set of rows as one array per column, in the form that {@code unnest} takes. */
final class Columns<R> {

    private final List<R> rows;
    private final List<Object> arrays = new ArrayList<>();

    private Columns(Collection<R> rows) {
        this.rows = List.copyOf(rows);
    }

    static <R> Columns<R> of(Collection<R> rows) {
        return new Columns<>(rows);
    }

    <V> Columns<R> with(Function<R, V> value, IntFunction<V[]> array) {
        arrays.add(rows.stream().map(value).toArray(array));
        return this;
    }

    Columns<R> texts(Function<R, String> value) {
        return with(value, String[]::new);
    }

    Columns<R> longs(Function<R, Long> value) {
        return with(value, Long[]::new);
    }

    Columns<R> times(Function<R, Instant> value) {
        return with(row -> time(value.apply(row)), OffsetDateTime[]::new);
    }

    private static OffsetDateTime time(Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    /** Does nothing when there are no rows. */
    Uni<Void> execute(SqlConnection connection, String sql) {
        return rows.isEmpty()
                ? Uni.createFrom().voidItem()
                : connection.preparedQuery(sql).execute(Tuple.from(arrays)).replaceWithVoid();
    }
}
