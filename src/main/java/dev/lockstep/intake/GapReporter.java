package dev.lockstep.intake;

import dev.lockstep.listener.Listeners;
import dev.lockstep.partition.OffsetGap;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Reports commands that have no outcome, and why. Most offsets without a record are transaction markers; so Kafka is
 * asked only now and then where its log begins, which distinguishes deleted records from markers.
 */
@ApplicationScoped
public class GapReporter {

    private static final Logger LOG = Logger.getLogger(GapReporter.class);

    /** When this many have piled up, Kafka is asked at once. */
    private static final int MAX_UNEXPLAINED = 10_000;

    private final GroupOffsetClient offsets;
    private final Listeners listeners;
    private final Executor executor;
    private final Map<Integer, Long> reportedUpTo = new HashMap<>();
    private List<OffsetGap> unexplained = new ArrayList<>();
    private boolean isAsking;

    @Inject
    GapReporter(GroupOffsetClient offsets, Listeners listeners) {
        this(offsets, listeners, Infrastructure.getDefaultWorkerPool());
    }

    /** @param executor its threads may block on requests to Kafka */
    GapReporter(GroupOffsetClient offsets, Listeners listeners, Executor executor) {
        this.offsets = offsets;
        this.listeners = listeners;
        this.executor = executor;
    }

    /** A gap that needs no explanation is reported at once. */
    public void add(List<OffsetGap> gaps) {
        for (OffsetGap gap : gaps) {
            if (gap.cause() == OffsetGap.Cause.OFFSETS_MISSING) {
                addUnexplained(gap);
            } else {
                reportLost(gap);
            }
        }
    }

    private void reportLost(OffsetGap gap) {
        LOG.errorf(
                "Lost dead letters or moved commands; Kafka deleted their records before they were published partition=%d from=%d to=%d records=%d",
                gap.partition(), gap.from(), gap.to(), gap.maxRecords());
        listeners.notifyListeners(listener -> listener.recordsLost(gap.maxRecords()));
    }

    private void addUnexplained(OffsetGap gap) {
        boolean areMany;
        synchronized (this) {
            unexplained.add(gap);
            areMany = unexplained.size() >= MAX_UNEXPLAINED;
        }
        if (areMany) {
            explainGaps();
        }
    }

    /** Asks Kafka about the gaps noted since the last time; returns at once. */
    void explainGaps() {
        List<OffsetGap> noted;
        synchronized (this) {
            if (isAsking || unexplained.isEmpty()) {
                return;
            }
            isAsking = true;
            noted = unexplained;
            unexplained = new ArrayList<>();
        }
        executor.execute(() -> explainGaps(noted));
    }

    private void explainGaps(List<OffsetGap> noted) {
        try {
            Set<Integer> partitions = noted.stream().map(OffsetGap::partition).collect(Collectors.toSet());
            Map<Integer, Long> starts = offsets.startOffsets(partitions);
            noted.forEach(gap -> report(gap, starts.get(gap.partition())));
        } catch (RuntimeException e) {
            LOG.debugf(
                    "Cannot look up the log start offsets reason=%s",
                    e.getClass().getSimpleName());
            keepUnexplained(noted);
        } finally {
            synchronized (this) {
                isAsking = false;
            }
        }
    }

    private synchronized void keepUnexplained(List<OffsetGap> noted) {
        if (noted.size() < MAX_UNEXPLAINED) {
            unexplained.addAll(0, noted);
        }
    }

    /**
     * A log that begins in the gap has lost what lay there. One that begins after it has since lost records that came in time,
     * and says nothing about the gap.
     */
    private void report(OffsetGap gap, long start) {
        long from = Math.max(gap.from(), reportedUpTo.getOrDefault(gap.partition(), 0L));
        if (from < start && start <= gap.to()) {
            reportedUpTo.put(gap.partition(), start);
            if (start - from == 1) {
                LOG.warnf(
                        "An unread offset no longer exists; it was most likely a transaction marker"
                                + " partition=%d offset=%d",
                        gap.partition(), from);
                return;
            }
            LOG.errorf(
                    "Commands were deleted before they were read partition=%d from=%d to=%d",
                    gap.partition(), from, start);
            listeners.notifyListeners(listener -> listener.commandsDeleted(start - from));
        }
    }
}
