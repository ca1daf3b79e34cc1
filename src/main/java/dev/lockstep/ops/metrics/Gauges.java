package dev.lockstep.ops.metrics;

import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.LagSource;
import dev.lockstep.listener.PublishedRecord;
import dev.lockstep.listener.WorkerListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.Readiness;

/** Values at the time of the scrape (docs/metrics.md). */
@Singleton
class Gauges implements WorkerListener, MeterBinder {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final LagSource lag;
    private final BooleanSupplier ready;
    private final Clock clock;
    private final AtomicInteger failingRounds = new AtomicInteger();
    private volatile double lastPublished = Double.NaN;
    private volatile Duration overdue = Duration.ZERO;

    @Inject
    Gauges(LagSource lag, @Readiness Instance<HealthCheck> checks, Clock clock) {
        this(lag, () -> checks.stream().allMatch(check -> check.call().getStatus() == Status.UP), clock);
    }

    Gauges(LagSource lag, BooleanSupplier ready, Clock clock) {
        this.lag = lag;
        this.ready = ready;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("lockstep.ready", () -> ready.getAsBoolean() ? 1 : 0)
                .description("1 when nothing blocks the worker, else 0")
                .register(registry);
        Gauge.builder("lockstep.behind", this::secondsBehind)
                .description("Age of the oldest record that was polled but not yet published")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("lockstep.last.publish.timestamp", () -> lastPublished)
                .description("When this worker last published something")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("lockstep.timers.overdue", () -> overdue.toMillis() / MILLIS_PER_SECOND)
                .description("How long the oldest due timer has been overdue, as of the last check")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("lockstep.retention.failing.rounds", failingRounds::get)
                .description("Consecutive rounds in which expired outcomes could not be removed")
                .register(registry);
    }

    /** Never negative: a producer's clock may be ahead. */
    private double secondsBehind() {
        Instant longestOverdue = lag.oldestUnpublishedTimestamp();
        return longestOverdue == null
                ? 0
                : Math.max(0, Duration.between(longestOverdue, clock.instant()).toMillis() / MILLIS_PER_SECOND);
    }

    @Override
    public void published(List<PublishedRecord> records, Duration took) {
        lastPublished = clock.millis() / MILLIS_PER_SECOND;
    }

    @Override
    public void timersChecked(Duration longestOverdue) {
        overdue = longestOverdue;
    }

    @Override
    public void attemptFailed(Step step, RetryCause cause) {
        if (step == Step.RETENTION) {
            failingRounds.incrementAndGet();
        }
    }

    @Override
    public void attemptsFinished(Step step, Object work) {
        if (step == Step.RETENTION) {
            failingRounds.set(0);
        }
    }
}
