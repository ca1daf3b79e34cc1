package dev.lockstep.board.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {

    private final ConcurrencyLimit concurrencyLimit = new ConcurrencyLimit(2);
    private final List<CompletableFuture<String>> begun = new ArrayList<>();

    @Test
    void aLimitedNumberRunsAtOnceAndTheNextStartsWhenOneEndsHoweverItEnds() {
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            results.add(concurrencyLimit.run(this::work).subscribeAsCompletionStage());
        }
        assertThat(begun).hasSize(2);

        begun.get(0).complete("a");
        assertThat(begun).hasSize(3);
        begun.get(1).completeExceptionally(new IllegalStateException("b"));
        assertThat(begun).hasSize(4);
        begun.get(2).complete("c");
        begun.get(3).complete("d");
        begun.get(4).complete("e");

        assertThat(results).allMatch(CompletableFuture::isDone);
        assertThat(results.get(1)).isCompletedExceptionally();
        concurrencyLimit.run(this::work).subscribeAsCompletionStage();
        concurrencyLimit.run(this::work).subscribeAsCompletionStage();
        assertThat(begun).hasSize(7);
    }

    @Test
    void workThatCannotEvenStartReleasesItsPermit() {
        for (int i = 0; i < 3; i++) {
            concurrencyLimit
                    .run(() -> {
                        throw new IllegalStateException("no");
                    })
                    .subscribeAsCompletionStage();
        }
        concurrencyLimit.run(this::work).subscribeAsCompletionStage();

        assertThat(begun).hasSize(1);
    }

    private Uni<String> work() {
        CompletableFuture<String> future = new CompletableFuture<>();
        begun.add(future);
        return Uni.createFrom().completionStage(future);
    }
}
