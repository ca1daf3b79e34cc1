package dev.lockstep.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.InMemoryWorker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

/** The commands of a journey and what the first release published for them, compared with what today's worker publishes. */
class FirstConsumerTest {

    private static final Path JOURNEY =
            Path.of(System.getProperty("basedir", ""), "src/test/resources/contract-released/0.1.0/journey.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aConsumerOfTheFirstReleaseCanReadTodaysWorker() throws IOException {
        FirstConsumer.Shown then = FirstConsumer.dashboard(released());
        assertThat(then.outcomes()).hasSizeGreaterThan(10);
        assertThat(then.deployments()).hasSizeGreaterThan(4);

        assertThat(FirstConsumer.dashboard(today())).isEqualTo(then);
    }

    @Test
    void aConsumerThatIgnoresUnknownFieldsIsNotAffectedByThem() throws IOException {
        List<ConsumerRecord<byte[], byte[]>> extended =
                changed(today(), object -> object.putObject("fromTheFuture").put("more", true));

        assertThat(FirstConsumer.dashboard(extended)).isEqualTo(FirstConsumer.dashboard(released()));
    }

    @Test
    void whoMissesAFieldSaysSo() throws IOException {
        List<ConsumerRecord<byte[], byte[]>> today = today();
        for (String field : List.of("deletable", "linkedFrom", "revision", "artifactId", "since", "duplicate")) {
            List<ConsumerRecord<byte[], byte[]>> poorer = changed(today, object -> object.remove(field));
            assertThatThrownBy(() -> FirstConsumer.dashboard(poorer)).as(field).isInstanceOf(RuntimeException.class);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> released() throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (JsonNode golden : JSON.readTree(JOURNEY.toFile()).path("records")) {
            JsonNode value = golden.path("value");
            ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                    golden.path("topic").asText(),
                    0,
                    0,
                    utf8(golden.path("key").asText()),
                    value.isNull() ? null : JSON.writeValueAsBytes(value));
            golden.path("headers").properties().forEach(header -> record.headers()
                    .add(new RecordHeader(
                            header.getKey(), utf8(header.getValue().asText()))));
            records.add(record);
        }
        return records;
    }

    private static List<ConsumerRecord<byte[], byte[]>> today() throws IOException {
        InMemoryWorker rehearsal = new InMemoryWorker();
        for (JsonNode command : JSON.readTree(JOURNEY.toFile()).path("commands")) {
            rehearsal.send(
                    command.path("id").asText(),
                    command.path("type").asText(),
                    asMeantToday(command.path("data")).toString());
        }
        return rehearsal.out();
    }

    /** A tier that a definition left out used to be removed; today it is kept, and removed by null (rule 8). */
    private static JsonNode asMeantToday(JsonNode data) {
        JsonNode meant = data.deepCopy();
        for (JsonNode environment : meant.path("environments")) {
            if (!environment.has("tier")) {
                ((ObjectNode) environment).putNull("tier");
            }
        }
        return meant;
    }

    /** Every object in every value, changed. */
    private static List<ConsumerRecord<byte[], byte[]>> changed(
            List<ConsumerRecord<byte[], byte[]>> records, Consumer<ObjectNode> change) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            byte[] value = record.value();
            if (value != null) {
                JsonNode changed = JSON.readTree(value);
                changeAll(changed, change);
                value = JSON.writeValueAsBytes(changed);
            }
            ConsumerRecord<byte[], byte[]> copy =
                    new ConsumerRecord<>(record.topic(), record.partition(), 0, record.key(), value);
            record.headers().forEach(copy.headers()::add);
            all.add(copy);
        }
        return all;
    }

    private static void changeAll(JsonNode node, Consumer<ObjectNode> change) {
        node.forEach(child -> changeAll(child, change));
        if (node instanceof ObjectNode object) {
            change.accept(object);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
