package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.contract.ContractSchemas;
import dev.lockstep.contract.FieldCoverage;
import dev.lockstep.contract.PublishedCdEvents;
import dev.lockstep.contract.Schemas;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Deployment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

/** What the worker emits, validated against the published contract. */
class ContractTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ContractSchemas CONTRACT = new ContractSchemas();
    private static final List<ConsumerRecord<byte[], byte[]>> OUT =
            EveryRecordScenario.run().out();

    @Test
    void everyRecordConformsToTheContract() {
        for (ConsumerRecord<byte[], byte[]> record : OUT) {
            assertThat(CONTRACT.validate(record)).as(told(record)).isEmpty();
        }
    }

    @Test
    void everyDeclaredFieldIsEmitted() {
        FieldCoverage coverage = new FieldCoverage();
        for (ConsumerRecord<byte[], byte[]> record : OUT) {
            if (record.value() != null && !record.topic().startsWith("lockstep.commands")) {
                coverage.see(header(record, "ce_type") + ".json", json(record));
            }
        }
        List<String> out = Schemas.files().stream()
                .filter(file -> file.matches("dev\\.cdevents.*|dev\\.lockstep\\.(command|[a-z]+-status).*"))
                .toList();
        assertThat(coverage.unseen(out)).isEmpty();
    }

    @Test
    void everyCodeIsGivenAndDeclared() {
        Set<String> given = new TreeSet<>();
        OUT.stream()
                .filter(record -> record.topic().equals("lockstep.results.v1"))
                .forEach(record -> given.add(json(record).at("/problem/code").asText()));
        given.remove("");
        List<String> codes =
                Arrays.stream(RejectionCode.values()).map(Enum::name).toList();
        assertThat(given).containsExactlyInAnyOrderElementsOf(codes);
        assertThat(declared("problem.json", "code")).isEqualTo(codes);
    }

    @Test
    void everyStatusAndActionIsDeclared() {
        assertThat(declared("deployment.json", "status")).isEqualTo(wire(Deployment.Status.values()));
        assertThat(declared("deployment.json", "action")).isEqualTo(wire(Deployment.Action.values()));
    }

    @Test
    void everyEventIsValidByThePublishedSchemasOfCdEvents() {
        Optional<PublishedCdEvents> published = PublishedCdEvents.find();
        assumeTrue(published.isPresent(), "Skipped: there is no folder ../shared/cdevents-0.5.1 next to the project.");
        for (ConsumerRecord<byte[], byte[]> record : events()) {
            assertThat(published.get().violations(json(record)))
                    .as(told(record))
                    .isEmpty();
        }
        JsonNode wrong = json(events().get(0)).deepCopy();
        ((com.fasterxml.jackson.databind.node.ObjectNode) wrong.get("subject")).put("colour", "red");
        assertThat(published.get().violations(wrong)).isNotEmpty();
    }

    @Test
    void aRecordThatViolatesTheContractIsFound() {
        ConsumerRecord<byte[], byte[]> event = events().get(0);
        List<ConsumerRecord<byte[], byte[]>> wrong = new ArrayList<>();
        wrong.add(changed(event, value -> value.replace("\"revision\"", "\"revison\"")));
        wrong.add(changed(event, value -> value.replace("\"specversion\":\"0.5.1\"", "\"specversion\":\"0.5.0\"")));
        wrong.add(changed(event, value -> value.substring(1)));
        wrong.add(changed(event, value -> value.replaceFirst("\"id\":\"[0-9a-f-]+\"", "\"id\":\"7\"")));
        wrong.add(without(event, "ce_apprevision"));
        wrong.add(without(event, "ce_type"));
        wrong.add(moved(event, "lockstep.results.v1", event.key()));
        wrong.add(moved(event, "elsewhere", event.key()));
        wrong.add(moved(event, event.topic(), "blog".getBytes(StandardCharsets.UTF_8)));
        wrong.add(changed(refusal(), value -> value.replace("UNKNOWN_COMMAND", "NO_IDEA")));
        for (ConsumerRecord<byte[], byte[]> record : wrong) {
            assertThat(CONTRACT.validate(record)).as(told(record)).isNotEmpty();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> events() {
        return OUT.stream()
                .filter(record -> record.topic().equals("lockstep.events.v1"))
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> refusal() {
        return OUT.stream()
                .filter(record -> record.value() != null && told(record).contains("UNKNOWN_COMMAND"))
                .findFirst()
                .orElseThrow();
    }

    private static ConsumerRecord<byte[], byte[]> changed(
            ConsumerRecord<byte[], byte[]> record, UnaryOperator<String> change) {
        String value = new String(record.value(), StandardCharsets.UTF_8);
        assertThat(change.apply(value)).isNotEqualTo(value);
        return copy(record, record.topic(), record.key(), change.apply(value).getBytes(StandardCharsets.UTF_8), "");
    }

    private static ConsumerRecord<byte[], byte[]> without(ConsumerRecord<byte[], byte[]> record, String header) {
        return copy(record, record.topic(), record.key(), record.value(), header);
    }

    private static ConsumerRecord<byte[], byte[]> moved(
            ConsumerRecord<byte[], byte[]> record, String topic, byte[] key) {
        return copy(record, topic, key, record.value(), "");
    }

    private static ConsumerRecord<byte[], byte[]> copy(
            ConsumerRecord<byte[], byte[]> record, String topic, byte[] key, byte[] value, String omitted) {
        ConsumerRecord<byte[], byte[]> copy = new ConsumerRecord<>(topic, 0, 0, key, value);
        for (Header header : record.headers()) {
            if (!header.key().equals(omitted)) {
                copy.headers().add(header);
            }
        }
        return copy;
    }

    private static List<String> declared(String file, String property) {
        List<String> values = new ArrayList<>();
        Schemas.file(file)
                .at("/properties/" + property + "/x-extensible-enum")
                .forEach(value -> values.add(value.asText()));
        return values;
    }

    private static List<String> wire(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static String told(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + " " + header(record, "ce_type") + " "
                + (record.value() == null ? "no value" : new String(record.value(), StandardCharsets.UTF_8));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
