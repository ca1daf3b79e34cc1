package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import dev.lockstep.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.junit.jupiter.api.Test;

/** The output of commands with all texts at their limits fits into topics that the worker accepts at startup. */
class LargestRecordsTest {

    /** Four bytes: no character that a text may contain takes more, not even in JSON. */
    private static final String WIDE = "\uD83D\uDE80";

    private static final String APPLICATION = "a".repeat(Limits.APPLICATION);
    private static final String RELEASE = "r".repeat(Limits.RELEASE);

    private final InMemoryWorker worker = new InMemoryWorker();
    private final List<ConsumerRecord<byte[], byte[]>> out = worker.out();
    private int ids;

    @Test
    void resultsEventsAndStatusesFit() {
        send("pipeline.define", (ObjectNode) command().set("environments", stages()));
        send("application.update", profile());
        send("release.create", describe(labelled(release().put("title", WIDE.repeat(Limits.TITLE)))));
        send("release.annotate", labelled(release().put("notes", WIDE.repeat(Limits.LONG_TEXT))));
        send("release.deploy", release().put("environment", environment(Limits.STAGES - 1)));
        for (int i = 1; i < Limits.STAGES; i++) {
            send("release.deploy", release());
        }
        send("environment.redeploy", command().put("environment", environment(1)));
        send("release.delete", release());
        send("release.archive", release());
        send("application.archive", command());
        send("release.create", describe(release()));
        ObjectNode mistaken = release();
        for (int i = 0; i < 2 * Limits.VIOLATIONS; i++) {
            mistaken.put(WIDE.repeat(2 * Limits.POINTER_NAME) + i, "");
        }
        send("release.create", mistaken);
        send("x".repeat(Limits.TYPE - 20), release());

        assertThat(out.stream().map(ConsumerRecord::topic).distinct())
                .containsExactlyInAnyOrder(
                        InMemoryWorker.TOPICS.results(),
                        InMemoryWorker.TOPICS.events(),
                        InMemoryWorker.TOPICS.releaseStatus(),
                        InMemoryWorker.TOPICS.deploymentStatus(),
                        InMemoryWorker.TOPICS.applicationStatus());
        assertThat(out).allSatisfy(record -> assertThat(bytes(record))
                .as(record.topic())
                .isLessThanOrEqualTo(Topics.MAX_OUTPUT_RECORD_BYTES));
        assertThat(out)
                .anySatisfy(record -> assertThat(bytes(record)).isGreaterThan(Topics.MAX_OUTPUT_RECORD_BYTES / 2));
    }

    @Test
    void anApplicationThatIsArchivedFits() {
        send("pipeline.define", (ObjectNode) command().set("environments", stages()));
        send("application.update", profile());
        send("release.create", describe(labelled(release())));
        send("release.annotate", labelled(release().put("notes", WIDE.repeat(Limits.LONG_TEXT))));
        send("release.archive", release());
        send("application.archive", command());
        send("application.unarchive", command());

        assertThat(out.stream().map(LargestRecordsTest::type))
                .contains(
                        "dev.cdeventsx.lockstep-release.archived.0.1.0",
                        "dev.cdeventsx.lockstep-application.archived.0.1.0",
                        "dev.cdeventsx.lockstep-application.unarchived.0.1.0");
        assertThat(out).allSatisfy(record -> assertThat(bytes(record))
                .as(record.topic())
                .isLessThanOrEqualTo(Topics.MAX_OUTPUT_RECORD_BYTES));
    }

    /** Each comes after all of its predecessors. */
    private static ArrayNode stages() {
        ArrayNode stages = JsonNodeFactory.instance.arrayNode();
        ArrayNode earlier = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < Limits.STAGES; i++) {
            ObjectNode stage = stages.addObject()
                    .put("id", environment(i))
                    .put("title", WIDE.repeat(Limits.TITLE))
                    .put("tier", "development");
            if (i > 0) {
                stage.set("after", earlier.deepCopy());
                stage.putObject("policy").put("onlyNewer", true);
            }
            earlier.add(environment(i));
        }
        return stages;
    }

    private static ObjectNode profile() {
        return command()
                .put("title", WIDE.repeat(Limits.TITLE))
                .put("description", WIDE.repeat(Limits.LONG_TEXT))
                .put("owner", WIDE.repeat(Limits.TITLE))
                .put("url", "https://" + "h".repeat(Limits.URL - 8));
    }

    private static ObjectNode labelled(ObjectNode release) {
        ObjectNode labels = release.putObject("labels");
        for (int i = 0; i < Limits.LABELS; i++) {
            labels.put("l".repeat(Limits.LABEL_NAME - 2) + (10 + i), WIDE.repeat(Limits.SHORT_TEXT));
        }
        return release;
    }

    private void send(String type, ObjectNode data) {
        String id = WIDE.repeat(Limits.ID - 4) + (1_000 + ids++);
        String source = "/" + "s".repeat(Limits.SOURCE - 1);
        Wire.Raw raw =
                Wire.structured(new SentCommand(source, id, "dev.lockstep." + type + ".v1", data, APPLICATION, true));
        worker.send(raw.key(), raw.value(), raw.headers());
    }

    private static ObjectNode command() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("application", APPLICATION)
                .put("actor", WIDE.repeat(Limits.SHORT_TEXT))
                .put("reason", WIDE.repeat(Limits.LONG_TEXT));
    }

    private static ObjectNode release() {
        return command().put("release", RELEASE);
    }

    private static ObjectNode describe(ObjectNode release) {
        JsonNode source = JsonNodeFactory.instance
                .objectNode()
                .put("repoUrl", "https://" + "h".repeat(Limits.URL - 8))
                .put("ref", WIDE.repeat(Limits.SHORT_TEXT));
        release.put("description", WIDE.repeat(Limits.LONG_TEXT))
                .put("artifactId", "pkg:oci/" + "p".repeat(Limits.URL - 8))
                .put("chainId", WIDE.repeat(Limits.SHORT_TEXT))
                .set("source", source);
        return release.has("title") ? release : release.put("title", WIDE.repeat(Limits.TITLE));
    }

    private static String environment(int number) {
        return "e".repeat(Limits.ENVIRONMENT - 2) + (10 + number);
    }

    private static String type(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8);
    }

    /** As counted by the client, without compression. */
    private static int bytes(ConsumerRecord<byte[], byte[]> record) {
        return AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.NONE.type(),
                record.key(),
                record.value(),
                record.headers().toArray());
    }
}
