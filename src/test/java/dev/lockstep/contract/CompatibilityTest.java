package dev.lockstep.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.lockstep.contract.SchemaCompatibility.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Today's contract compared with that of the last release, which is kept next to it and never edited. */
class CompatibilityTest {

    private static final Path RELEASED =
            Path.of(System.getProperty("basedir", ""), "src/test/resources/contract-released/0.1.0");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CREATE = "dev.lockstep.release.create.v1.json";
    private static final String UPDATE = "dev.lockstep.release.update.v1.json";
    private static final String DEFINE = "dev.lockstep.pipeline.define.v1.json";
    private static final String STATUS = "dev.lockstep.release-status.v1.json";

    /** Keys that became possible with realistic release names; a reader still splits them at the first slash. */
    private static final Map<String, String> WIDER_KEYS = Map.of(
            "applicationKey",
            "^[A-Za-z0-9][A-Za-z0-9._@:~-]{0,62}$",
            "releaseKey",
            "^[A-Za-z0-9][A-Za-z0-9._@:~-]{0,62}/(?!(.*/)?\\.{0,2}(/|$))[A-Za-z0-9._+~:!@/-]{1,128}$",
            "environmentKey",
            "^[A-Za-z0-9][A-Za-z0-9._@:~-]{0,62}/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$");

    /** What no deployment had before deployments took time: 0.1.0 knew only those that had succeeded. */
    private static final List<String> ONCE_THEY_WAIT =
            List.of("dev.cdeventsx.lockstep-release.locked.0.1.0.json/customData/lockstep/linkedFrom can be missing");

    @Test
    void nothingThatWasReleasedIsBroken() throws IOException {
        List<String> breaks = new ArrayList<>();
        for (String file : releasedFiles()) {
            if (!Schemas.files().contains(file)) {
                breaks.add(file + " is gone");
                continue;
            }
            SchemaCompatibility.breaks(side(file), released(file), Schemas.file(file))
                    .forEach(found -> breaks.add(file + found));
        }
        assertThat(breaks).containsExactlyInAnyOrderElementsOf(meant());
    }

    /**
     * What was deliberately broken since then, by name. Wider patterns are included: which accepts more cannot be judged here.
     */
    private static List<String> meant() throws IOException {
        String names = "wider: names that people have, such as com.acme:shop and api/v1.2.3";
        String noControls = "control characters and those that turn the direction of text spoil whatever shows them";
        Map<String, String> everywhere = Map.of(
                "/application", names,
                "/release", names,
                "/actor", noControls,
                "/reason", noControls,
                "/description", noControls,
                "/chainId", noControls,
                "/source/ref", noControls,
                "/source/commitSha", noControls,
                "/title", noControls + ", and a blank title shows nothing",
                "/source/repoUrl", "secrets stay in a compacted topic for ever, and javascript: is no repository");
        Map<String, String> envelope = Map.of(
                "command.json/source", "quotes or a line end make another sender, and the same id another command",
                "headers.command.json/ce_source", "as in structured mode",
                "command.json/id", noControls,
                "headers.command.json/ce_id", noControls,
                "command.json/correlationid", noControls,
                "headers.command.json/ce_correlationid", noControls);
        List<String> ofData = new ArrayList<>();
        for (String file : releasedFiles()) {
            if (side(file) == Side.TAKEN && file.startsWith("dev.")) {
                JsonNode released = released(file);
                everywhere.keySet().stream()
                        .filter(field -> !released.at("/properties" + field.replaceFirst("(?<=.)/", "/properties/"))
                                .isMissingNode())
                        .forEach(field -> ofData.add(file + field));
            }
        }
        Stream<String> patterns =
                Stream.concat(ofData.stream(), envelope.keySet().stream()).map(place -> place + " has another pattern");
        return Stream.concat(patterns, ONCE_THEY_WAIT.stream()).toList();
    }

    @Test
    void everyTopicMessageAndKeyThatWasReleasedIsStillThere() throws IOException {
        JsonNode released = new ObjectMapper(new YAMLFactory())
                .readTree(RELEASED.resolve("asyncapi.yaml").toFile());
        JsonNode today = ContractDocument.packaged().root();
        released.path("channels").properties().forEach(channel -> {
            JsonNode now = today.path("channels").path(channel.getKey());
            assertThat(now.path("address")).isEqualTo(channel.getValue().path("address"));
            assertThat(now.path("messages").fieldNames())
                    .toIterable()
                    .containsAll(() -> channel.getValue().path("messages").fieldNames());
        });
        released.at("/components/messages").properties().forEach(message -> {
            JsonNode now = today.at("/components/messages").path(message.getKey());
            for (String part : List.of("name", "headers", "payload", "bindings", "contentType")) {
                assertThat(now.path(part))
                        .as(message.getKey() + " " + part)
                        .isEqualTo(message.getValue().path(part));
            }
        });
        ObjectNode keys = withoutProse(released.at("/components/schemas"));
        WIDER_KEYS.forEach((key, pattern) -> keys.withObject(key).put("pattern", pattern));
        assertThat((JsonNode) withoutProse(today.at("/components/schemas"))).isEqualTo(keys);
    }

    private static ObjectNode withoutProse(JsonNode schemas) {
        ObjectNode copy = schemas.deepCopy();
        copy.forEach(schema -> ((ObjectNode) schema).remove("description"));
        return copy;
    }

    @Test
    void anAddedOptionalFieldIsNoBreak() {
        Consumer<ObjectNode> added = properties("", at -> at.putObject("more").put("type", "string"));
        assertThat(changed(CREATE, added)).isEmpty();
        assertThat(changed(STATUS, added)).isEmpty();
        assertThat(changed(STATUS, added.andThen(schema -> schema.withArray("required")
                        .add("more"))))
                .isEmpty();
        assertThat(changed(STATUS, properties("/placements/items", at -> at.putObject("more"))))
                .isEmpty();
    }

    @Test
    void aWiderCommandIsNoBreak() {
        assertThat(changed(CREATE, field("/title", title -> title.put("maxLength", 300))))
                .isEmpty();
        assertThat(changed(CREATE, field("/application", application -> application.remove("pattern"))))
                .isEmpty();
        assertThat(changed(DEFINE, field("/environments/items/properties/tier", tier -> tier.withArray("enum")
                        .add("canary"))))
                .isEmpty();
    }

    @Test
    void aNewCodeAndANarrowerOutputAreNoBreak() {
        assertThat(changed("problem.json", field("/code", code -> code.withArray("x-extensible-enum")
                        .add("TOO_LATE"))))
                .isEmpty();
        assertThat(changed(STATUS, field("/title", title -> title.put("maxLength", 200))))
                .isEmpty();
        assertThat(changed(STATUS, field("/next", next -> next.put("type", "string"))))
                .isEmpty();
    }

    @Test
    void aRemovedFieldBreaks() {
        assertThat(changed(CREATE, properties("", at -> at.remove("chainId")))).containsExactly("/chainId is gone");
        assertThat(changed(STATUS, properties("", at -> at.remove("next")))).containsExactly("/next is gone");
        assertThat(changed(STATUS, properties("/placements/items", at -> at.remove("linkedFrom"))))
                .containsExactly("/placements/[]/linkedFrom is gone");
    }

    @Test
    void aRetypedFieldBreaks() {
        Consumer<ObjectNode> number = title -> title.put("type", "integer");
        assertThat(changed(CREATE, field("/title", number))).containsExactly("/title has another type");
        assertThat(changed(STATUS, field("/title", number))).containsExactly("/title has another type");
        assertThat(changed(STATUS, field("/revision", revision -> revision.put("type", "number"))))
                .containsExactly("/revision has another type");
        assertThat(changed(STATUS, field("/source", source -> source.withArray("anyOf")
                        .remove(1))))
                .containsExactly("/source has other alternatives (anyOf)");
    }

    @Test
    void aCommandThatAcceptsLessBreaks() {
        assertThat(changed(CREATE, schema -> schema.withArray("required").add("actor")))
                .containsExactly("/actor is now required");
        assertThat(changed(
                        CREATE,
                        properties("", at -> at.putObject("more").put("type", "string"))
                                .andThen(schema -> schema.withArray("required").add("more"))))
                .containsExactly("/more is now required");
        assertThat(changed(CREATE, field("/title", title -> title.put("maxLength", 199))))
                .containsExactly("/title has another maxLength");
        assertThat(changed(CREATE, field("/description", description -> description.put("minLength", 1))))
                .containsExactly("/description has another minLength");
        assertThat(changed(CREATE, field("/title", title -> title.put("pattern", "^[a-z]+$"))))
                .containsExactly("/title has another pattern");
        assertThat(changed(UPDATE, field("/description", description -> description.put("type", "string"))))
                .containsExactly("/description has another type");
        assertThat(changed(DEFINE, field("/environments", environments -> environments.put("maxItems", 10))))
                .containsExactly("/environments has another maxItems");
        assertThat(changed(DEFINE, field("/environments/items/properties/tier", tier -> tier.withArray("enum")
                        .remove(1))))
                .containsExactly("/environments/[]/tier has other values (enum)");
    }

    @Test
    void anOutputThatSaysLessBreaks() {
        assertThat(changed(STATUS, schema -> schema.withArray("required").remove(0)))
                .containsExactly("/application can be missing");
        assertThat(changed(STATUS, field("/title", title -> title.putArray("type")
                        .add("string")
                        .add("null"))))
                .containsExactly("/title has another type");
        assertThat(changed(STATUS, field("/createdAt", at -> at.remove("format"))))
                .containsExactly("/createdAt has another format");
        assertThat(changed("problem.json", field("/code", code -> code.withArray("x-extensible-enum")
                        .remove(0))))
                .containsExactly("/code no longer has a value that was known");
        assertThat(changed(
                        "dev.lockstep.command.accepted.v1.json",
                        field("/outcome", outcome -> outcome.withArray("enum").add("perhaps"))))
                .containsExactly("/outcome has other values (enum)");
    }

    /** What a planted change to today's schema would break. */
    private static List<String> changed(String file, Consumer<ObjectNode> change) {
        ObjectNode planted = Schemas.file(file).deepCopy();
        change.accept(planted);
        assertThat((JsonNode) planted).isNotEqualTo(Schemas.file(file));
        return SchemaCompatibility.breaks(side(file), Schemas.file(file), planted);
    }

    private static Consumer<ObjectNode> field(String path, Consumer<ObjectNode> change) {
        return schema -> change.accept((ObjectNode) schema.at("/properties" + path));
    }

    private static Consumer<ObjectNode> properties(String path, Consumer<ObjectNode> change) {
        return schema ->
                change.accept((ObjectNode) schema.at((path.isEmpty() ? "" : "/properties" + path) + "/properties"));
    }

    private static Side side(String file) {
        boolean command = file.matches("dev\\.lockstep\\.(release|environment|deployment|pipeline|application)\\..*");
        return command || file.contains("command.json") ? Side.TAKEN : Side.EMITTED;
    }

    private static JsonNode released(String file) throws IOException {
        return JSON.readTree(RELEASED.resolve("schemas").resolve(file).toFile());
    }

    private static List<String> releasedFiles() throws IOException {
        try (Stream<Path> files = Files.list(RELEASED.resolve("schemas"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
