package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.InMemoryWorker;
import dev.lockstep.config.LimitsConfig;
import dev.lockstep.domain.common.RejectionCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** docs/producing.md matches the worker's behaviour: its records are sent, in order, and its answers must be the worker's. */
class ProducingDocTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOC = read();
    private static final Pattern RECORD =
            Pattern.compile("```record\n(.*?)\n\n(.*?)\n```\n+```answer\n(.*?)\n```", Pattern.DOTALL);
    private static final Pattern RESULT = Pattern.compile("```result\n(.*?)\n```", Pattern.DOTALL);

    @Test
    void everyRecordIsAnsweredAsThePageSays() throws IOException {
        InMemoryWorker worker = new InMemoryWorker();
        List<String> said = new ArrayList<>();
        List<String> answered = new ArrayList<>();
        Matcher records = RECORD.matcher(DOC);
        while (records.find()) {
            said.add(records.group(3));
            answered.add(answer(send(worker, records.group(1), records.group(2))));
        }
        assertThat(answered).hasSizeGreaterThan(15).containsExactlyElementsOf(said);

        Matcher result = RESULT.matcher(DOC);
        assertThat(result.find()).isTrue();
        assertThat(worker.out().stream()
                        .filter(out -> out.topic().equals("lockstep.results.v1"))
                        .map(ProducingDocTest::json))
                .contains(JSON.readTree(result.group(1)));
    }

    @Test
    void everyRefusalIsExplainedOnceAndNoOther() {
        List<String> codes =
                rows("## Refusals").map(row -> row[0] + " " + row[3]).toList();
        assertThat(codes)
                .containsExactlyElementsOf(Arrays.stream(RejectionCode.values())
                        .map(code -> "`" + code + "` "
                                + (code.compareTo(RejectionCode.ID_REUSED) > 0 ? "repeated" : "judged anew"))
                        .toList());
    }

    @Test
    void everyReasonOfADeadLetterIsTheWorkers() {
        List<String> reasons = rows("## Dead letters").map(row -> row[0]).toList();
        assertThat(reasons)
                .containsExactlyElementsOf(
                        deadLetters().map(reason -> "`" + reason + "`").toList());
    }

    private static Stream<String> deadLetters() {
        InMemoryWorker worker = new InMemoryWorker();
        Map<String, String> structured = Map.of("content-type", "application/cloudevents+json");
        Map<String, String> none = Map.of();
        Map<String, String> batch = Map.of("content-type", "application/cloudevents-batch+json");
        String command = "{'specversion':'1.0','id':'1','source':'/ci','type':'t'";
        return Stream.of(
                        worker.send("k", bytes("{'application':'shop'}"), none),
                        worker.send("k", bytes("}"), none),
                        worker.send("k", bytes("'{}'"), none),
                        worker.send("k", new byte[0], none),
                        worker.send("k", null, none),
                        worker.send("k", bytes("\uFEFF" + command + "}"), none),
                        worker.send("k", (command + "}").getBytes(StandardCharsets.UTF_16), none),
                        worker.send("k", new byte[] {'{', (byte) 0xFF, '}'}, structured),
                        worker.send("k", bytes("\0\0\0\0\u0001" + command + "}"), none),
                        worker.send(
                                "k", bytes(command + "}"), Map.of("content-type", "\"application/cloudevents+json\"")),
                        worker.send("k", bytes(command + "}"), Map.of("content-type", "text/plain")),
                        worker.send("k", bytes("{'specversion':'1.0','id':'1','type':'t'}"), structured),
                        worker.send("k", bytes(command.replace("1.0", "0.3") + "}"), structured),
                        worker.send("k", bytes(command.replace("'1'", "1") + "}"), structured),
                        worker.send("k", bytes(command + ",'id':'2'}"), structured),
                        worker.send("k", bytes("[" + command + "}]"), batch),
                        worker.send("k", bytes("[" + command + "}]"), structured),
                        worker.send("k", bytes(command + ",}"), structured),
                        worker.send("k", bytes(command + "}{}"), structured),
                        worker.send("k", new byte[LimitsConfig.DEFAULT_MAX_RECORD_BYTES + 1], none),
                        worker.sendUnprocessable(
                                "shop", bytes("{'application':'shop','release':'1'}"), binary("release.delete")))
                .map(out -> header(out.get(out.size() - 1), "dead-letter-reason"));
    }

    private static List<ConsumerRecord<byte[], byte[]>> send(InMemoryWorker worker, String head, String value) {
        Map<String, String> headers = new LinkedHashMap<>();
        head.lines().forEach(line -> headers.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
        String key = headers.remove("key");
        return worker.send(key, value.getBytes(StandardCharsets.UTF_8), headers);
    }

    private static String answer(List<ConsumerRecord<byte[], byte[]>> out) {
        ConsumerRecord<byte[], byte[]> first = out.get(0);
        if (first.topic().equals("lockstep.commands.v1.dlq")) {
            return "dead letter: " + header(first, "dead-letter-reason");
        }
        JsonNode result = json(first);
        String outcome =
                result.path("outcome").asText() + (result.path("duplicate").asBoolean() ? ", duplicate" : "");
        JsonNode problem = result.path("problem");
        return problem.isMissingNode()
                ? outcome
                : outcome + ": " + problem.path("code").asText() + ": "
                        + problem.path("detail").asText();
    }

    /** The rows of the first table under a heading, without the header row. */
    private static Stream<String[]> rows(String heading) {
        String section = DOC.substring(DOC.indexOf("\n" + heading + "\n") + 1);
        return section.lines()
                .dropWhile(line -> !line.startsWith("|---"))
                .skip(1)
                .takeWhile(line -> line.startsWith("| "))
                .map(line -> line.substring(2, line.length() - 2).split(" \\| "));
    }

    private static Map<String, String> binary(String type) {
        return Map.of(
                "ce_specversion", "1.0", "ce_id", "1", "ce_source", "/ci", "ce_type", "dev.lockstep." + type + ".v1");
    }

    private static byte[] bytes(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String read() {
        try {
            return Files.readString(Path.of("docs/producing.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
