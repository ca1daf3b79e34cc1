package dev.lockstep.board.tables;

import jakarta.enterprise.inject.Vetoed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The positions, without a database. */
@Vetoed // the scope is inherited
public final class FakeFeedProgress extends FeedProgress {

    private final Map<TopicPartition, Position> stored = new HashMap<>();
    private final List<ReachedEnd> recordedEnds = new ArrayList<>();
    private boolean isUnreachable;

    public FakeFeedProgress() {
        super(null);
    }

    /** @param topicId null as in a row of an older version */
    public void store(TopicPartition partition, long nextOffset, String topicId) {
        stored.put(partition, new Position(nextOffset, topicId));
    }

    public Map<TopicPartition, Position> stored() {
        return stored;
    }

    /** Those that the positions were to be moved to. */
    public List<ReachedEnd> recordedEnds() {
        return recordedEnds;
    }

    public void setUnreachable(boolean isUnreachable) {
        this.isUnreachable = isUnreachable;
    }

    /** The topic that a record was polled from; null when unknown. */
    public static String topicIdOf(ConsumerRecord<byte[], byte[]> polled) {
        return topicId(polled);
    }

    @Override
    public Map<TopicPartition, Position> read() {
        failIfUnreachable();
        return Map.copyOf(stored);
    }

    @Override
    public void setMissingTopicIds(Map<TopicPartition, String> ids) {
        failIfUnreachable();
        ids.forEach((partition, id) -> stored.computeIfPresent(
                partition,
                (topicPartition, before) -> before.topicId() == null ? new Position(before.nextOffset(), id) : before));
    }

    @Override
    public void restart(TopicPartition partition, Position read, String topicId) {
        failIfUnreachable();
        stored.put(partition, new Position(0, topicId == null ? read.topicId() : topicId));
    }

    @Override
    public void recordEnds(List<ReachedEnd> ends) {
        failIfUnreachable();
        recordedEnds.addAll(ends);
    }

    private void failIfUnreachable() {
        if (isUnreachable) {
            throw new IllegalStateException("no connection");
        }
    }
}
