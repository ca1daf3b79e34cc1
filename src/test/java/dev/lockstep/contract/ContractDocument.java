package dev.lockstep.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The packaged AsyncAPI document, with its messages by topic. */
public final class ContractDocument {

    static final String FOLDER = "META-INF/resources/contract/";
    private static final String SCHEMAS = "./schemas/";

    private final JsonNode root;
    private final Map<String, List<Message>> byAddress = new LinkedHashMap<>();

    private ContractDocument(JsonNode root) {
        this.root = root;
        root.path("channels")
                .forEach(channel -> byAddress.put(channel.path("address").asText(), messages(channel)));
    }

    /**
     * @param name the message's {@code ce_type}, if it has one
     * @param headers the file of its headers' schema
     * @param payload the file of its value's schema, or null if it has none: the value may be anything or missing
     * @param key the schema of its key, or null
     */
    record Message(String id, String name, String headers, String payload, JsonNode key, JsonNode node) {

        boolean isTombstone() {
            return node.at("/payload/type").asText().equals("null");
        }

        Iterable<JsonNode> examples() {
            return node.path("examples");
        }
    }

    public static ContractDocument packaged() {
        try (InputStream in = resource("asyncapi.yaml")) {
            return new ContractDocument(new ObjectMapper(new YAMLFactory()).readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InputStream resource(String file) throws IOException {
        InputStream in = ContractDocument.class.getClassLoader().getResourceAsStream(FOLDER + file);
        if (in == null) {
            throw new IOException("The contract has no " + file);
        }
        return in;
    }

    JsonNode root() {
        return root;
    }

    /** By topic, in the order of the document. */
    Map<String, List<Message>> messages() {
        return byAddress;
    }

    private List<Message> messages(JsonNode channel) {
        List<Message> messages = new ArrayList<>();
        channel.path("messages").properties().forEach(entry -> {
            JsonNode message = resolved(entry.getValue());
            messages.add(new Message(
                    entry.getKey(),
                    message.path("name").asText(),
                    schemaFile(message.path("headers")),
                    schemaFile(message.path("payload")),
                    resolved(message.at("/bindings/kafka/key")),
                    message));
        });
        return messages;
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        if (reference.isMissingNode()) {
            return node.isMissingNode() ? null : node;
        }
        return root.at(reference.asText().substring(1));
    }

    private static String schemaFile(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.startsWith(SCHEMAS) ? reference.substring(SCHEMAS.length()) : null;
    }
}
