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
 * How long the tables have been behind the topics, no matter which process is to write them. They are behind if they have not
 * reached, two checks later, where a topic ended at a check.
 */
final class TableLag {

    /** The most ends that are remembered of a partition; beyond that, later ones count as seen when the last one was. */
    private static final int MAX_ENDS = 1_000;

    /** @param seenAt when the partition was first seen to end there */
    private record End(long offset, long seenAt) {}

    private final Ticker ticker;

    /** The ends that the tables have not reached, by partition, oldest first. */
    private final Map<TopicPartition, Deque<End>> unread = new HashMap<>();

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
     * @param ends the offsets at which the partitions end; one that is missing does not count until it is there again
     * @param read the offsets before which everything is in the tables; none for a partition that was never read
     */
    void check(Integer partitions, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
        long now = ticker.nanos();
        completeChecks = partitions != null && partitions == ends.size() ? completeChecks + 1 : 0;
        ends.forEach((partition, end) -> {
            long done = read.getOrDefault(partition, 0L);
            Deque<End> ahead = unread.computeIfAbsent(partition, topicPartition -> new ArrayDeque<>());
            ahead.removeIf(one -> one.offset <= done || one.offset > end);
            if (done < end && (ahead.isEmpty() || ahead.getLast().offset < end)) {
                long seenAt = ahead.size() < MAX_ENDS ? now : ahead.removeLast().seenAt;
                ahead.add(new End(end, seenAt));
            }
        });
        OptionalLong oldest = unread.entrySet().stream()
                .filter(entry ->
                        ends.containsKey(entry.getKey()) && !entry.getValue().isEmpty())
                .mapToLong(entry -> entry.getValue().getFirst().seenAt)
                .filter(seenAt -> seenAt != now && seenAt != previousCheck)
                .min();
        previousCheck = now;
        behindSince = oldest.isPresent() ? oldest.getAsLong() : null;
    }

    /** Called instead of a check that failed. */
    void interrupted() {
        completeChecks = 0;
    }

    /** Whether the tables have all that was there two checks ago; false until three checks in a row were answered for all partitions. */
    boolean isCaughtUp() {
        return completeChecks > 2 && behindSince == null;
    }

    /** Zero if the tables are where the topics were two checks ago: a position may move just after another process has read it. */
    Duration lag() {
        Long since = behindSince;
        return since == null ? Duration.ZERO : ticker.since(since);
    }
}
