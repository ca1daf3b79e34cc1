package dev.lockstep.intake;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Runs one transaction at a time on its own event loop, so that lanes share the processors. A batch is applied
 * while the one before it is being published; there are never more than these two.
 */
public final class Lane implements Executor {

    private final Context context;
    private CompletableFuture<Void> publishing = CompletableFuture.completedFuture(null);

    /** Vert.x gives each new thread the next event loop. */
    Lane(Vertx vertx) {
        context = CompletableFuture.supplyAsync(vertx::getOrCreateContext, task -> new Thread(task).start())
                .join();
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(ignored -> task.run());
    }

    /**
     * Called on the lane.
     *
     * @param next the publication from now on
     * @return completes on the lane when the previous publication is done
     */
    public Uni<Void> startPublication(CompletableFuture<Void> next) {
        CompletableFuture<Void> before = publishing;
        publishing = next;
        return Uni.createFrom().completionStage(before).emitOn(this);
    }
}
