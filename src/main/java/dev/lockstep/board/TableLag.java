package dev.lockstep.board;

import dev.lockstep.config.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * How long the tables have been behind the topics, no matter which process is to write them. They count as behind once an
 * end offset has not been reached two checks after it was seen.
 */
final class TableLag {

    /** The most ends that are remembered of a partition; beyond that, later ones count as seen when the last one was. */
    private static final int MAX_ENDS = 1_000;

    /** @param seenAt when the partition was first seen to end there */
    private record EndOffset(long offset, long seenAt) {}

    private final Ticker ticker;

    /** The ends that the tables have not reached, by partition, oldest first. */
    private final Map<TopicPartition, Deque<EndOffset>> unreachedEnds = new HashMap<>();

    private long previousCheck;
    private int completeChecks;
    private volatile Long behindSince;

    TableLag(Ticker ticker) {
        this.ticker = ticker;
        previousCheck = ticker.nanos();
    }

    /**
     * Called by one thread at a time.
     *
     * @param partitions how many there are; null when unknown
     * @param endOffsets the offsets at which the partitions end; one that is missing does not count until it is there again
     * @param read the offsets before which everything is in the tables; none for a partition that was never read
     */
    void check(Integer partitions, Map<TopicPartition, Long> endOffsets, Map<TopicPartition, Long> read) {
        long now = ticker.nanos();
        completeChecks = partitions != null && partitions == endOffsets.size() ? completeChecks + 1 : 0;
        endOffsets.forEach((partition, end) -> {
            long readTo = read.getOrDefault(partition, 0L);
            Deque<EndOffset> unreached = unreachedEnds.computeIfAbsent(partition, topicPartition -> new ArrayDeque<>());
            unreached.removeIf(seen -> seen.offset <= readTo || seen.offset > end);
            if (readTo < end && (unreached.isEmpty() || unreached.getLast().offset < end)) {
                long seenAt = unreached.size() < MAX_ENDS ? now : unreached.removeLast().seenAt;
                unreached.add(new EndOffset(end, seenAt));
            }
        });
        OptionalLong oldest = unreachedEnds.entrySet().stream()
                .filter(entry -> endOffsets.containsKey(entry.getKey())
                        && !entry.getValue().isEmpty())
                .mapToLong(entry -> entry.getValue().getFirst().seenAt)
                .filter(seenAt -> seenAt != now && seenAt != previousCheck)
                .min();
        previousCheck = now;
        behindSince = oldest.isPresent() ? oldest.getAsLong() : null;
    }

    /** Called instead of a check that failed. */
    void recordFailedCheck() {
        completeChecks = 0;
    }

    /**
     * Whether the tables have all that was there two checks ago; false until three checks in a row were answered for all
     * partitions.
     */
    boolean isCaughtUp() {
        return completeChecks > 2 && behindSince == null;
    }

    /** Zero if the tables are where the topics were two checks ago: a position may move just after another process has read it. */
    Duration lag() {
        Long since = behindSince;
        return since == null ? Duration.ZERO : ticker.since(since);
    }
}
