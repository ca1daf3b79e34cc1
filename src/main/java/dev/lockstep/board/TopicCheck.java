package dev.lockstep.board;

import dev.lockstep.board.tables.FeedProgress;
import dev.lockstep.config.Ticker;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
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

    /** How long the polling thread may take to run the check. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final BoardTopics topics;
    private final FeedRebalanceListener rebalanceListener;
    private final FeedProgress progress;
    private final FeedStatus feedStatus;
    private final TableLag tableLag;
    private volatile Set<TopicPartition> completelyRead = Set.of();

    TopicCheck(
            BoardTopics topics,
            @Identifier(Feed.CHANNEL) FeedRebalanceListener rebalanceListener,
            FeedProgress progress,
            FeedStatus feedStatus,
            Ticker ticker) {
        this.topics = topics;
        this.rebalanceListener = rebalanceListener;
        this.progress = progress;
        this.feedStatus = feedStatus;
        tableLag = new TableLag(ticker);
        feedStatus.setTableLag(tableLag::lag);
    }

    /** All partitions, if the tables have {@linkplain TableLag#isCaughtUp caught up}; else none. A rebuild needs all of them. */
    Set<TopicPartition> completelyRead() {
        return completelyRead;
    }

    /** Blocks; called by one thread at a time. */
    void run() {
        Map<TopicPartition, FeedProgress.Position> stored = tryTo("read the board's tables", this::readTables);
        Map<String, BoardTopics.Topic> described = tryTo("describe the board's topics", topics::describe);
        Map<TopicPartition, Long> ends =
                described == null ? null : tryTo("look up the ends of the board's topics", () -> ends(described));
        if (stored == null || ends == null) {
            tableLag.recordFailedCheck();
            completelyRead = Set.of();
            return;
        }
        List<FeedProgress.ReachedEnd> reached = tryTo("check the board's positions", () -> rebalanceListener
                .checkTopics(stored, described, ends)
                .await()
                .atMost(TIMEOUT));
        Map<TopicPartition, Long> read = offsets(stored, described);
        tableLag.check(topics.partitionCount(described), ends, read);
        completelyRead = tableLag.isCaughtUp() ? Set.copyOf(ends.keySet()) : Set.of();
        recordEnds(reached == null ? List.of() : reached, ends, read);
    }

    /** @return null if it failed */
    private static <T> T tryTo(String what, Supplier<T> attempt) {
        try {
            return attempt.get();
        } catch (Throwable e) { // an Error must not end the checks
            LOG.debugf("Cannot %s reason=%s", what, e.getClass().getSimpleName());
            return null;
        }
    }

    private Map<TopicPartition, FeedProgress.Position> readTables() {
        Map<TopicPartition, FeedProgress.Position> stored = progress.read();
        feedStatus.recordTablesRead();
        return stored;
    }

    private Map<TopicPartition, Long> ends(Map<String, BoardTopics.Topic> described) {
        Map<TopicPartition, Long> ends = topics.endOffsets(described);
        feedStatus.recordKafkaAnswer();
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
        tryTo("move the board's positions", () -> {
            progress.recordEnds(ahead);
            return ahead;
        });
    }
}
