package dev.lockstep.board.tables;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.board.tables.Rows.ProgressRow;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** The changes that status, event and result records make to the tables: the last state of each row. For one thread. */
public final class Projection {

    private static final Logger LOG = Logger.getLogger(Projection.class);
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Parsed, a small record can take a hundred times its size. A newer version may publish more than this one. */
    private static final int MAX_VALUE_BYTES = 4 * Topics.MAX_OUTPUT_RECORD_BYTES;

    /** Which part of an application has changed, for those watching it. */
    private enum ChangedPart {
        @JsonProperty("application")
        APPLICATION,
        @JsonProperty("releases")
        RELEASES,
        @JsonProperty("environments")
        ENVIRONMENTS,
        @JsonProperty("activity")
        ACTIVITY
    }

    private final Topics topics;
    private final StatusProjection status = new StatusProjection();
    private final HistoryProjection history = new HistoryProjection();
    private final Map<TopicPartition, ProgressRow> progress = new LinkedHashMap<>();
    private final Map<String, Set<ChangedPart>> changed = new TreeMap<>();
    private long latestTimestamp;

    public Projection(Topics topics) {
        this.topics = topics;
    }

    /** Counts the record as read without projecting its content. */
    void markRead(ConsumerRecord<byte[], byte[]> record) {
        progress.put(
                new TopicPartition(record.topic(), record.partition()),
                new ProgressRow(record.topic(), record.partition(), record.offset() + 1, FeedProgress.topicId(record)));
    }

    /** A record that cannot be read was not written by the worker, and is skipped. */
    public void apply(ConsumerRecord<byte[], byte[]> record) {
        markRead(record);
        latestTimestamp = Math.max(latestTimestamp, record.timestamp());
        try {
            project(record);
        } catch (IOException | RuntimeException unreadable) {
            LOG.warnf(
                    "Skipped a record that the worker did not write record=%s-%d@%d reason=%s",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    unreadable.getClass().getSimpleName());
        }
    }

    private void project(ConsumerRecord<byte[], byte[]> record) throws IOException {
        if (record.value() != null && record.value().length > MAX_VALUE_BYTES) {
            throw new IOException("the record is larger than " + MAX_VALUE_BYTES + " bytes");
        }
        String topic = record.topic();
        JsonNode value = record.value() == null ? null : JSON.readTree(record.value());
        if (topic.equals(topics.releaseStatus())) {
            markChanged(status.addRelease(record, value), ChangedPart.RELEASES);
        } else if (topic.equals(topics.deploymentStatus())) {
            markChanged(status.addEnvironment(record, value), ChangedPart.ENVIRONMENTS);
        } else if (topic.equals(topics.applicationStatus())) {
            markChanged(status.addApplication(value), ChangedPart.APPLICATION);
        } else if (topic.equals(topics.events())) {
            markChanged(history.addEvent(value), ChangedPart.ACTIVITY);
        } else if (topic.equals(topics.results())) {
            markChanged(history.addResult(record, value), ChangedPart.ACTIVITY);
        }
    }

    /** @param application null if there is none */
    private void markChanged(String application, ChangedPart changedPart) {
        if (application != null) {
            changed.computeIfAbsent(application, id -> EnumSet.noneOf(ChangedPart.class))
                    .add(changedPart);
        }
    }

    boolean isEmpty() {
        return progress.isEmpty();
    }

    /** When the latest record was written to its topic, in milliseconds since the epoch. */
    long latestTimestamp() {
        return latestTimestamp;
    }

    /** Dry runs, duplicates and records not written by the worker: none of them is shown. */
    boolean changesNothing() {
        return changed.isEmpty();
    }

    /** By application, as JSON. */
    String changedPartsAsJson() {
        return JSON.valueToTree(changed).toString();
    }

    StatusProjection status() {
        return status;
    }

    HistoryProjection history() {
        return history;
    }

    Collection<ProgressRow> progress() {
        return progress.values();
    }
}
