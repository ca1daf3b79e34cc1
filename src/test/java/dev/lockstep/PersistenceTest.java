package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.store.DataLoss;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PersistenceTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final RuntimeException LOSS = DataLoss.ofTopic(4, 7, 9);
    private static final RuntimeException OUTAGE = new IllegalStateException("no answer");

    private final Persistence persistence = new Persistence(Duration.ofMillis(1), Duration.ofMillis(2));

    @AfterAll
    static void close() {
        VERTX.close();
    }

    @Test
    void lostDataThatIsSeenOnceIsNotBelieved() throws Exception {
        assertThat(refusals(LOSS)).containsExactly(false, false);
    }

    @Test
    void lostDataThatIsSeenAgainIsRefusedUntilItIsGone() throws Exception {
        assertThat(refusals(LOSS, LOSS, LOSS)).containsExactly(false, false, true, true);
        assertThat(persistence.refuses()).isFalse();
        assertThat(persistence.waitingFor()).isNull();
    }

    @Test
    void anotherFailureBetweenThemConfirmsNothing() throws Exception {
        assertThat(refusals(LOSS, OUTAGE, LOSS)).containsExactly(false, false, false, false);
    }

    @Test
    void whatSucceedsBesideItEndsNoRefusal() throws Exception {
        AtomicBoolean lost = new AtomicBoolean(true);
        CompletableFuture<Void> refused = start(() ->
                lost.get() ? Uni.createFrom().failure(LOSS) : Uni.createFrom().voidItem());
        await().until(persistence::refuses);

        start(() -> Uni.createFrom().voidItem()).get(20, TimeUnit.SECONDS);

        assertThat(persistence.refuses()).isTrue();
        assertThat(persistence.waitingFor()).isNotNull();
        lost.set(false);
        refused.get(20, TimeUnit.SECONDS);
        assertThat(persistence.refuses()).isFalse();
        assertThat(persistence.waitingFor()).isNull();
    }

    private CompletableFuture<Void> start(Supplier<Uni<Void>> work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        VERTX.runOnContext(
                ignored -> persistence.untilDone(work).subscribe().with(done::complete, done::completeExceptionally));
        return done;
    }

    /** Whether it refused at each attempt: those that fail, and the one that does not. */
    private List<Boolean> refusals(RuntimeException... failures) throws Exception {
        Queue<RuntimeException> ahead = new ArrayDeque<>(List.of(failures));
        List<Boolean> refusals = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        VERTX.runOnContext(ignored -> persistence
                .untilDone(() -> {
                    refusals.add(persistence.refuses());
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
