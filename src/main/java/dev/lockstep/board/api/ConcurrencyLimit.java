package dev.lockstep.board.api;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Limits how many tasks run at once; they start in the order of the calls, each in its caller's context. A task must not be
 * cancelled.
 */
final class ConcurrencyLimit {

    private final Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int permits;

    ConcurrencyLimit(int maxConcurrent) {
        permits = maxConcurrent;
    }

    <T> Uni<T> run(Supplier<Uni<T>> work) {
        Context callerContext = Vertx.currentContext();
        Uni<Void> permit = Uni.createFrom().completionStage(this::acquire);
        return (callerContext == null ? permit : permit.emitOn(task -> callerContext.runOnContext(then -> task.run())))
                .chain(work::get)
                .onTermination()
                .invoke(this::release);
    }

    private synchronized CompletableFuture<Void> acquire() {
        CompletableFuture<Void> permit = new CompletableFuture<>();
        if (permits == 0) {
            waiting.add(permit);
        } else {
            permits--;
            permit.complete(null);
        }
        return permit;
    }

    private void release() {
        CompletableFuture<Void> next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                permits++;
                return;
            }
        }
        next.complete(null);
    }
}
