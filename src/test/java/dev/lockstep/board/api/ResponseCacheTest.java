package dev.lockstep.board.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.board.api.ResponseCache.CachedResponse;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ResponseCacheTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final URI OVERVIEW = URI.create("http://a/api/overview?q=x");

    private long latest = 7;
    private final List<CompletableFuture<CachedResponse>> made = new ArrayList<>();
    private final ResponseCache shared = new ResponseCache(() -> latest);

    @Test
    void concurrentAndRepeatedRequestsComputeAResponseOnce() {
        UniAssertSubscriber<CachedResponse> first = ask(OVERVIEW);
        UniAssertSubscriber<CachedResponse> second = ask(URI.create("http://b/api/overview?q=x"));
        made.get(0).complete(answer("a"));

        assertThat(first.awaitItem(PATIENCE).getItem())
                .isSameAs(second.awaitItem(PATIENCE).getItem())
                .isSameAs(ask(OVERVIEW).awaitItem(PATIENCE).getItem());
        assertThat(made).hasSize(1);
    }

    @Test
    void differentRequestsTypesAndEncodingsHaveDifferentEntries() {
        ask(OVERVIEW);
        shared.get(OVERVIEW, "text/csv", false, 0, this::make).subscribe().with(cachedResponse -> {});
        shared.get(OVERVIEW, "application/json", true, 0, this::make)
                .subscribe()
                .with(cachedResponse -> {});
        assertThat(made).hasSize(3);
        made.forEach(future -> future.complete(answer("a")));

        ask(URI.create("http://a/api/overview?q=y"));

        assertThat(made).hasSize(4);
    }

    @Test
    void nobodyGetsAResponseRequestedBeforeAnAnnouncedChange() {
        ask(OVERVIEW);
        latest = 8;
        UniAssertSubscriber<CachedResponse> after = ask(OVERVIEW);
        made.get(0).complete(answer("before"));

        after.assertNotTerminated();
        made.get(1).complete(answer("after"));
        assertThat(after.awaitItem(PATIENCE).getItem().bytes()).asString(UTF_8).isEqualTo("after");
    }

    @Test
    void aFailureReachesAllWaitersAndIsNotCached() {
        UniAssertSubscriber<CachedResponse> first = ask(OVERVIEW);
        UniAssertSubscriber<CachedResponse> second = ask(OVERVIEW);
        ProblemException gone = ProblemException.of(410, "RELEASE_DELETED", "It is gone.");
        made.get(0).completeExceptionally(gone);

        assertThat(first.awaitFailure(PATIENCE).getFailure()).isSameAs(gone);
        assertThat(second.awaitFailure(PATIENCE).getFailure()).isSameAs(gone);
        UniAssertSubscriber<CachedResponse> third = ask(OVERVIEW);
        made.get(1).complete(answer("there"));
        third.awaitItem(PATIENCE);
    }

    @Test
    void aCancelledRequestDoesNotCancelTheOthers() {
        UniAssertSubscriber<CachedResponse> first = ask(OVERVIEW);
        UniAssertSubscriber<CachedResponse> second = ask(OVERVIEW);
        first.cancel();
        made.get(0).complete(answer("a"));

        second.awaitItem(PATIENCE);
    }

    @Test
    void noResponseIsSharedUntilChangesAreAnnounced() {
        latest = -1;
        ask(OVERVIEW);
        ask(OVERVIEW);

        assertThat(made).hasSize(2);
    }

    @Test
    void anInvalidQueryIsAProblemAtOnce() {
        ProblemException invalid = ProblemException.of(400, "INVALID_PARAMETER", "limit");

        assertThatThrownBy(() -> shared.get(OVERVIEW, "application/json", false, 0, () -> {
                            throw invalid;
                        })
                        .await()
                        .atMost(PATIENCE))
                .isSameAs(invalid);
    }

    /** The client has heard of it from another process. */
    @Test
    void aClientThatKnowsALaterChangeGetsNoSharedResponse() {
        ask(OVERVIEW);
        made.get(0).complete(answer("before"));

        UniAssertSubscriber<CachedResponse> later = askWith(8);
        made.get(1).complete(answer("after"));
        assertThat(later.awaitItem(PATIENCE).getItem().bytes()).asString(UTF_8).isEqualTo("after");

        askWith(7);
        assertThat(made).hasSize(2);
    }

    private UniAssertSubscriber<CachedResponse> askWith(long position) {
        return shared.get(OVERVIEW, "application/json", false, position, this::make)
                .subscribe()
                .withSubscriber(UniAssertSubscriber.create());
    }

    private UniAssertSubscriber<CachedResponse> ask(URI address) {
        return shared.get(address, "application/json", false, 0, this::make)
                .subscribe()
                .withSubscriber(UniAssertSubscriber.create());
    }

    private Uni<CachedResponse> make() {
        CompletableFuture<CachedResponse> answer = new CompletableFuture<>();
        made.add(answer);
        return Uni.createFrom().completionStage(answer);
    }

    private static CachedResponse answer(String text) {
        return new CachedResponse(text.getBytes(UTF_8), false, "application/json", "W/\"1\"", null, 1);
    }
}
