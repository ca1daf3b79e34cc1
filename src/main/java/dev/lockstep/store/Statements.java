package dev.lockstep.store;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The statements of one transaction. Those that are {@linkplain #pipelined joined} are sent without waiting for each other's
 * answers: a batch costs a few round trips, however many statements it takes. Postgres still executes them one after the
 * other, each seeing what was committed when its turn came.
 */
final class Statements {

    private final io.vertx.sqlclient.SqlConnection connection;

    Statements(SqlConnection connection) {
        this.connection = connection.getDelegate();
    }

    /** @param values of {@code $1}, {@code $2} and so on */
    Uni<Void> run(String sql, Object... values) {
        return execute(sql, values).replaceWithVoid();
    }

    /** @param rows how many rows it must find; fails if it finds fewer */
    Uni<Void> update(int rows, String sql, Object... values) {
        return execute(sql, values)
                .invoke(updated -> {
                    if (updated.rowCount() != rows) {
                        throw new IllegalStateException("rows were changed after they were loaded");
                    }
                })
                .replaceWithVoid();
    }

    private Uni<RowSet<Row>> execute(String sql, Object... values) {
        return Uni.createFrom().completionStage(() -> connection
                .preparedQuery(sql)
                .execute(Tuple.from(values))
                .toCompletionStage());
    }

    Uni<Void> query(Consumer<Row> reader, String sql, Object... values) {
        return execute(sql, values).invoke(rows -> rows.forEach(reader)).replaceWithVoid();
    }

    /** A statement that is built only when it is its turn to be sent. */
    static Uni<Void> deferred(Supplier<Uni<Void>> statement) {
        return Uni.createFrom().deferred(statement::get);
    }

    /** Sends all in this order; fails with the first failure, of which the others are consequences. */
    static Uni<Void> pipelined(List<Uni<Void>> statements) {
        return statements.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join().all(statements).andFailFast().replaceWithVoid();
    }
}
