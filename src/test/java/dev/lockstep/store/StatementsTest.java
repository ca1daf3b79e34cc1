package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The connection is on another event loop than the caller, and answers all statements after the last one was sent, but before the
 * caller waits for that one's answer: the last answer is delivered at once, and the others are queued.
 */
@Timeout(30)
class StatementsTest {

    private final Vertx vertx = Vertx.vertx();
    private final Context caller = vertx.getOrCreateContext();
    private final List<String> sent = new ArrayList<>();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void answersAreReadInTheOrderOfTheStatements() {
        List<String> read = new ArrayList<>();

        pipeline(sql -> List.of(
                        sql.query(row -> read.add("application"), "application"),
                        sql.query(row -> read.add("release"), "release"),
                        sql.query(row -> read.add("last"), "last")))
                .join();

        assertThat(read).containsExactly("application", "release", "last");
    }

    /** Postgres refuses all statements after one that failed. */
    @Test
    void theFailureOfTheFirstStatementThatFailedCounts() {
        assertThatThrownBy(() -> pipeline(sql -> List.of(
                                sql.statement("application"),
                                sql.statement("failing"),
                                sql.statement("release"),
                                sql.statement("last")))
                        .join())
                .hasRootCauseMessage("failing");
    }

    @Test
    void anUpdateThatFindsTooFewRowsFails() {
        assertThatThrownBy(() -> pipeline(sql -> List.of(sql.updateExactly(2, "application"), sql.statement("last")))
                        .join())
                .hasRootCauseMessage("rows were changed after they were loaded");
    }

    @Test
    void aDeferredStatementIsBuiltAfterThoseBeforeItWereSent() {
        List<String> built = new ArrayList<>();

        pipeline(sql -> List.of(sql.query(row -> built.add("answered"), "application"), Statements.deferred(() -> {
                    built.add("sent so far: " + sent);
                    return sql.statement("last");
                })))
                .join();

        assertThat(built).containsExactly("sent so far: [application]", "answered");
    }

    private CompletableFuture<Void> pipeline(Function<Statements, List<Statements.Statement>> statements) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        caller.runOnContext(started -> {
            Statements sql = new Statements(io.vertx.mutiny.sqlclient.SqlConnection.newInstance(connection()));
            Uni<Void> all = Statements.pipeline(statements.apply(sql));
            all.subscribe().with(done::complete, done::completeExceptionally);
        });
        return done;
    }

    /** Answers each with one row, but the one named "failing" and those after it with its failure, once "last" is sent. */
    private SqlConnection connection() {
        List<Promise<RowSet<Row>>> unanswered = new ArrayList<>();
        return proxy(
                SqlConnection.class,
                (self, prepare, sql) -> proxy(PreparedQuery.class, (query, execute, values) -> {
                    Promise<RowSet<Row>> answer = ((ContextInternal) caller).promise();
                    sent.add((String) sql[0]);
                    unanswered.add(answer);
                    Future<RowSet<Row>> future = answer.future();
                    if (sql[0].equals("last")) {
                        Thread connection = new Thread(() -> answer(unanswered));
                        connection.start();
                        connection.join();
                    }
                    return future;
                }));
    }

    private void answer(List<Promise<RowSet<Row>>> unanswered) {
        int failing = sent.indexOf("failing");
        for (int i = 0; i < unanswered.size(); i++) {
            if (failing < 0 || i < failing) {
                unanswered.get(i).complete(oneRow());
            } else {
                unanswered
                        .get(i)
                        .fail(new IllegalStateException(i == failing ? "failing" : "the transaction is aborted"));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static RowSet<Row> oneRow() {
        Row row = proxy(Row.class, (self, method, arguments) -> null);
        return proxy(RowSet.class, (self, method, arguments) -> switch (method.getName()) {
            case "rowCount" -> 1;
            case "forEach" -> {
                ((Consumer<Row>) arguments[0]).accept(row);
                yield null;
            }
            default -> null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
