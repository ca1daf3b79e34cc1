package dev.lockstep.ops.metrics;

import dev.lockstep.board.FeedStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** Metrics of the feed that fills the board's tables (docs/metrics.md), if there is a board. */
@Singleton
class BoardMetrics implements MeterBinder {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final FeedStatus feed;

    BoardMetrics(FeedStatus feed) {
        this.feed = feed;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (!feed.isEnabled()) {
            return;
        }
        Gauge.builder("lockstep.board.behind", () -> feed.lag().toMillis() / MILLIS_PER_SECOND)
                .description("How long the tables have been behind the topics, or how long that has been unknown")
                .baseUnit("seconds")
                .register(registry);
        environments(registry, "in_progress", FeedStatus::environmentsInProgress);
        environments(registry, "waiting", FeedStatus::environmentsWaiting);
        environments(registry, "failed", FeedStatus::environmentsFailed);
        count(registry, "lockstep.board.records", "Records read into the tables", FeedStatus::writtenCount);
        count(
                registry,
                "lockstep.board.retries",
                "Failed attempts to write, which are retried",
                FeedStatus::retryCount);
        count(
                registry,
                "lockstep.board.rejected",
                "Records that Postgres will never accept",
                FeedStatus::rejectionCount);
    }

    private void environments(MeterRegistry registry, String state, ToDoubleFunction<FeedStatus> count) {
        Gauge.builder("lockstep.board.environments", feed, count)
                .description(
                        "Environments with a deployment in progress, with one that waits, or whose last one failed lately")
                .tag("state", state)
                .register(registry);
    }

    private void count(MeterRegistry registry, String name, String what, ToDoubleFunction<FeedStatus> count) {
        FunctionCounter.builder(name, feed, count).description(what).register(registry);
    }
}
