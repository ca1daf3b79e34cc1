package dev.lockstep.board.api;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets so many work at once, in the order in which they ask. Each works in the context in which it asked. Work must not be cancelled.
 */
final class Turns {

    private final Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int free;

    Turns(int atOnce) {
        free = atOnce;
    }

    <T> Uni<T> take(Supplier<Uni<T>> work) {
        Context own = Vertx.currentContext();
        Uni<Void> turn = Uni.createFrom().completionStage(this::ask);
        return (own == null ? turn : turn.emitOn(command -> own.runOnContext(then -> command.run())))
                .chain(work::get)
                .onTermination()
                .invoke(this::pass);
    }

    private synchronized CompletableFuture<Void> ask() {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        if (free == 0) {
            waiting.add(turn);
        } else {
            free--;
            turn.complete(null);
        }
        return turn;
    }

    private void pass() {
        CompletableFuture<Void> next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                free++;
                return;
            }
        }
        next.complete(null);
    }
}
