package dev.lockstep.intake;

import dev.lockstep.config.Settings;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Begins a transaction whenever there is a free lane and something to do in it. */
@ApplicationScoped
public class Dispatcher {

    /** What to do on the lane with the batch that was taken. */
    @FunctionalInterface
    public interface BatchHandler {
        void handle(InFlightBatch batch, Lane lane);
    }

    private final Backlog backlog;
    private final FlowControl flow;
    private final PartitionProber partitionProber;
    private final Listeners listeners;
    private final Vertx vertx;
    private final List<Lane> lanes;
    private volatile BooleanSupplier mayBegin = () -> false;
    private volatile BatchHandler batchHandler;
    private volatile Long timer;

    Dispatcher(
            Backlog backlog,
            FlowControl flow,
            PartitionProber partitionProber,
            Listeners listeners,
            Settings settings,
            Vertx vertx) {
        this.backlog = backlog;
        this.flow = flow;
        this.partitionProber = partitionProber;
        this.listeners = listeners;
        this.vertx = vertx;
        this.lanes = Stream.generate(() -> new Lane(vertx))
                .limit(settings.batch().lanes())
                .toList();
    }

    /**
     * Starts dispatching; nothing is dispatched before.
     *
     * @param mayBegin asked before each round; after a no, its owner calls {@link #dispatch} when work may begin
     */
    public void start(BooleanSupplier mayBegin, BatchHandler batchHandler) {
        this.batchHandler = batchHandler;
        this.mayBegin = mayBegin;
        timer = vertx.setPeriodic(Backlog.SLOW_BATCH.toMillis(), timerId -> dispatch());
        partitionProber.begin(this::probe);
    }

    void stop(@Observes ShutdownEvent event) {
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }

    /** Lets partitions be checked before any of their records arrive, or if none do. */
    private void probe(int generation, Set<Integer> partitions) {
        backlog.probe(generation, partitions);
        dispatch();
    }

    /** Begins as many transactions as there is work and room for; on any thread. */
    public void dispatch() {
        if (!mayBegin.getAsBoolean()) {
            return;
        }
        InFlightBatch next;
        while ((next = backlog.takeBatch()) != null) {
            startBatch(next);
        }
        flow.resume();
    }

    private void startBatch(InFlightBatch batch) {
        Lane lane = lanes.get(batch.lane());
        listeners.notifyListeners(listener -> listener.workTaken(Step.APPLY, batch));
        lane.execute(() -> batchHandler.handle(batch, lane));
    }
}
