package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Data that is certain to violate the schema of contract section 3, made from valid data. */
final class BrokenData {

    private BrokenData() {}

    /** A broken copy. */
    static JsonNode of(CommandKind kind, ObjectNode sound, Random random) {
        if (random.nextInt(25) == 0) {
            return random.nextBoolean() ? TextNode.valueOf("deploy it") : JsonNodeFactory.instance.arrayNode();
        }
        List<Consumer<ObjectNode>> ways = new ArrayList<>(forAll());
        ways.addAll(forKind(kind));
        ObjectNode data = sound.deepCopy();
        ways.get(random.nextInt(ways.size())).accept(data);
        return data;
    }

    /** Every way to break data of this kind, each applied to a copy: for tests of the validation itself. */
    static List<JsonNode> allOf(CommandKind kind, ObjectNode sound) {
        List<Consumer<ObjectNode>> ways = new ArrayList<>(forAll());
        ways.addAll(forKind(kind));
        List<JsonNode> all = new ArrayList<>();
        for (Consumer<ObjectNode> way : ways) {
            ObjectNode data = sound.deepCopy();
            way.accept(data);
            all.add(data);
        }
        return all;
    }

    private static List<Consumer<ObjectNode>> forAll() {
        return List.of(
                data -> data.put("dryRun", "yes"),
                data -> data.putNull("dryRun"),
                data -> data.put("dry_run", true),
                data -> data.put("enviroment", "staging"),
                data -> data.remove("application"),
                data -> data.put("application", "-starts-with-a-dash"),
                data -> data.put("application", "a".repeat(64)),
                data -> data.put("application", 7),
                data -> data.put("application", "scope/shop"),
                data -> data.put("application", "@shop"),
                data -> data.put("actor", "bell\u0007"),
                data -> data.put("actor", "two\nlines"),
                data -> data.put("reason", "an escape \u001b[31m"),
                data -> data.put("reason", "turned \u202e round"),
                data -> data.put("reason", "a lone \r return"),
                data -> data.put("actor", "a".repeat(257)),
                data -> data.putNull("actor"),
                data -> data.put("reason", "r".repeat(4_001)),
                data -> data.putNull("reason"),
                data -> data.put("expectedRevision", "3"),
                data -> data.put("expectedRevision", 1.5),
                data -> data.putNull("expectedRevision"));
    }

    private static List<Consumer<ObjectNode>> forKind(CommandKind kind) {
        return switch (kind) {
            case CREATE -> both(ofRelease(), both(ofDetails(), both(ofCreate(), BrokenFields.ofLabels())));
            case UPDATE -> both(ofRelease(), both(ofDetails(), List.of(BrokenData::nameNothing)));
            case DELETE -> ofRelease();
            case DEPLOY ->
                both(both(ofRelease(), BrokenDeploymentData.ofTerms()), both(ofEnvironment(), BrokenFields.ofFrom()));
            case UNDEPLOY ->
                both(
                        both(ofEnvironment(), BrokenDeploymentData.ofTerms()),
                        List.of(data -> data.remove("environment")));
            case ROLLBACK ->
                both(
                        both(ofEnvironment(), BrokenDeploymentData.ofTerms()),
                        List.of(data -> data.remove("environment"), data -> data.putNull("release")));
            case ANNOTATE -> both(ofRelease(), BrokenFields.ofAnnotation());
            case ARCHIVE, UNARCHIVE -> ofRelease();
            case REDEPLOY -> both(both(ofEnvironment(), BrokenDeploymentData.ofTerms()), BrokenFields.ofRedeploy());
            case CONFIGURE -> BrokenDeploymentData.ofConfiguration();
            case REPORT -> both(BrokenDeploymentData.ofDeployment(), BrokenDeploymentData.ofReport());
            case CANCEL -> BrokenDeploymentData.ofDeployment();
            case UPDATE_APPLICATION -> BrokenFields.ofFacts();
            case ARCHIVE_APPLICATION, UNARCHIVE_APPLICATION -> List.of();
            case DEFINE -> both(ofPipeline(), both(BrokenFields.ofStops(), BrokenFields.ofKeep()));
        };
    }

    private static List<Consumer<ObjectNode>> ofRelease() {
        return List.of(
                data -> data.remove("release"),
                data -> data.putNull("release"),
                data -> data.put("release", "1.0 final"),
                data -> data.put("release", ""),
                data -> data.put("release", "1.0\n"),
                data -> data.put("release", "/1.0"),
                data -> data.put("release", "v1/"),
                data -> data.put("release", "a//b"),
                data -> data.put("release", "a/../b"),
                data -> data.put("release", "."),
                data -> data.put("release", "1,0"),
                data -> data.put("release", "r".repeat(129)),
                data -> data.put("release", 1.2));
    }

    private static List<Consumer<ObjectNode>> ofDetails() {
        return List.of(
                data -> data.putNull("title"),
                data -> data.put("title", ""),
                data -> data.put("title", "t".repeat(201)),
                data -> data.put("title", 5),
                data -> data.put("title", " \u00a0"),
                data -> data.put("title", "\u3164\u200b"),
                data -> data.put("title", "two\nlines"),
                data -> data.put("title", "a\u2067b"),
                data -> data.put("description", "bell\u0007"),
                data -> data.putObject("source").put("repoUrl", "https://user:secret@git.example.org/shop.git"),
                data -> data.putObject("source").put("repoUrl", "https://token@git.example.org/shop.git"),
                data -> data.putObject("source").put("repoUrl", "ssh://git:secret@git.example.org/shop.git"),
                data -> data.putObject("source").put("repoUrl", "javascript:alert(1)"),
                data -> data.putObject("source").put("ref", "main\n"),
                data -> data.put("artifactId", "pkg:generic/a@1?vcs_url=git%2Bhttps://user:secret%40git.example.org/a"),
                data -> data.put("artifactId", "pkg:generic/a@1?repository_url=https%3A%2F%2Ftoken%40example.org"),
                data -> data.put("description", "d".repeat(4_001)),
                data -> data.put("artifactId", "pkg:generic/" + "a".repeat(2_048)),
                data -> data.put("source", "https://git.example.org/shop.git"),
                data -> data.putObject("source").put("repo", "https://git.example.org/shop.git"));
    }

    private static List<Consumer<ObjectNode>> ofCreate() {
        return List.of(
                data -> data.remove("title"),
                data -> data.putNull("description"),
                data -> data.putNull("source"),
                data -> data.put("chainId", "c".repeat(257)),
                data -> data.put("chainId", "\u0080"));
    }

    private static void nameNothing(ObjectNode data) {
        data.remove(List.of("title", "description", "artifactId", "source"));
    }

    private static List<Consumer<ObjectNode>> ofEnvironment() {
        return List.of(
                data -> data.putNull("environment"),
                data -> data.put("environment", "Staging"),
                data -> data.put("environment", "e".repeat(64)),
                data -> data.put("environment", ""),
                data -> data.putArray("environment").add("staging"));
    }

    private static List<Consumer<ObjectNode>> ofPipeline() {
        return List.of(
                data -> data.remove("environments"),
                data -> data.putArray("environments"),
                data -> data.put("environments", "staging"),
                data -> data.putArray("environments").add("staging"),
                data -> data.putArray("environments").addObject().put("tier", "staging"),
                data -> data.putArray("environments").addObject().put("id", "Staging"),
                data -> data.putArray("environments")
                        .addObject()
                        .put("id", "staging")
                        .put("tier", "playground"),
                data -> data.putArray("environments")
                        .addObject()
                        .put("id", "staging")
                        .put("colour", "red"),
                data -> twice(data.putArray("environments")),
                data -> tooMany(data.putArray("environments")));
    }

    private static void twice(ArrayNode environments) {
        environments.addObject().put("id", "staging");
        environments.addObject().put("id", "staging");
    }

    private static void tooMany(ArrayNode environments) {
        for (int i = 0; i < 51; i++) {
            environments.addObject().put("id", "stop-" + i);
        }
    }

    private static List<Consumer<ObjectNode>> both(List<Consumer<ObjectNode>> some, List<Consumer<ObjectNode>> more) {
        List<Consumer<ObjectNode>> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
