package dev.lockstep.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The schemas that CDEvents published for v0.5.1. They are read from a folder next to the project, if it exists. */
public final class PublishedCdEvents {

    private static final Path FOLDER = Path.of(System.getProperty("basedir", ""), "..", "shared", "cdevents-0.5.1");
    private static final String BASE = "https://cdevents.dev/0.5.1/schema/";
    private static final String CUSTOM = "dev.cdeventsx.";

    private final Map<String, JsonSchema> loaded = new ConcurrentHashMap<>();
    private final SchemaValidatorsConfig config =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.add(iri -> {
                String address = iri.toString();
                return address.startsWith(BASE) ? () -> Files.newInputStream(file(address)) : null;
            })));

    private PublishedCdEvents() {}

    /** Empty if the folder is missing. */
    public static Optional<PublishedCdEvents> find() {
        return Files.isDirectory(FOLDER) ? Optional.of(new PublishedCdEvents()) : Optional.empty();
    }

    /** What is wrong with a whole CDEvent. */
    public List<String> violations(JsonNode event) {
        String type = event.at("/context/type").asText();
        String[] parts = type.split("\\.");
        if (parts.length < 4) {
            return List.of("no CDEvents type: " + type);
        }
        String name = type.startsWith(CUSTOM) ? "custom" : parts[2] + parts[3];
        if (!Files.exists(FOLDER.resolve(name + ".json"))) {
            return List.of("CDEvents published no type " + type);
        }
        return loaded
                .computeIfAbsent(name, file -> factory.getSchema(SchemaLocation.of(BASE + file), config))
                .validate(event)
                .stream()
                .map(ValidationMessage::getMessage)
                .sorted()
                .toList();
    }

    /** The schemas refer to each other without the file extension. */
    private static Path file(String address) {
        return FOLDER.resolve(address.substring(BASE.length()) + ".json");
    }
}
