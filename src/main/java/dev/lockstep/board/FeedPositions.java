package dev.lockstep.board;

import dev.lockstep.board.tables.Progress;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Lets the feed begin where the tables are. Where that cannot be found out it begins at the front, and what was written before is
 * passed over by the tables.
 */
@ApplicationScoped
@Identifier(Feed.CHANNEL)
class FeedPositions implements KafkaConsumerRebalanceListener {

    private static final Logger LOG = Logger.getLogger(FeedPositions.class);

    private final Progress progress;

    FeedPositions(Progress progress) {
        this.progress = progress;
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            progress.read().forEach((partition, next) -> {
                Long end = ends.get(partition);
                if (end != null && next > end) {
                    LOG.warnf(
                            "%s is not what the board has read (up to %d, it ends at %d): read anew",
                            partition, next, end);
                    progress.forget(partition);
                } else if (end != null) {
                    consumer.seek(partition, next);
                }
            });
        } catch (RuntimeException unknown) {
            LOG.infof("The board reads from the front: %s", unknown.getClass().getSimpleName());
        }
    }
}
