package dev.lockstep.intake;

import dev.lockstep.wire.Topics;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;

/** The commands topic, with those that belong to it, from when setup finds both stores as the worker needs them. */
@Singleton
public class CommandsTopic {

    /** The channel through which it comes in, as in {@code application.properties}. */
    public static final String CHANNEL = "commands";

    /** @param id Kafka's, which a topic that is created again does not have */
    public record ResolvedTopics(String id, Topics topics) {}

    private volatile CompletableFuture<ResolvedTopics> found = new CompletableFuture<>();

    /** Completes on the thread of whoever finds it; at once when it is found already. */
    public Uni<ResolvedTopics> whenAvailable() {
        return Uni.createFrom()
                .completionStage(() -> found.copy()); // whoever gives up waiting gives up for itself alone
    }

    /** Whether it is there now. */
    public boolean isAvailable() {
        return found.isDone();
    }

    /** Lets all work that waits for it begin. */
    public void markAvailable(ResolvedTopics now) {
        if (!found.complete(now) && !found.join().equals(now)) {
            found = CompletableFuture.completedFuture(now);
        }
    }

    /** Lets no more work begin until it is found again. */
    public void markUnavailable() {
        found = found.isDone() ? new CompletableFuture<>() : found;
    }
}
