package dev.lockstep.board;

import dev.lockstep.board.tables.FeedProgress;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** Compares the tables with the topics: is this still the topic that was read, and has somebody read all of it? */
@ApplicationScoped
class TopicCheck {

    private static final Logger LOG = Logger.getLogger(TopicCheck.class);

    /** For the polling thread to come round to it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** One process may move a position just after another has looked. */
    private static final int CHECKS_TO_CATCH_UP = 2;

    private final BoardTopics topics;
    private final FeedPositions positions;
    private final FeedProgress progress;
    private final FeedStatus feedStatus;
    private final Deque<Map<TopicPartition, Long>> earlierEnds = new ArrayDeque<>();
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

    /** All partitions, if the tables have everything up to where they ended two checks ago; else none. */
    Set<TopicPartition> completelyRead() {
        return completelyRead;
    }

    /** Blocks; called by one thread at a time. */
    void run() {
        Map<TopicPartition, FeedProgress.Position> stored = attempt("read the board's tables", this::readTables);
        Map<String, BoardTopics.Topic> described = attempt("describe the board's topics", topics::describe);
        List<FeedProgress.ReachedEnd> reached = described == null
                ? null
                : attempt(
                        "check the board's positions",
                        () -> positions.checkTopics(described).await().atMost(TIMEOUT));
        Map<TopicPartition, Long> ends =
                described == null ? null : attempt("look up the ends of the board's topics", () -> ends(described));
        if (stored == null || ends == null) {
            earlierEnds.clear();
            completelyRead = Set.of();
            return;
        }
        Map<TopicPartition, Long> read = offsets(stored, described);
        feedStatus.recordProgress(ends, read);
        completelyRead = findCompletelyRead(described, read);
        earlierEnds.add(ends);
        recordEnds(reached == null ? List.of() : reached, ends, read);
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

    private Map<TopicPartition, Long> ends(Map<String, BoardTopics.Topic> described) {
        Map<TopicPartition, Long> ends = topics.ends(described);
        feedStatus.recordAnswer();
        return ends;
    }

    /** The stored offsets; 0 for a partition of a topic that was recreated. */
    private static Map<TopicPartition, Long> offsets(
            Map<TopicPartition, FeedProgress.Position> stored, Map<String, BoardTopics.Topic> described) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        stored.forEach((partition, position) -> {
            BoardTopics.Topic topic = described.get(partition.topic());
            offsets.put(
                    partition, position.isOfOtherTopic(topic == null ? null : topic.id()) ? 0 : position.nextOffset());
        });
        return offsets;
    }

    /** All partitions or none: a rebuild needs all of them. */
    private Set<TopicPartition> findCompletelyRead(
            Map<String, BoardTopics.Topic> described, Map<TopicPartition, Long> read) {
        if (earlierEnds.size() < CHECKS_TO_CATCH_UP) {
            return Set.of();
        }
        Map<TopicPartition, Long> ends = earlierEnds.remove();
        int partitions = described.values().stream()
                .mapToInt(BoardTopics.Topic::partitions)
                .sum();
        boolean isRead = ends.size() == partitions
                && ends.entrySet().stream().allMatch(end -> read.getOrDefault(end.getKey(), 0L) >= end.getValue());
        return isRead ? Set.copyOf(ends.keySet()) : Set.of();
    }

    private void recordEnds(
            List<FeedProgress.ReachedEnd> reached, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
        List<FeedProgress.ReachedEnd> ahead = reached.stream()
                .filter(end -> {
                    long done = read.getOrDefault(end.partition(), 0L);
                    return end.lastPolled() < done
                            && done < end.position()
                            && end.position() <= ends.getOrDefault(end.partition(), 0L);
                })
                .toList();
        attempt("move the board's positions", () -> {
            progress.recordEnds(ahead);
            return ahead;
        });
    }
}
