package dev.lockstep.board;

import dev.lockstep.board.tables.FeedProgress;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** Compares the tables with the topics: is this still the topic that was read, and has somebody read all of it? */
@ApplicationScoped
class TopicCheck {

    private static final Logger LOG = Logger.getLogger(TopicCheck.class);

    /** For the polling thread to come round to it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final BoardTopics topics;
    private final FeedPositions positions;
    private final FeedProgress progress;
    private final FeedStatus feedStatus;
    private volatile Set<TopicPartition> completelyRead = Set.of();

    TopicCheck(
            BoardTopics topics,
            @Identifier(Feed.CHANNEL) FeedPositions positions,
            FeedProgress progress,
            FeedStatus feedStatus) {
        this.topics = topics;
        this.positions = positions;
        this.progress = progress;
        this.feedStatus = feedStatus;
    }

    /** The partitions of this process in which nothing was left to poll at the last check. */
    Set<TopicPartition> completelyRead() {
        return completelyRead;
    }

    /** Blocks; called by one thread at a time. */
    void run() {
        try {
            compare();
        } catch (Throwable e) { // an Error must not end the checks
            LOG.debugf(
                    "Cannot compare the board's tables with its topics cause=%s",
                    e.getClass().getSimpleName());
        }
    }

    private void compare() {
        Map<String, BoardTopics.Topic> described = topics.describe();
        Map<TopicPartition, Long> ends = topics.ends(described);
        feedStatus.recordAnswer();
        List<FeedProgress.ReachedEnd> reached =
                positions.checkTopics(described).await().atMost(TIMEOUT);
        completelyRead =
                reached.stream().map(FeedProgress.ReachedEnd::partition).collect(Collectors.toSet());
        Map<TopicPartition, Long> read = new HashMap<>();
        progress.read().forEach((partition, position) -> {
            BoardTopics.Topic topic = described.get(partition.topic());
            read.put(partition, position.isOfOtherTopic(topic == null ? null : topic.id()) ? 0 : position.nextOffset());
        });
        progress.recordEnds(reached.stream()
                .filter(end -> read.getOrDefault(end.partition(), 0L) < end.position()
                        && end.position() <= ends.getOrDefault(end.partition(), 0L))
                .toList());
        feedStatus.recordProgress(ends, read);
    }
}
