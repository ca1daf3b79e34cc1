package dev.lockstep.board.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.config.TestSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which waiting clients get which result. */
class ResultWaiterTest {

    private static final int SECONDS = 60;

    private final ResultWaiter resultWaiter = new ResultWaiter(TestSettings.with(Map.of()), Map.of());

    @Test
    void allWhoWaitForACommandAreToldItsResultOnce() {
        CompletableFuture<String> one = resultWaiter.resultOf("shop", "/ci", "1", SECONDS);
        CompletableFuture<String> again = resultWaiter.resultOf("shop", "/ci", "1", SECONDS);
        CompletableFuture<String> other = resultWaiter.resultOf("shop", "/ci", "2", SECONDS);
        String result = result("'shop'", "/ci", "1");

        resultWaiter.deliver(published(result));
        resultWaiter.deliver(published(result.replace("accepted", "rejected")));

        assertThat(one).isCompletedWithValue(result);
        assertThat(again).isCompletedWithValue(result);
        assertThat(other).isNotDone();
    }

    @Test
    void theSameIdOfAnotherApplicationIsAnotherCommand() {
        CompletableFuture<String> mine = resultWaiter.resultOf("shop", "/ci", "1", SECONDS);

        resultWaiter.deliver(published(result("'api'", "/ci", "1")));
        assertThat(mine).isNotDone();

        resultWaiter.deliver(published(result("null", "/ci", "1")));
        assertThat(mine).isDone();
    }

    @Test
    void anOverlongIdIsTruncatedAsInTheResult() {
        CompletableFuture<String> mine = resultWaiter.resultOf("shop", "/ci", "x".repeat(300), SECONDS);

        resultWaiter.deliver(published(result("'shop'", "/ci", "x".repeat(256))));

        assertThat(mine).isDone();
    }

    @Test
    void whoeverHasWaitedLongEnoughIsToldNothing() {
        assertThat(resultWaiter.resultOf("shop", "/ci", "1", 0))
                .succeedsWithin(Duration.ofSeconds(10))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"commandSource\":1}"})
    void whatIsNoResultIsPassedOver(String foreign) {
        CompletableFuture<String> mine = resultWaiter.resultOf("shop", "/ci", "1", SECONDS);

        resultWaiter.deliver(published(foreign));
        resultWaiter.deliver(new ConsumerRecord<>("results", 0, 0, null, null));
        assertThat(mine).isNotDone();

        resultWaiter.deliver(published(result("'shop'", "/ci", "1")));
        assertThat(mine).isDone();
    }

    /** Kafka may take longer for its first response than a client waits. */
    @Test
    void givingUpBeforeItStartsDoesNotEndItForOthers() {
        ResultWaiter silent = new ResultWaiter(TestSettings.with(Map.of()), Map.of("bootstrap.servers", "192.0.2.1:1"));

        CompletableFuture<Void> one = silent.startReading();
        CompletableFuture<Void> other = silent.startReading();
        one.cancel(true);

        assertThat(other.isCancelled()).isFalse();
        assertThat(silent.startReading().isCancelled()).isFalse();
        silent.stop(null);
    }

    private static String result(String application, String source, String id) {
        return "{'application':%s,'commandSource':'%s','commandId':'%s','outcome':'accepted'}"
                .formatted(application, source, id)
                .replace('\'', '"');
    }

    private static ConsumerRecord<byte[], byte[]> published(String result) {
        return new ConsumerRecord<>("results", 0, 0, null, result.getBytes(UTF_8));
    }
}
