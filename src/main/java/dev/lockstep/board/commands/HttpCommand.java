package dev.lockstep.board.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lockstep.wire.KafkaHeaders;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;

/**
 * A command received over HTTP, in binary or structured mode, sent to its topic unchanged. The worker decides on it; here only
 * the parts without which there could be no response are checked.
 *
 * @param application the record's key
 * @param headers the record's headers
 */
record HttpCommand(
        String application,
        String source,
        String id,
        String type,
        boolean isDryRun,
        List<Header> headers,
        byte[] value) {

    static final String STRUCTURED = "application/cloudevents+json";

    /** As strict as the worker: what it could not read would be a dead letter, and the sender would never learn of it. */
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String HEADER_PREFIX = "ce-";
    private static final List<String> REQUIRED = List.of("id", "source", "type", "specversion");
    private static final List<String> ATTRIBUTES =
            List.of("id", "source", "type", "specversion", "correlationid", "datacontenttype");
    private static final List<String> TRACE_CONTEXT = List.of(KafkaHeaders.TRACEPARENT, KafkaHeaders.TRACESTATE);

    /** Why the command cannot be sent, in words. */
    static final class InvalidCommandException extends Exception {

        private static final long serialVersionUID = 1;

        InvalidCommandException(String message) {
            super(message);
        }
    }

    static HttpCommand parse(HttpHeaders request, boolean isStructured, byte[] body) throws InvalidCommandException {
        JsonNode read = parseObject(body);
        List<Header> headers = new ArrayList<>();
        headers.add(KafkaHeaders.header(KafkaHeaders.CONTENT_TYPE, isStructured ? STRUCTURED : "application/json"));
        for (String name : TRACE_CONTEXT) {
            String value = request.getHeaderString(name);
            if (value != null) {
                headers.add(KafkaHeaders.header(name, value));
            }
        }
        Map<String, String> attributes = isStructured ? structuredAttributes(read) : binaryAttributes(request);
        if (!isStructured) {
            attributes.forEach((name, value) -> headers.add(KafkaHeaders.header(KafkaHeaders.CE_PREFIX + name, value)));
        }
        for (String attribute : REQUIRED) {
            if (attributes.getOrDefault(attribute, "").isEmpty()) {
                throw new InvalidCommandException("The CloudEvent has no " + attribute + ".");
            }
        }
        if (!attributes.get("specversion").equals("1.0")) {
            throw new InvalidCommandException("The CloudEvent's specversion must be 1.0.");
        }
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            if (!isText(attribute.getValue())) {
                throw new InvalidCommandException("The CloudEvent's " + attribute.getKey()
                        + " must not contain U+0000 or an unpaired surrogate.");
            }
        }
        JsonNode data = isStructured ? read.path("data") : read;
        JsonNode application = data.path("application");
        if (!application.isTextual()) {
            throw new InvalidCommandException("data.application must be a string: it is the command's key.");
        }
        return new HttpCommand(
                application.textValue(),
                attributes.get("source"),
                attributes.get("id"),
                attributes.get("type"),
                data.path("dryRun").booleanValue(),
                headers,
                body);
    }

    private static boolean isText(String value) {
        return value.indexOf('\0') < 0 && UTF_8.newEncoder().canEncode(value);
    }

    private static JsonNode parseObject(byte[] body) throws InvalidCommandException {
        try {
            JsonNode read = JSON.readTree(body);
            if (read != null && read.isObject()) {
                return read;
            }
        } catch (IOException notJson) {
            // reported below
        }
        throw new InvalidCommandException("The body is not one JSON object in UTF-8 with distinct member names.");
    }

    private static Map<String, String> structuredAttributes(JsonNode event) {
        Map<String, String> members = new TreeMap<>();
        ATTRIBUTES.stream()
                .filter(name -> event.path(name).isTextual())
                .forEach(name -> members.put(name, event.get(name).textValue()));
        return members;
    }

    private static Map<String, String> binaryAttributes(HttpHeaders request) throws InvalidCommandException {
        Map<String, String> attributes = new TreeMap<>();
        for (String header : request.getRequestHeaders().keySet()) {
            String name = header.toLowerCase(Locale.ROOT);
            if (name.startsWith(HEADER_PREFIX)) {
                if (request.getRequestHeader(header).size() > 1) {
                    throw new InvalidCommandException("The header " + name + " occurs more than once.");
                }
                try {
                    attributes.put(
                            name.substring(HEADER_PREFIX.length()),
                            HeaderValue.decode(request.getHeaderString(header)));
                } catch (CharacterCodingException e) {
                    throw new InvalidCommandException("The header " + name + " is not percent-encoded UTF-8.");
                }
            }
        }
        return attributes;
    }
}
