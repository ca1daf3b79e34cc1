package dev.lockstep.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.board.tables.EnvironmentCounter.EnvironmentCounts;
import dev.lockstep.docs.OperationsDoc;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FeedStatusTest {

    private final AtomicLong nanos = new AtomicLong();
    private final FeedStatus watch = new FeedStatus(true, nanos::get);

    @Test
    void whatHasFailedForLongIsSaidUntilItIsWritten() {
        watch.recordRetry(new IllegalStateException());
        pass(10);
        assertThat(watch.notReadyReason()).isNull();

        watch.recordRetry(new IllegalArgumentException());
        pass(10);
        assertThat(watch.notReadyReason())
                .isEqualTo("the board's tables could not be written for 20 s: IllegalArgumentException");
        OperationsDoc.assertDocuments(watch.notReadyReason());

        watch.recordWritten(7);
        assertThat(watch.notReadyReason()).isNull();
        assertThat(watch.writtenCount()).isEqualTo(7);
        assertThat(watch.retryCount()).isEqualTo(2);
    }

    @Test
    void aSkippedRecordIsNoProblem() {
        watch.recordRetry(new IllegalStateException());
        watch.recordRejection();
        pass(60);

        assertThat(watch.notReadyReason()).isNull();
        assertThat(watch.rejectionCount()).isOne();
    }

    /** Then nobody knows whether there is anything to read. */
    @Test
    void whileKafkaDoesNotAnswerTheBoardIsNotUpToDate() {
        watch.recordKafkaAnswer();
        pass(29);
        assertThat(watch.lag()).isZero();
        assertThat(watch.notReadyReason()).isNull();

        pass(1);
        assertThat(watch.lag()).isEqualTo(Duration.ofSeconds(30));
        assertThat(watch.notReadyReason()).isEqualTo("Kafka has not answered the board for 30 s");
        OperationsDoc.assertDocuments(watch.notReadyReason());

        watch.recordKafkaAnswer();
        assertThat(watch.lag()).isZero();
        assertThat(watch.notReadyReason()).isNull();
    }

    /** Even if there is nothing to write. */
    @Test
    void whileTheTablesCannotBeReadTheBoardIsNotUpToDate() {
        watch.recordTablesRead();
        pass(30);
        assertThat(watch.lag()).isEqualTo(Duration.ofSeconds(30));
        assertThat(watch.notReadyReason()).isEqualTo("the board's tables could not be read for 30 s");
        OperationsDoc.assertDocuments(watch.notReadyReason());

        watch.recordTablesRead();
        assertThat(watch.lag()).isZero();
        assertThat(watch.notReadyReason()).isNull();
    }

    @Test
    void onlyADatabaseThatCannotBeReachedIsAReasonToLetOthersWrite() {
        watch.recordRetry(new IOException());
        pass(10);
        watch.recordRetry(new IOException());
        assertThat(watch.databaseUnreachableFor()).isEqualTo(Duration.ofSeconds(10));

        watch.recordRetry(new IllegalStateException());
        assertThat(watch.databaseUnreachableFor()).isZero();

        pass(60);
        watch.recordRetry(new IOException());
        assertThat(watch.databaseUnreachableFor()).isZero();
        pass(5);
        assertThat(watch.databaseUnreachableFor()).isEqualTo(Duration.ofSeconds(5));

        watch.recordWritten(1);
        assertThat(watch.databaseUnreachableFor()).isZero();
    }

    /** The tables can be read while another process rebuilds them. */
    @Test
    void anotherProcessThatRebuildsTheTablesIsNoReasonForNotBeingReady() {
        PgException locked = new PgException("canceling statement due to lock timeout", "ERROR", "55P03", null);
        watch.recordRetry(locked);
        pass(29 * 60);
        watch.recordRetry(locked);
        assertThat(watch.notReadyReason()).isNull();

        pass(60);
        assertThat(watch.notReadyReason()).contains("could not be written");
    }

    @Test
    void environmentsThatWereCountedLongAgoAreNotKnown() {
        assertThat(watch.environmentsWaiting()).isNaN();
        watch.recordEnvironments(new EnvironmentCounts(1, 2, 3));
        assertThat(watch.environmentsWaiting()).isEqualTo(2);

        pass(5 * 60);
        assertThat(watch.environmentsWaiting()).isNaN();
    }

    @Test
    void everyOtherReasonIsInTheOperatorsGuide() {
        OperationsDoc.assertDocuments(Board.NO_TABLES);
        OperationsDoc.assertDocuments(Board.REBUILDING);
    }

    private void pass(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
