package dev.lockstep.ops.metrics;

import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.DeadLetter;
import dev.lockstep.listener.PublishedEvent;
import dev.lockstep.listener.PublishedRecord;
import dev.lockstep.listener.WorkerListener;
import dev.lockstep.wire.TimerDue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts what happened (docs/metrics.md). Every record is counted once, by the process that committed its outputs in Kafka:
 * incoming ones are the results, duplicates, timers, dead letters and moved commands together. No label has more values than
 * there are types, codes and reasons.
 */
@Singleton
class WorkerMetrics implements WorkerListener {

    private static final String UNKNOWN = "unknown";
    private static final String ACCEPTED = "ACCEPTED";
    private static final String UNPROCESSABLE = "UNPROCESSABLE";
    private static final double[] RECORD_BUCKETS = {1, 10, 50, 100, 250, 500, 1_000};
    private static final Duration[] DURATION_BUCKETS = Stream.of(
                    5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private record Retry(Step step, RetryCause cause) {}

    private final MeterRegistry registry;
    private final Map<RecordOutcome, Counter> results = new ConcurrentHashMap<>();
    private final Map<String, Counter> events = new ConcurrentHashMap<>();
    private final Map<String, Counter> finishedDeployments = new ConcurrentHashMap<>();
    private final Map<String, Counter> deadLetters;
    private final Map<Retry, Counter> retries = new ConcurrentHashMap<>();
    private final Counter recordsIn;
    private final Counter polled;
    private final Counter duplicates;
    private final Counter moved;
    private final Counter unprocessableCopies;
    private final Counter fenced;
    private final Counter deleted;
    private final Counter lost;
    private final Counter timersSent;
    private final Counter timersDecided;
    private final DistributionSummary batchRecords;
    private final Clock clock;
    private final Timer fromRecordToResult;
    private final Timer applying;
    private final Timer publishing;

    WorkerMetrics(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        fromRecordToResult = Timer.builder("lockstep.record")
                .description("How long records took, from their timestamps until their outputs were committed in Kafka")
                .serviceLevelObjectives(DURATION_BUCKETS)
                .register(registry);
        recordsIn = counter("lockstep.records.in", "Records of the commands topic whose outputs this worker committed");
        polled = counter("lockstep.records.polled", "Records polled, including redelivered ones");
        duplicates = counter("lockstep.duplicates", "Commands that were resent and got their first outcome again");
        moved = counter("lockstep.moved", "Commands that were moved to the partition of their application");
        unprocessableCopies = counter(
                "lockstep.unprocessable.copies", "Dead letters with copies of commands rejected as UNPROCESSABLE");
        fenced = counter(
                "lockstep.fenced.partitions", "Partitions that were lost before their part of a batch was published");
        deleted = counter(
                "lockstep.commands.deleted", "Upper bound of the commands that Kafka deleted before they were read");
        lost = counter(
                "lockstep.records.lost", "Dead letters and moved commands that were lost before they were published");
        timersSent = counter("lockstep.timers.sent", "Timers sent, including resends");
        timersDecided = counter("lockstep.timers.decided", "Timers received, from any sender");
        deadLetters = Stream.concat(Stream.of(DeadLetterKind.values()).map(Enum::name), Stream.of(UNKNOWN))
                .collect(Collectors.toMap(
                        name -> name,
                        name -> counter(
                                "lockstep.dead.letters", "Records that are not commands", "reason", lower(name))));
        batchRecords = DistributionSummary.builder("lockstep.batch.records")
                .description("Records of a batch that was committed in Postgres")
                .serviceLevelObjectives(RECORD_BUCKETS)
                .register(registry);
        applying = timer(Step.APPLY);
        publishing = timer(Step.PUBLISH);
    }

    private Counter counter(String name, String description, String... labels) {
        return Counter.builder(name).description(description).tags(labels).register(registry);
    }

    private Timer timer(Step step) {
        return Timer.builder("lockstep.step")
                .description("How long a step took for a batch, including retries")
                .tag("step", lower(step.name()))
                .serviceLevelObjectives(DURATION_BUCKETS)
                .register(registry);
    }

    @Override
    public void polled(int records) {
        polled.increment(records);
    }

    @Override
    public void applied(int records, Duration took) {
        batchRecords.record(records);
        applying.record(took);
    }

    @Override
    public void published(List<PublishedRecord> records, Duration took) {
        recordsIn.increment(records.size());
        publishing.record(took);
        long now = clock.millis();
        for (PublishedRecord record : records) {
            counterFor(record.outcome()).increment();
            record.events().forEach(this::countEvent);
            if (record.timestamp() != null) {
                fromRecordToResult.record(Math.max(0, now - record.timestamp()), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void countEvent(PublishedEvent event) {
        events.computeIfAbsent(
                        event.type(), type -> counter("lockstep.events", "Events published, by type", "type", type))
                .increment();
        if (event.outcome() != null) {
            finishedDeployments
                    .computeIfAbsent(
                            event.outcome(),
                            outcome -> counter(
                                    "lockstep.deployments.finished", "Deployments that ended", "outcome", outcome))
                    .increment();
        }
    }

    private Counter counterFor(RecordOutcome outcome) {
        return switch (outcome.kind()) {
            case ACCEPTED, REJECTED ->
                TimerDue.TYPE.equals(outcome.command())
                        ? timersDecided
                        : results.computeIfAbsent(outcome, this::newResultCounter);
            case DUPLICATE -> duplicates;
            case MOVED -> moved;
            case DEAD_LETTER ->
                deadLetters.getOrDefault(outcome.code() == null ? UNKNOWN : outcome.code(), deadLetters.get(UNKNOWN));
        };
    }

    private Counter newResultCounter(RecordOutcome outcome) {
        return counter(
                "lockstep.commands",
                "Results by command type and outcome",
                "type",
                outcome.command() == null ? UNKNOWN : outcome.command(),
                "code",
                outcome.kind() == RecordOutcome.Kind.ACCEPTED ? ACCEPTED : outcome.code());
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        if (UNPROCESSABLE.equals(letter.kind())) {
            unprocessableCopies.increment();
        }
    }

    @Override
    public void fenced(Set<Integer> partitions) {
        fenced.increment(partitions.size());
    }

    @Override
    public void attemptFailed(Step step, RetryCause cause) {
        retries.computeIfAbsent(
                        new Retry(step, cause),
                        retry -> counter(
                                "lockstep.retries",
                                "Attempts that failed and were retried",
                                "step",
                                lower(step.name()),
                                "cause",
                                lower(cause.name())))
                .increment();
    }

    @Override
    public void commandsDeleted(long maxCount) {
        deleted.increment(maxCount);
    }

    @Override
    public void recordsLost(long records) {
        lost.increment(records);
    }

    @Override
    public void timersSent(int count) {
        timersSent.increment(count);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
