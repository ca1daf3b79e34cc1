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
 * The statements of one transaction. Those that are {@linkplain #pipeline joined} are sent without waiting for each other's
 * answers: a batch costs a few round trips, however many statements it takes. Postgres still executes them one after the
 * other, each seeing what was committed when its turn came.
 */
final class Statements {

    /** A statement that is yet to be sent. */
    @FunctionalInterface
    interface Statement {

        /**
         * Sends it, once subscribed to, without waiting for those before it.
         *
         * @return reads the answer. Answers may be delivered in another order than the statements were sent
         */
        Uni<Runnable> send();

        /** Sends it alone. */
        default Uni<Void> execute() {
            return pipeline(List.of(this));
        }
    }

    private final io.vertx.sqlclient.SqlConnection connection;

    Statements(SqlConnection connection) {
        this.connection = connection.getDelegate();
    }

    /** @param values of {@code $1}, {@code $2} and so on */
    Statement statement(String sql, Object... values) {
        return () -> execute(sql, values).replaceWith(() -> {});
    }

    /** @param rows how many rows it must find; fails if it changes any other number */
    Statement updateExactly(int rows, String sql, Object... values) {
        return () -> execute(sql, values).map(updated -> () -> {
            if (updated.rowCount() != rows) {
                throw new IllegalStateException("rows were changed after they were loaded");
            }
        });
    }

    private Uni<RowSet<Row>> execute(String sql, Object... values) {
        return Uni.createFrom().completionStage(() -> connection
                .preparedQuery(sql)
                .execute(Tuple.from(values))
                .toCompletionStage());
    }

    Statement query(Consumer<Row> reader, String sql, Object... values) {
        return () -> execute(sql, values).map(rows -> () -> rows.forEach(reader));
    }

    /** A statement that is built only when it is its turn to be sent. */
    static Statement deferred(Supplier<Statement> statement) {
        return () -> statement.get().send();
    }

    /**
     * Sends all in this order, and reads their answers in this order once all are there; fails with the failure of the first
     * statement that failed, of which the others are consequences.
     */
    static Uni<Void> pipeline(List<Statement> statements) {
        return statements.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join()
                        .all(statements.stream().map(Statements::answer).toList())
                        .andFailFast()
                        .chain(Statements::readInOrder);
    }

    /** One of the two is null. */
    private record Answer(Runnable reader, Throwable failure) {}

    private static Uni<Answer> answer(Statement statement) {
        return Uni.createFrom()
                .deferred(statement::send)
                .map(reader -> new Answer(reader, null))
                .onFailure()
                .recoverWithItem(failure -> new Answer(null, failure));
    }

    private static Uni<Void> readInOrder(List<Answer> answers) {
        for (Answer answer : answers) {
            if (answer.failure != null) {
                return Uni.createFrom().failure(answer.failure);
            }
            answer.reader.run();
        }
        return Uni.createFrom().voidItem();
    }
}
