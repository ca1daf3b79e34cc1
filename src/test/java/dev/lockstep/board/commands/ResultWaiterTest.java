package dev.lockstep.board.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.config.TestSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which waiting clients get which result. */
class ResultWaiterTest {

    private static final int SECONDS = 60;
    private static final String CREATE = "dev.lockstep.release.create.v1";

    private final ResultWaiter resultWaiter = new ResultWaiter(TestSettings.with(Map.of()), Map.of());

    @Test
    void eachRequestForACommandGetsItsNextResult() {
        CompletableFuture<String> future = resultOf("shop", "/ci", "1");
        CompletableFuture<String> again = resultOf("shop", "/ci", "1");
        CompletableFuture<String> other = resultOf("shop", "/ci", "2");
        String result = result("'shop'", "/ci", "1");
        String duplicate = with(result, "'duplicate':true");

        resultWaiter.deliver(published(result));
        assertThat(future).isCompletedWithValue(result);
        assertThat(again).isNotDone();

        resultWaiter.deliver(published(duplicate));
        assertThat(again).isCompletedWithValue(duplicate);
        assertThat(other).isNotDone();
    }

    @Test
    void whoeverGaveUpTakesNobodysResult() {
        CompletableFuture<String> unsent = resultOf("shop", "/ci", "1");
        CompletableFuture<String> again = resultOf("shop", "/ci", "1");
        unsent.cancel(false);

        resultWaiter.deliver(published(result("'shop'", "/ci", "1")));

        assertThat(again).isDone();
    }

    @Test
    void aDryRunHasAResultOfItsOwn() {
        CompletableFuture<String> real = resultOf("shop", "/ci", "1");
        CompletableFuture<String> dryRun = resultWaiter.awaitResult(command("shop", "/ci", "1", CREATE, true), SECONDS);

        resultWaiter.deliver(published(with(result("'shop'", "/ci", "1"), "'dryRun':true")));
        assertThat(dryRun).isDone();
        assertThat(real).isNotDone();

        resultWaiter.deliver(published(result("'shop'", "/ci", "1")));
        assertThat(real).isDone();
    }

    @Test
    void theResultOfAnUnreadableDryRunDoesNotSayThatItIsOne() {
        CompletableFuture<String> dryRun = resultWaiter.awaitResult(command("shop", "/ci", "1", CREATE, true), SECONDS);

        resultWaiter.deliver(published(with(result("'shop'", "/ci", "1"), "'problem':{'code':'RELEASE_EXISTS'}")));
        assertThat(dryRun).isNotDone();

        resultWaiter.deliver(published(with(result("'shop'", "/ci", "1"), "'problem':{'code':'INVALID_COMMAND'}")));
        assertThat(dryRun).isDone();
    }

    @Test
    void theSameIdWithAnotherTypeIsAnotherCommand() {
        CompletableFuture<String> mine =
                resultWaiter.awaitResult(command("shop", "/ci", "1", "dev.lockstep.release.delete.v1", false), SECONDS);

        resultWaiter.deliver(published(result("'shop'", "/ci", "1")));

        assertThat(mine).isNotDone();
    }

    @Test
    void theSameIdOfAnotherApplicationIsAnotherCommand() {
        CompletableFuture<String> mine = resultOf("shop", "/ci", "1");

        resultWaiter.deliver(published(result("'api'", "/ci", "1")));
        assertThat(mine).isNotDone();

        resultWaiter.deliver(published(result("null", "/ci", "1")));
        assertThat(mine).isDone();
    }

    @Test
    void anOverlongIdIsTruncatedAsInTheResult() {
        CompletableFuture<String> mine = resultOf("shop", "/ci", "x".repeat(300));

        resultWaiter.deliver(published(result("'shop'", "/ci", "x".repeat(256))));

        assertThat(mine).isDone();
    }

    @Test
    void aRequestThatTimesOutGetsNoResult() {
        assertThat(resultWaiter.awaitResult(command("shop", "/ci", "1", CREATE, false), 0))
                .succeedsWithin(Duration.ofSeconds(10))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"commandSource\":1}"})
    void whatIsNoResultIsPassedOver(String foreign) {
        CompletableFuture<String> mine = resultOf("shop", "/ci", "1");

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

        CompletableFuture<Void> future = silent.startReading();
        CompletableFuture<Void> other = silent.startReading();
        future.cancel(true);

        assertThat(other.isCancelled()).isFalse();
        assertThat(silent.startReading().isCancelled()).isFalse();
        silent.stop(null);
    }

    private CompletableFuture<String> resultOf(String application, String source, String id) {
        return resultWaiter.awaitResult(command(application, source, id, CREATE, false), SECONDS);
    }

    private static HttpCommand command(String application, String source, String id, String type, boolean isDryRun) {
        return new HttpCommand(application, source, id, type, isDryRun, List.of(), new byte[0]);
    }

    private static String with(String result, String member) {
        return result.replace("}", ',' + member.replace('\'', '"') + '}');
    }

    private static String result(String application, String source, String id) {
        return "{'application':%s,'commandSource':'%s','commandId':'%s','commandType':'%s','outcome':'accepted'}"
                .formatted(application, source, id, CREATE)
                .replace('\'', '"');
    }

    private static ConsumerRecord<byte[], byte[]> published(String result) {
        return new ConsumerRecord<>("results", 0, 0, null, result.getBytes(UTF_8));
    }
}
