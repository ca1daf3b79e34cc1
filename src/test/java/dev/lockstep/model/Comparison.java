package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.ExpectedEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what the model expects of a command with the result and the events that were published, in the JSON of
 * contract sections 4 and 6. Every method gives the differences as sentences; none means equal.
 */
public final class Comparison {

    private Comparison() {}

    /**
     * @param data             the result record's value
     * @param acrossPartitions whether commands with a foreign record key ran beside the application's own, so that
     *                         their revision is not determined
     */
    public static List<String> result(Sent sent, Expected expected, JsonNode data, boolean acrossPartitions) {
        Differences differences = new Differences("result of " + sent.id(), data);
        differences.text("/commandId", sent.id());
        differences.text("/commandSource", sent.source());
        differences.text("/commandType", sent.type());
        if (expected.application() != null) {
            differences.text("/application", expected.application());
        }
        differences.text("/outcome", expected.outcome());
        differences.bool("/duplicate", expected.duplicate());
        if (!acrossPartitions || !expected.foreignKey()) {
            differences.number("/revision", expected.revision());
        }
        if (expected.deploymentMade()) {
            differences.present("/deployment");
        } else {
            differences.absent("/deployment");
        }
        problem(expected, differences);
        return differences.found();
    }

    private static void problem(Expected expected, Differences differences) {
        if (expected.code() == null) {
            differences.absent("/problem");
            return;
        }
        differences.text("/problem/code", expected.code().name());
        List.of("type", "title", "detail").forEach(member -> differences.present("/problem/" + member));
        differences.text("/problem/requiredEnvironment", expected.requiredEnvironment());
        differences.textsInAnyOrder("/problem/lockReasons", "environment", expected.lockEnvironments());
        if (expected.code() == Code.REVISION_CONFLICT) {
            differences.number("/problem/currentRevision", expected.revision());
        }
        if (expected.code() == Code.INVALID_COMMAND) {
            differences.present("/problem/violations/0/message");
        }
    }

    /** The CDEvents of one command, in order. */
    public static List<String> events(Sent sent, Expected expected, List<JsonNode> events) {
        List<String> found = new ArrayList<>();
        if (events.size() != expected.events().size()) {
            found.add("events of " + sent.id() + ": expected " + types(expected) + ", were " + types(events));
            return found;
        }
        for (int i = 0; i < events.size(); i++) {
            found.addAll(event(sent, expected.application(), expected.events().get(i), events.get(i)));
        }
        return found;
    }

    /** One CDEvent. */
    public static List<String> event(Sent sent, String application, ExpectedEvent expected, JsonNode event) {
        Differences differences = new Differences("event " + application + "@" + expected.revision(), event);
        String ours = "/customData/lockstep";
        differences.text("/context/type", expected.fact().type());
        differences.text("/subject/id", expected.subjectId());
        differences.text(ours + "/application", application);
        differences.number(ours + "/revision", expected.revision());
        differences.text(ours + "/commandId", sent.id());
        differences.text(ours + "/commandSource", sent.source());
        if (expected.release() != null) {
            differences.text(ours + "/release", expected.release());
            differences.number(ours + "/createdRevision", expected.createdRevision());
        }
        if (expected.previousRelease() != null) {
            differences.text(ours + "/previousRelease", expected.previousRelease());
        }
        if (expected.action() != null) {
            differences.text(ours + "/deployment/action", expected.action());
            differences.text(ours + "/deployment/status", "succeeded");
        }
        subject(application, expected.fact(), expected.environment(), differences);
        return differences.found();
    }

    private static void subject(String application, Fact fact, String environment, Differences differences) {
        if (fact.ofEnvironment()) {
            differences.endsWith("/subject/source", "/applications/" + application);
        }
        if (fact.ofService()) {
            differences.text("/subject/content/environment/id", environment);
        }
        if (fact == Fact.SERVICE_REMOVED) {
            differences.absent("/subject/content/artifactId");
        } else if (fact.ofService()) {
            differences.startsWith("/subject/content/artifactId", "pkg:");
        }
    }

    private static List<String> types(Expected expected) {
        return expected.events().stream().map(event -> event.fact().type()).toList();
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.at("/context/type").asText()).toList();
    }
}
