package dev.lockstep.board.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.time.DateTimeException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is retried forever, and what is skipped: records written by somebody else must not stop the feed. */
class PermanentErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "21000, true",
        "22021, true",
        "23505, true",
        "54000, true",
        "40001, false",
        "42P01, false",
        "53300, false",
        "57P01, false"
    })
    void postgresSaysWhetherItIsTheRows(String state, boolean isPermanent) {
        assertThat(PermanentErrors.isPermanent(new CompletionException(new PgException("no", "ERROR", state, null))))
                .isEqualTo(isPermanent);
    }

    @Test
    void whatCannotBeSentToPostgresIsTheRows() {
        assertThat(PermanentErrors.isPermanent(new CompletionException(new DateTimeException("beyond the last year"))))
                .isTrue();
        assertThat(PermanentErrors.isPermanent(new IllegalArgumentException("not a parameter")))
                .isTrue();
        assertThat(PermanentErrors.isPermanent(new CompletionException(new ConnectException("refused"))))
                .isFalse();
        assertThat(PermanentErrors.isPermanent(new IllegalStateException("closed")))
                .isFalse();
    }
}
