package dev.lockstep.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Validates records against the published contract: the AsyncAPI document says which messages a topic has, and their schemas
 * what is in them. Thread-safe.
 *
 * <pre>{@code
 * ContractSchemas contract = new ContractSchemas();
 * assertThat(contract.validate(record)).isEmpty();
 * }</pre>
 *
 * <p>Topics are known by their default names. Every event is also validated against CDEvents' own schemas, if they are available.
 */
public final class ContractSchemas {

    private static final String TYPE = "ce_type";
    private static final String EVENTS = "lockstep.events.v1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ContractDocument document = ContractDocument.packaged();
    private final Schemas schemas = new Schemas();
    private final Optional<PublishedCdEvents> cdEvents = PublishedCdEvents.find();

    /** @return what is wrong with the record, one sentence each; empty if it conforms to the contract */
    public List<String> validate(ConsumerRecord<byte[], byte[]> record) {
        List<ContractDocument.Message> known = document.messages().get(record.topic());
        if (known == null) {
            return List.of("the contract has no topic " + record.topic());
        }
        List<String> violations = new ArrayList<>();
        ObjectNode headers = headers(record, violations);
        String type = headers.path(TYPE).asText();
        boolean tombstone = record.value() == null;
        Optional<ContractDocument.Message> message = known.size() == 1
                ? Optional.of(known.get(0))
                : known.stream()
                        .filter(m -> m.name().equals(type) && m.isTombstone() == tombstone)
                        .findFirst();
        if (message.isEmpty()) {
            return List.of(record.topic() + " has no message of type " + type + (tombstone ? " without a value" : ""));
        }
        check(record, message.get(), headers, violations);
        return violations;
    }

    private void check(
            ConsumerRecord<byte[], byte[]> record,
            ContractDocument.Message message,
            JsonNode headers,
            List<String> violations) {
        add(violations, "headers", schemas.violations(message.headers(), headers));
        if (record.topic().contains("-status") && message.isTombstone() != headers.has("ce_lockstepreason")) {
            violations.add("a tombstone says why it is one, and nothing else does");
        }
        if (message.key() != null) {
            JsonNode key = record.key() == null
                    ? JsonNodeFactory.instance.nullNode()
                    : TextNode.valueOf(new String(record.key(), StandardCharsets.UTF_8));
            add(violations, "key", schemas.violations(message.key(), key));
        }
        if (message.payload() == null) {
            return;
        }
        try {
            JsonNode value = JSON.readTree(record.value());
            add(violations, "value", schemas.violations(message.payload(), value));
            if (record.topic().equals(EVENTS)) {
                event(record, headers, value, violations);
            }
        } catch (JsonProcessingException e) {
            violations.add("the value is not JSON");
        } catch (IOException | IllegalArgumentException e) {
            violations.add("the value could not be read: " + e.getMessage());
        }
    }

    /** The headers of an event must agree with its context. */
    private void event(
            ConsumerRecord<byte[], byte[]> record, JsonNode headers, JsonNode event, List<String> violations) {
        same(violations, headers, "ce_id", event.at("/context/id"));
        same(violations, headers, "ce_source", event.at("/context/source"));
        same(violations, headers, TYPE, event.at("/context/type"));
        same(violations, headers, "ce_time", event.at("/context/timestamp"));
        same(violations, headers, "ce_subject", event.at("/subject/id"));
        same(violations, headers, "ce_apprevision", event.at("/customData/lockstep/revision"));
        same(violations, headers, "ce_partitionkey", event.at("/customData/lockstep/application"));
        same(violations, headers, "ce_causationid", event.at("/customData/lockstep/commandId"));
        if (!new String(record.key(), StandardCharsets.UTF_8)
                .equals(headers.path("ce_partitionkey").asText())) {
            violations.add("the key is not the partition key");
        }
        cdEvents.ifPresent(published -> add(violations, "CDEvents", published.violations(event)));
    }

    private static void same(List<String> violations, JsonNode headers, String name, JsonNode expected) {
        if (!headers.path(name).asText().equals(expected.asText())) {
            violations.add(name + " is not what the event says");
        }
    }

    private static void add(List<String> violations, String part, List<String> found) {
        found.forEach(violation -> violations.add(part + ": " + violation));
    }

    private static ObjectNode headers(ConsumerRecord<byte[], byte[]> record, List<String> violations) {
        ObjectNode headers = JSON.createObjectNode();
        for (Header header : record.headers()) {
            String value = header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
            boolean twice = headers.has(header.key());
            headers.put(header.key(), value);
            if (twice && !header.key().startsWith("dead-letter-")) {
                violations.add("the header " + header.key() + " occurs more than once");
            }
        }
        return headers;
    }
}
