package dev.lockstep.intake;

import dev.lockstep.wire.Topics;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;

/** The commands topic and the topics that belong to it, available once setup finds both stores as the worker needs them. */
@Singleton
public class CommandsTopic {

    /** The channel that delivers the topic, as in {@code application.properties}. */
    public static final String CHANNEL = "commands";

    /** @param id Kafka's topic id, which changes when the topic is recreated */
    public record ResolvedTopics(String id, Topics topics) {}

    private volatile CompletableFuture<ResolvedTopics> resolved = new CompletableFuture<>();

    /** Completes on the thread that finds the topic; at once if it has already been found. */
    public Uni<ResolvedTopics> whenAvailable() {
        return Uni.createFrom()
                .completionStage(() -> resolved.copy()); // a caller that gives up waiting does not affect the others
    }

    /** Whether the topic is available now. */
    public boolean isAvailable() {
        return resolved.isDone();
    }

    /** Lets all work that waits for the topic begin. */
    public void markAvailable(ResolvedTopics topics) {
        if (!resolved.complete(topics) && !resolved.join().equals(topics)) {
            resolved = CompletableFuture.completedFuture(topics);
        }
    }

    /** Lets no more work begin until the topic is found again. */
    public void markUnavailable() {
        resolved = resolved.isDone() ? new CompletableFuture<>() : resolved;
    }
}
