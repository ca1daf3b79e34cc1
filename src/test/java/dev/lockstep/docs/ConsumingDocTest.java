package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.EveryRecordScenario;
import dev.lockstep.InMemoryWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What a dashboard may rely on according to docs/consuming.md. */
class ConsumingDocTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aStatusRecordsHeaderHasTheRevisionOfItsValue() {
        List<ConsumerRecord<byte[], byte[]>> statuses = statuses(reordered());
        assertThat(statuses).hasSizeGreaterThan(30);
        for (ConsumerRecord<byte[], byte[]> status : statuses) {
            if (status.value() != null) {
                assertThat(json(status).path("revision").asLong())
                        .as(key(status))
                        .isEqualTo(revision(status));
            }
        }
    }

    @Test
    void aTableNeverGoesBackWhenTheTopicsAreReadAgain() {
        List<ConsumerRecord<byte[], byte[]>> statuses = statuses(reordered());
        Table table = new Table();
        statuses.forEach(table::read);
        Map<String, JsonNode> whole = new TreeMap<>(table.rows);
        assertThat(whole)
                .containsKey("lockstep.release-status.v1 shop/1.0.0")
                .doesNotContainKey("lockstep.deployment-status.v1 blog/qa");

        for (ConsumerRecord<byte[], byte[]> again : statuses) {
            table.read(again);
            assertThat(table.rows).isEqualTo(whole);
        }
    }

    @Test
    void everythingThatComesOfACommandHasItsCorrelationIdAndItsOwn() {
        Map<String, String> headers = Map.of(
                "ce_specversion",
                "1.0",
                "ce_id",
                "first",
                "ce_source",
                "/ci",
                "ce_type",
                "dev.lockstep.release.create.v1",
                "ce_correlationid",
                "rollout-7");
        byte[] create =
                "{\"application\":\"shop\",\"release\":\"1\",\"title\":\"One\"}".getBytes(StandardCharsets.UTF_8);
        List<ConsumerRecord<byte[], byte[]>> out = new InMemoryWorker().send("shop", create, headers);

        assertThat(out).extracting(ConsumerRecord::topic).contains("lockstep.results.v1", "lockstep.events.v1");
        assertThat(statuses(out)).hasSize(5);
        assertThat(out).allSatisfy(record -> {
            assertThat(header(record, "ce_correlationid")).isEqualTo("rollout-7");
            assertThat(header(record, "ce_causationid")).isEqualTo("first");
        });
    }

    /** The loop from the page's first section. */
    private static final class Table {
        private final Map<String, JsonNode> rows = new TreeMap<>();
        private final Map<String, Long> revisions = new HashMap<>();

        void read(ConsumerRecord<byte[], byte[]> record) {
            String key = record.topic() + " " + key(record);
            if (revisions.getOrDefault(key, -1L) > revision(record)) {
                return;
            }
            revisions.put(key, revision(record));
            if (record.value() == null) {
                rows.remove(key);
            } else {
                rows.put(key, json(record));
            }
        }
    }

    /** The whole story, and after it a pipeline in another order: that changes the status of every release. */
    private static List<ConsumerRecord<byte[], byte[]>> reordered() {
        InMemoryWorker worker = EveryRecordScenario.run();
        worker.send(
                "pipeline.define",
                "{'application':'shop','environments':[{'id':'development'},{'id':'production'},{'id':'staging'}]}");
        return worker.out();
    }

    private static List<ConsumerRecord<byte[], byte[]>> statuses(List<ConsumerRecord<byte[], byte[]>> out) {
        List<ConsumerRecord<byte[], byte[]>> statuses = new ArrayList<>(out);
        statuses.removeIf(record -> !record.topic().contains("-status"));
        return statuses;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    private static long revision(ConsumerRecord<byte[], byte[]> record) {
        return Long.parseLong(header(record, "ce_apprevision"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
