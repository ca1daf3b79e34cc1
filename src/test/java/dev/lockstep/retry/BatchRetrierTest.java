package dev.lockstep.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener;
import dev.lockstep.store.DataLossException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class BatchRetrierTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final RuntimeException LOSS = DataLossException.offsetsReset(4, 7, 9);
    private static final RuntimeException OUTAGE = new IllegalStateException("no answer");

    private static final Duration DOUBT = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong();
    private final List<String> unloadable = new CopyOnWriteArrayList<>();
    private final Listeners listeners = new Listeners(List.of(new WorkerListener() {
        @Override
        public void unloadable(String what) {
            unloadable.add(what);
        }
    }));
    private final BatchRetrier retry =
            new BatchRetrier(Duration.ofMillis(1), Duration.ofMillis(2), DOUBT, now::get, listeners);

    @AfterAll
    static void close() {
        VERTX.close();
    }

    @Test
    void nothingElseBeginsWhileDataSeemsLost() throws Exception {
        assertThat(refusals(OUTAGE, LOSS, LOSS)).containsExactly(false, false, true, true);
        assertThat(retry.isHalted()).isFalse();
        assertThat(retry.notReadyReason()).isNull();
    }

    @Test
    void anotherFailureBetweenThemEndsNoRefusal() throws Exception {
        assertThat(refusals(LOSS, OUTAGE, LOSS)).containsExactly(false, true, true, true);
    }

    @Test
    void itIsLoggedOnceAndOnlyIfItIsConfirmed() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        Logger log = Logger.getLogger(BatchRetrier.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                said.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        log.setLevel(Level.INFO); // whatever level another test has set for our packages
        try {
            refusals(LOSS, LOSS, LOSS);
            assertThat(said).isEmpty();

            refusals(() -> now.addAndGet(DOUBT.toNanos()), LOSS, LOSS, LOSS, LOSS);
            assertThat(said).hasSize(2).last().isEqualTo("Applying batches works again");
            assertThat(said.get(0)).startsWith("Stopped processing");
        } finally {
            log.removeHandler(handler);
            log.setLevel(null);
        }
    }

    @Test
    void listenersLearnOfCodeThatCannotBeLoaded() throws Exception {
        refusals(OUTAGE, new IllegalStateException(new NoClassDefFoundError("dev/lockstep/Gone")));
        assertThat(unloadable).containsExactly("NoClassDefFoundError: dev/lockstep/Gone");
    }

    @Test
    void whatSucceedsBesideItEndsNoRefusal() throws Exception {
        AtomicBoolean lost = new AtomicBoolean(true);
        CompletableFuture<Void> refused = start(() ->
                lost.get() ? Uni.createFrom().failure(LOSS) : Uni.createFrom().voidItem());
        await().until(retry::isHalted);

        start(() -> Uni.createFrom().voidItem()).get(20, TimeUnit.SECONDS);

        assertThat(retry.isHalted()).isTrue();
        assertThat(retry.notReadyReason()).isNotNull();
        lost.set(false);
        refused.get(20, TimeUnit.SECONDS);
        assertThat(retry.isHalted()).isFalse();
        assertThat(retry.notReadyReason()).isNull();
    }

    @Test
    void aStoppingWorkerDoesNotRetry() {
        CompletableFuture<Void> failing = start(() -> Uni.createFrom().failure(OUTAGE));
        await().until(() -> retry.notReadyReason() != null);

        retry.stop(null);

        assertThat(failing).failsWithin(Duration.ofSeconds(20));
    }

    private CompletableFuture<Void> start(Supplier<Uni<Void>> work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        VERTX.runOnContext(ignored ->
                retry.retryUntilDone(work, work).subscribe().with(done::complete, done::completeExceptionally));
        return done;
    }

    /** Whether it refused during each attempt, both failing ones and the one that succeeds. */
    private List<Boolean> refusals(RuntimeException... failures) throws Exception {
        return refusals(() -> {}, failures);
    }

    private List<Boolean> refusals(Runnable betweenTwo, RuntimeException... failures) throws Exception {
        Queue<RuntimeException> ahead = new ArrayDeque<>(List.of(failures));
        List<Boolean> refusals = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        VERTX.runOnContext(ignored -> retry.retryUntilDone(ahead, () -> {
                    refusals.add(retry.isHalted());
                    betweenTwo.run();
                    RuntimeException failure = ahead.poll();
                    return failure == null
                            ? Uni.createFrom().voidItem()
                            : Uni.createFrom().failure(failure);
                })
                .subscribe()
                .with(item -> done.complete(null), done::completeExceptionally));
        done.get(20, TimeUnit.SECONDS);
        return refusals;
    }
}
