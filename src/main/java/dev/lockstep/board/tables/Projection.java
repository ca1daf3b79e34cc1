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

/** What records of the status, event and result topics change in the tables: of each row the last state. Pure; for one thread. */
public final class Projection {

    private static final Logger LOG = Logger.getLogger(Projection.class);
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What of an application has changed, for those who look on. */
    private enum Part {
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
    private final Map<String, Set<Part>> changed = new TreeMap<>();
    private long latest;

    public Projection(Topics topics) {
        this.topics = topics;
    }

    /** One that cannot be read is none of the worker's, and is passed over. */
    public void read(ConsumerRecord<byte[], byte[]> found) {
        progress.put(
                new TopicPartition(found.topic(), found.partition()),
                new ProgressRow(found.topic(), found.partition(), found.offset() + 1, Progress.topicId(found)));
        latest = Math.max(latest, found.timestamp());
        try {
            project(found);
        } catch (IOException | RuntimeException unreadable) {
            LOG.warnf(
                    "Skipped a record that the worker did not write: %s-%d@%d (%s)",
                    found.topic(),
                    found.partition(),
                    found.offset(),
                    unreadable.getClass().getSimpleName());
        }
    }

    private void project(ConsumerRecord<byte[], byte[]> found) throws IOException {
        String topic = found.topic();
        JsonNode value = found.value() == null ? null : JSON.readTree(found.value());
        if (topic.equals(topics.releaseStatus())) {
            changed(status.release(found, value), Part.RELEASES);
        } else if (topic.equals(topics.deploymentStatus())) {
            changed(status.environment(found, value), Part.ENVIRONMENTS);
        } else if (topic.equals(topics.applicationStatus())) {
            changed(status.application(found, value), Part.APPLICATION);
        } else if (topic.equals(topics.events())) {
            changed(history.event(value), Part.ACTIVITY);
        } else if (topic.equals(topics.results())) {
            changed(history.result(found, value), Part.ACTIVITY);
        }
    }

    /** @param application null for none */
    private void changed(String application, Part part) {
        if (application != null) {
            changed.computeIfAbsent(application, id -> EnumSet.noneOf(Part.class))
                    .add(part);
        }
    }

    boolean isEmpty() {
        return progress.isEmpty();
    }

    /** When the latest record was written to its topic, in milliseconds of the epoch. */
    long latest() {
        return latest;
    }

    /** Dry runs, duplicates and what is not the worker's: nothing of them is shown. */
    boolean changesNothing() {
        return changed.isEmpty();
    }

    /** By application, as JSON. */
    String changed() {
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
