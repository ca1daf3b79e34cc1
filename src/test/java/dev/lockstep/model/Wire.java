package dev.lockstep.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Commands as Kafka records: CloudEvents 1.0 in both modes. */
public final class Wire {

    /** A Kafka record without its topic; {@code key} and {@code value} may be null, headers are UTF-8 text. */
    public record Raw(String key, Map<String, String> headers, byte[] value) {}

    private Wire() {}

    /** The whole CloudEvent as JSON, for {@code content-type: application/cloudevents+json} or none at all. */
    public static byte[] toStructured(SentCommand sent) {
        return bytes(envelope(sent));
    }

    /** A structured-mode record. */
    public static Raw structured(SentCommand sent) {
        Map<String, String> headers = Map.of("content-type", "application/cloudevents+json; charset=UTF-8");
        return new Raw(sent.recordKey(), headers, toStructured(sent));
    }

    /** A structured-mode record that is recognisable only by its value. */
    public static Raw structuredWithoutHeaders(SentCommand sent) {
        return new Raw(sent.recordKey(), Map.of(), toStructured(sent));
    }

    /** A structured-mode record whose header names the type of its data, as written by the Python CloudEvents SDK. */
    public static Raw structuredAsJson(SentCommand sent) {
        return new Raw(sent.recordKey(), Map.of("content-type", "application/json"), toStructured(sent));
    }

    /** A binary-mode record: envelope in {@code ce_} headers, data as the value. */
    public static Raw toBinary(SentCommand sent) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", sent.id());
        headers.put("ce_source", sent.source());
        headers.put("ce_type", sent.type());
        return new Raw(sent.recordKey(), headers, bytes(sent.data()));
    }

    static ObjectNode envelope(SentCommand sent) {
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("specversion", "1.0")
                .put("id", sent.id())
                .put("source", sent.source())
                .put("type", sent.type())
                .put("datacontenttype", "application/json");
        event.set("data", sent.data());
        return event;
    }

    static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(UTF_8);
    }
}
