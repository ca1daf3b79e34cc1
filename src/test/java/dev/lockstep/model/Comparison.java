package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.ExpectedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares what the model expects of a command with the result and the events that were published, in the JSON of
 * contract sections 4 and 6. Every method gives the differences as sentences; none means equal.
 */
public final class Comparison {

    private static final String OURS = "/customData/lockstep";

    private Comparison() {}

    /** Where the events of other commands are not at hand. */
    public static List<String> result(Sent sent, Expected expected, JsonNode data, boolean acrossPartitions) {
        return result(sent, expected, data, acrossPartitions, new Chronicle());
    }

    /**
     * @param data             the result record's value
     * @param acrossPartitions whether commands with a foreign record key ran beside the application's own, so that
     *                         their revision is not determined
     */
    public static List<String> result(
            Sent sent, Expected expected, JsonNode data, boolean acrossPartitions, Chronicle chronicle) {
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
        if (expected.deployment() == 0) {
            differences.absent("/deployment");
        } else {
            String id = chronicle.deployment(expected.application(), expected.deployment());
            differences.idOrAny("/deployment", id);
        }
        problem(expected, new Particulars(expected.application(), chronicle, differences));
        return differences.found();
    }

    private static void problem(Expected expected, Particulars particulars) {
        Differences differences = particulars.differences();
        if (expected.code() == null) {
            differences.absent("/problem");
            return;
        }
        Expected.Details details = expected.details();
        String code = expected.code().name();
        differences.text("/problem/code", code);
        differences.text(
                "/problem/type",
                "urn:lockstep:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-'));
        List.of("title", "detail").forEach(member -> differences.present("/problem/" + member));
        differences.text("/problem/requiredEnvironment", details.requiredEnvironment());
        differences.textsInAnyOrder("/problem/requiredEnvironments", details.requiredEnvironments());
        differences.textsInAnyOrder("/problem/environments", details.environments());
        differences.textsInAnyOrder("/problem/currentEnvironments", details.currentEnvironments(), details.orIn());
        particulars.lockReasons("/problem/lockReasons", details.locks());
        if (expected.code() == Code.REVISION_CONFLICT) {
            differences.number("/problem/currentRevision", expected.revision());
        }
        if (expected.code() == Code.INVALID_COMMAND) {
            differences.present("/problem/violations/0/message");
        }
    }

    /** The CDEvents of one command, in order. */
    public static List<String> events(Sent sent, Expected expected, List<JsonNode> events, Chronicle chronicle) {
        List<String> found = new ArrayList<>();
        if (events.size() != expected.events().size()) {
            found.add("events of " + sent.id() + ": expected " + types(expected) + ", were " + types(events));
            return found;
        }
        for (int i = 0; i < events.size(); i++) {
            found.addAll(event(sent, expected.application(), expected.events().get(i), events.get(i), chronicle));
        }
        return found;
    }

    /** One CDEvent. */
    public static List<String> event(
            Sent sent, String application, ExpectedEvent expected, JsonNode event, Chronicle chronicle) {
        Differences differences = new Differences("event " + application + "@" + expected.revision(), event);
        Particulars particulars = new Particulars(application, chronicle, differences);
        differences.text("/context/type", expected.fact().type());
        differences.time("/context/timestamp", chronicle.time(application, expected.revision()));
        differences.text("/subject/id", expected.subjectId());
        differences.text(OURS + "/application", application);
        differences.number(OURS + "/revision", expected.revision());
        differences.text(OURS + "/commandId", sent.id());
        differences.text(OURS + "/commandSource", sent.source());
        differences.text(OURS + "/actor", sent.data().path("actor").textValue());
        differences.text(OURS + "/reason", sent.data().path("reason").textValue());
        if (expected.about() != null) {
            about(expected.about(), differences);
        }
        if (expected.deployment() != null) {
            particulars.deployment(OURS + "/deployment", expected.deployment());
            differences.text(OURS + "/linkedFrom", expected.deployment().link().resolve(chronicle, application));
            differences.text(OURS + "/previousRelease", expected.previousRelease());
        }
        if (expected.fact().ofEnvironment()) {
            differences.endsWith("/subject/source", "/applications/" + application);
            particulars.stopInEvent(OURS + "/environment", expected.stop());
        }
        if (expected.fact().ofApplication()) {
            particulars.facts(OURS, expected.facts());
        }
        if (expected.fact().ofService()) {
            service(expected, differences);
        }
        return differences.found();
    }

    private static void about(Expected.About expected, Differences differences) {
        differences.text("/context/chainId", expected.chainId());
        differences.text(OURS + "/release", expected.release());
        differences.number(OURS + "/createdRevision", expected.createdRevision());
        differences.object(OURS + "/source", expected.source());
        differences.text(OURS + "/notes", expected.notes());
        differences.pairs(OURS + "/labels", expected.labels());
    }

    private static void service(ExpectedEvent expected, Differences differences) {
        differences.text("/subject/content/environment/id", expected.environment());
        if (expected.fact() == Fact.SERVICE_REMOVED) {
            differences.absent("/subject/content/artifactId");
        } else {
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
