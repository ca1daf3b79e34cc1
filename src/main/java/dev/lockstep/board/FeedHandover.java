package dev.lockstep.board;

import dev.lockstep.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.common.KafkaException;

/** Whether other processes should get the partitions that this one reads for the tables: nobody else may write them. */
@ApplicationScoped
public class FeedHandover {

    private final Settings settings;
    private final FeedStatus feedStatus;
    private final BoardTopics topics;

    FeedHandover(Settings settings, FeedStatus feedStatus, BoardTopics topics) {
        this.settings = settings;
        this.feedStatus = feedStatus;
        this.topics = topics;
    }

    /**
     * Whether this process serves only the board, cannot reach the database and is not the only one of its group. Blocks.
     *
     * @throws KafkaException if Kafka does not answer
     */
    public boolean isDue() {
        return settings.board().enabled()
                && !settings.worker().enabled()
                && feedStatus.databaseUnreachableFor().compareTo(settings.leaveAfter()) >= 0
                && topics.groupSize(settings.board().group()) > 1;
    }
}
