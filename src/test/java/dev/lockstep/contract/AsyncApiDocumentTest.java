package dev.lockstep.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.EveryRecordScenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsyncApiDocumentTest {

    private static final Path DOCUMENT =
            Path.of(System.getProperty("basedir", ""), "src/main/resources", ContractDocument.FOLDER, "asyncapi.yaml");

    private final ContractDocument document = ContractDocument.packaged();

    @Test
    void theOfficialParserFindsNoProblems() {
        NodeTool node = NodeTool.orSkip();
        NodeTool.ProcessResult ended = node.run("asyncapi.mjs", DOCUMENT.toString());
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("Lockstep 3.0.0: 51 messages");
    }

    @Test
    void theOfficialParserFindsAMistake(@TempDir Path dir) throws IOException {
        NodeTool node = NodeTool.orSkip();
        Path schemas = Files.createDirectory(dir.resolve("schemas"));
        for (String file : Schemas.files()) {
            new ObjectMapper().writeValue(schemas.resolve(file).toFile(), Schemas.file(file));
        }
        Path broken = dir.resolve("asyncapi.yaml");
        Files.writeString(broken, Files.readString(DOCUMENT).replace("action: send", "action: shout"));
        assertThat(node.run("asyncapi.mjs", broken.toString()).code()).isEqualTo(1);
    }

    @Test
    void everyMessageHasAnExampleAndEveryExampleIsValid() {
        ContractSchemas contract = new ContractSchemas();
        Schemas commands = new Schemas();
        document.messages().forEach((topic, messages) -> {
            for (ContractDocument.Message message : messages) {
                assertThat(message.examples()).as(message.id()).isNotEmpty();
                message.examples().forEach(example -> assertThat(
                                topic.equals("lockstep.commands.v1")
                                        ? commands.violations(message.payload(), example.path("payload"))
                                        : contract.validate(record(topic, example)))
                        .as(message.id())
                        .isEmpty());
            }
        });
    }

    /** Except for the revision that they name. */
    @Test
    void theRefusalsInExamplesAreInTheWorkersWords() throws IOException {
        List<String> said = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : EveryRecordScenario.run().out()) {
            if (record.topic().equals("lockstep.results.v1")) {
                said.add(detail(new ObjectMapper().readTree(record.value())));
            }
        }
        List<String> quoted = new ArrayList<>();
        document.messages().get("lockstep.results.v1").forEach(message -> message.examples()
                .forEach(example -> quoted.add(detail(example.path("payload")))));

        assertThat(quoted).hasSizeGreaterThan(3).isSubsetOf(said);
    }

    private static String detail(JsonNode result) {
        return result.at("/problem/detail").asText().replaceAll("revision [0-9]+", "revision");
    }

    @Test
    void everySchemaIsReachedFromTheDocument() {
        List<String> reached = new ArrayList<>();
        document.messages().values().stream().flatMap(List::stream).forEach(message -> {
            reach(message.headers(), reached);
            reach(message.payload(), reached);
        });
        assertThat(new TreeSet<>(reached)).isEqualTo(new TreeSet<>(Schemas.files()));
    }

    @Test
    void theSchemaOfAMessageIsTheFileOfItsType() {
        for (List<ContractDocument.Message> messages : document.messages().values()) {
            for (ContractDocument.Message message : messages) {
                if (message.name().startsWith("dev.") && !message.isTombstone()) {
                    assertThat(message.payload()).isEqualTo(message.name() + ".json");
                }
            }
        }
    }

    private static void reach(String file, List<String> reached) {
        if (file != null && !reached.contains(file)) {
            reached.add(file);
            Schemas.file(file).findValuesAsText("$ref").forEach(other -> reach(other, reached));
        }
    }

    /** The key is not part of an example: it follows from subject and partition key. */
    private static ConsumerRecord<byte[], byte[]> record(String topic, JsonNode example) {
        boolean status = topic.contains("-status");
        JsonNode headers = example.path("headers");
        String key = headers.path(status ? "ce_subject" : "ce_partitionkey").asText(null);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(topic, 0, 0, key == null ? null : key.getBytes(), bytes(example.path("payload")));
        for (Map.Entry<String, JsonNode> header : headers.properties()) {
            record.headers()
                    .add(new RecordHeader(
                            header.getKey(), header.getValue().asText().getBytes()));
        }
        return record;
    }

    private static byte[] bytes(JsonNode payload) {
        try {
            return payload.isNull() ? null : new ObjectMapper().writeValueAsBytes(payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
