package dev.lockstep.board;

import dev.lockstep.board.tables.FeedProgress;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
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
        Map<TopicPartition, FeedProgress.Position> stored = attempt("read the board's tables", this::readTables);
        Map<String, BoardTopics.Topic> described = attempt("describe the board's topics", this::describeTopics);
        if (stored != null && described != null) {
            attempt("compare the board's tables with its topics", () -> compare(described, stored));
        }
    }

    /** @return null if it failed */
    private static <T> T attempt(String what, Supplier<T> attempt) {
        try {
            return attempt.get();
        } catch (Throwable e) { // an Error must not end the checks
            LOG.debugf("Cannot %s cause=%s", what, e.getClass().getSimpleName());
            return null;
        }
    }

    private Map<TopicPartition, FeedProgress.Position> readTables() {
        Map<TopicPartition, FeedProgress.Position> stored = progress.read();
        feedStatus.recordTablesRead();
        return stored;
    }

    private Map<String, BoardTopics.Topic> describeTopics() {
        Map<String, BoardTopics.Topic> described = topics.describe();
        feedStatus.recordAnswer();
        return described;
    }

    private Void compare(Map<String, BoardTopics.Topic> described, Map<TopicPartition, FeedProgress.Position> stored) {
        Map<TopicPartition, Long> read = new HashMap<>();
        stored.forEach((partition, position) -> {
            BoardTopics.Topic topic = described.get(partition.topic());
            read.put(partition, position.isOfOtherTopic(topic == null ? null : topic.id()) ? 0 : position.nextOffset());
        });
        Map<TopicPartition, Long> ends = topics.ends(described);
        feedStatus.recordProgress(ends, read);
        List<FeedProgress.ReachedEnd> reached =
                positions.checkTopics(described).await().atMost(TIMEOUT);
        completelyRead = reached.stream()
                .filter(end -> end.position() >= ends.getOrDefault(end.partition(), Long.MAX_VALUE))
                .map(FeedProgress.ReachedEnd::partition)
                .collect(Collectors.toSet());
        progress.recordEnds(reached.stream()
                .filter(end -> read.getOrDefault(end.partition(), 0L) < end.position()
                        && end.position() <= ends.getOrDefault(end.partition(), 0L))
                .toList());
        return null;
    }
}
