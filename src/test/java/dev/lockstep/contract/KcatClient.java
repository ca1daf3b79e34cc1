package dev.lockstep.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A shell and {@code kcat}: structured mode, librdkafka's own partitioner. */
final class KcatClient {

    private static final Path HERE = Path.of("").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SEPARATOR = " ; ";

    private final String bootstrapServers;
    private final String application;

    KcatClient(String bootstrapServers, String application) {
        this.bootstrapServers = bootstrapServers;
        this.application = application;
    }

    ThirdPartyClientsIT.Observed journey() {
        send("1", "release.create", "\"title\":\"By kcat\"");
        send("2", "release.deploy", "\"reason\":\"Go\"");
        send("3", "release.delete", "\"reason\":\"Typo\"");
        List<JsonNode> results = read("lockstep.results.v1", seen -> seen.size() == 3);
        List<JsonNode> events = read("lockstep.events.v1", seen -> has(seen, "/context/type", "service.deployed"));
        List<JsonNode> releases = read("lockstep.release-status.v1", seen -> has(seen, "/deletable", "false"));
        List<JsonNode> environments =
                read("lockstep.deployment-status.v1", seen -> has(seen, "/current/release", "1.0.0"));
        return new ThirdPartyClientsIT.Observed(
                results.stream()
                        .map(result -> result.at("/problem/code")
                                .asText(result.path("outcome").asText()))
                        .map(String::valueOf)
                        .toList(),
                events.stream().map(event -> event.at("/context/type").asText()).toList(),
                releases.get(releases.size() - 1).path("deletable").asBoolean(),
                environments.get(environments.size() - 1).at("/current/release").asText());
    }

    private void send(String id, String type, String more) {
        String command =
                "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/strangers/kcat\",\"type\":\"dev.lockstep.%s.v1\","
                                .formatted(id, type)
                        + "\"data\":{\"application\":\"%s\",\"release\":\"1.0.0\",%s}}".formatted(application, more);
        kcat(
                command,
                "-P",
                "-t",
                "lockstep.commands.v1",
                "-k",
                application,
                "-H",
                "content-type=application/cloudevents+json");
    }

    /** @return the application's values in a topic, read again until there are enough */
    private List<JsonNode> read(String topic, Predicate<List<JsonNode>> enough) {
        return Awaitility.await(topic).atMost(PATIENCE).until(() -> values(topic), enough);
    }

    private List<JsonNode> values(String topic) {
        String told = kcat(
                "",
                "-C",
                "-t",
                topic,
                "-o",
                "beginning",
                "-e",
                "-q",
                "-X",
                "isolation.level=read_committed",
                "-f",
                "%k" + SEPARATOR + "%s\n");
        return told.lines()
                .filter(line -> line.startsWith(application + SEPARATOR) || line.startsWith(application + "/"))
                .map(line -> json(line.substring(line.indexOf(SEPARATOR) + SEPARATOR.length())))
                .toList();
    }

    private String kcat(String input, String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("kcat", "-b", bootstrapServers));
        command.addAll(List.of(arguments));
        NodeTool.ProcessResult ended = NodeTool.Commands.run(HERE, input, PATIENCE.toSeconds(), command);
        if (ended.code() != 0) {
            throw new IllegalStateException(ended.output());
        }
        return ended.output();
    }

    private static boolean has(List<JsonNode> seen, String pointer, String part) {
        return seen.stream().anyMatch(node -> node.at(pointer).asText().contains(part));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }
}
