package dev.lockstep.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The packaged JSON Schemas. Those for output are applied more strictly than they are written: consumers must cope with
 * new fields and new codes, but whatever today's worker emits must be declared in them.
 */
public final class Schemas {

    private static final String BASE = "https://contract.invalid/schemas/";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> OPEN = List.of(
            "headers.command.json", "headers.structured-command.json", "headers.dead-letter.json", "command.json");

    private final Map<String, JsonSchema> loaded = new ConcurrentHashMap<>();
    private final SchemaValidatorsConfig config =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V7,
            builder -> builder.schemaLoaders(loaders -> loaders.add(iri -> {
                String address = iri.toString();
                return address.startsWith(BASE) ? () -> strict(address.substring(BASE.length())) : null;
            })));

    /** @param file such as {@code dev.lockstep.release.create.v1.json} */
    public List<String> violations(String file, JsonNode instance) {
        return loaded
                .computeIfAbsent(file, name -> factory.getSchema(SchemaLocation.of(BASE + name), config))
                .validate(instance)
                .stream()
                .map(ValidationMessage::getMessage)
                .sorted()
                .toList();
    }

    /** For a schema without a file of its own. */
    List<String> violations(JsonNode schema, JsonNode instance) {
        return factory.getSchema(schema, config).validate(instance).stream()
                .map(ValidationMessage::getMessage)
                .sorted()
                .toList();
    }

    /** The schema as it is written. */
    public static JsonNode file(String name) {
        try (InputStream in = ContractDocument.resource("schemas/" + name)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all files, sorted. */
    public static List<String> files() {
        try {
            URI folder = Schemas.class
                    .getClassLoader()
                    .getResource(ContractDocument.FOLDER + "schemas")
                    .toURI();
            if (folder.getScheme().equals("file")) {
                return names(Path.of(folder));
            }
            try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
                return names(jar.getPath(ContractDocument.FOLDER + "schemas"));
            }
        } catch (IOException | java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static InputStream strict(String file) throws IOException {
        JsonNode schema = file(file);
        if (!OPEN.contains(file)) {
            close(schema);
        }
        return new ByteArrayInputStream(JSON.writeValueAsBytes(schema));
    }

    /** No fields and no codes other than the known ones. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            if (object.has("properties") && object.has("type") && !object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
            if (object.get("x-extensible-enum") instanceof ArrayNode known) {
                object.set("enum", known);
                object.remove("x-extensible-enum");
            }
        }
        schema.forEach(Schemas::close);
    }
}
