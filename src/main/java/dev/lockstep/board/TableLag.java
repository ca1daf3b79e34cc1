package dev.lockstep.board;

import dev.lockstep.config.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * How long the tables have been behind the topics, no matter which process is to write them: where a topic ended at one check,
 * the tables must be at a later one.
 */
final class TableLag {

    /** @param seenAt when the partition was first seen to end there */
    private record End(long offset, long seenAt) {}

    private final Ticker ticker;
    private Map<TopicPartition, End> unread = Map.of();
    private long previousCheck = Long.MIN_VALUE;
    private volatile Long behindSince;

    TableLag(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Called by one thread at a time.
     *
     * @param ends the offsets at which the partitions end
     * @param read the offsets before which everything is in the tables; none for a partition that was never read
     */
    void check(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
        long now = ticker.nanos();
        Map<TopicPartition, End> ahead = new HashMap<>();
        ends.forEach((partition, end) -> {
            long done = read.getOrDefault(partition, 0L);
            if (done < end) {
                End before = unread.get(partition);
                ahead.put(partition, before == null || before.offset <= done ? new End(end, now) : before);
            }
        });
        OptionalLong oldest = ahead.values().stream()
                .mapToLong(End::seenAt)
                .filter(seenAt -> seenAt != now && seenAt != previousCheck)
                .min();
        previousCheck = now;
        behindSince = oldest.isPresent() ? oldest.getAsLong() : null;
        unread = ahead;
    }

    /** Zero if the tables are where the topics were two checks ago: one process may move a position just after another has looked. */
    Duration lag() {
        Long since = behindSince;
        return since == null ? Duration.ZERO : ticker.since(since);
    }
}
