package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedOutcome.ExpectedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares what the model expects from a command with the result and the events that were published, in the JSON of
 * contract sections 4 and 6. Every method returns the differences as sentences; none means equal.
 */
public final class Comparison {

    private static final String OURS = "/customData/lockstep";

    private Comparison() {}

    /** For use when the events of other commands are not available. */
    public static List<String> result(
            SentCommand sent, ExpectedOutcome expected, JsonNode data, boolean acrossPartitions) {
        return result(sent, expected, data, acrossPartitions, new EventLog());
    }

    /**
     * @param data             the result record's value
     * @param acrossPartitions whether commands with a foreign record key ran alongside the application's own, so that
     *                         their revision is not determined
     */
    public static List<String> result(
            SentCommand sent, ExpectedOutcome expected, JsonNode data, boolean acrossPartitions, EventLog chronicle) {
        if (expected.answer() != ExpectedOutcome.Response.RESULT) {
            return data == null ? List.of() : List.of("result of " + sent.id() + ": expected none, was " + data);
        }
        Differences differences = new Differences("result of " + sent.id(), data);
        NestedComparison particulars = new NestedComparison(expected.application(), chronicle, differences);
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
        named(sent, expected, differences);
        made(sent, expected, particulars);
        problem(sent, expected, particulars);
        return differences.found();
    }

    /** Compares what the command named, if that is readable. */
    private static void named(SentCommand sent, ExpectedOutcome expected, Differences differences) {
        boolean read = expected.code() != ExpectedRefusal.UNKNOWN_COMMAND && sent.valid();
        if (read && expected.code() != ExpectedRefusal.KEY_MISMATCH) {
            differences.boolOrMissing("/dryRun", expected.dryRun());
        }
        for (String member : List.of("release", "environment", "actor", "reason")) {
            if (read || differences.has("/" + member)) {
                differences.text("/" + member, sent.text(member));
            }
        }
    }

    private static void made(SentCommand sent, ExpectedOutcome expected, NestedComparison particulars) {
        Differences differences = particulars.differences();
        ExpectedOutcome.AffectedDeployment made = expected.made();
        if (made == null) {
            boolean mayBeNamed = sent.kind() != null && sent.kind().ofDeployment();
            if (!mayBeNamed) {
                List.of("/deployment", "/deploymentStatus", "/blockedBy").forEach(differences::absent);
            }
            return;
        }
        particulars.id("/deployment", made.revision());
        differences.text("/deploymentStatus", made.status());
        if (made.blockedBy().isEmpty()) {
            differences.absent("/blockedBy");
        } else {
            particulars.blockedBy("/blockedBy", made.blockedBy(), expected.duplicate() ? null : sent.at());
        }
    }

    private static void problem(SentCommand sent, ExpectedOutcome expected, NestedComparison particulars) {
        Differences differences = particulars.differences();
        if (expected.code() == null) {
            differences.absent("/problem");
            return;
        }
        ExpectedOutcome.Details details = expected.details();
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
        particulars.id("/problem/deployment", details.deployment());
        if (details.blockedBy().isEmpty()) {
            differences.absent("/problem/blockedBy");
        } else {
            particulars.blockedBy("/problem/blockedBy", details.blockedBy(), expected.duplicate() ? null : sent.at());
        }
        if (details.end() != null) {
            differences.text("/problem/deploymentStatus", details.end().status());
            differences.text("/problem/failureKind", details.end().failureKind());
            differences.time(
                    "/problem/finishedAt",
                    particulars
                            .chronicle()
                            .time(expected.application(), details.end().finished()));
        }
        if (expected.code() == ExpectedRefusal.REVISION_CONFLICT) {
            differences.number("/problem/currentRevision", details.currentRevision());
        }
        if (expected.code() == ExpectedRefusal.INVALID_COMMAND) {
            differences.present("/problem/violations/0/message");
        }
    }

    /** The CDEvents of one command, in order. */
    public static List<String> events(
            SentCommand sent, ExpectedOutcome expected, List<JsonNode> events, EventLog chronicle) {
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

    /** Which commands the events name as their correlation ids (section 6). */
    static List<String> correlations(SentCommand sent, ExpectedOutcome expected, List<String> correlations) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < Math.min(expected.events().size(), correlations.size()); i++) {
            ExpectedEvent event = expected.events().get(i);
            if (!event.correlations().contains(correlations.get(i))) {
                found.add("event " + sent.application() + "@" + event.revision() + " correlation id: expected one of "
                        + event.correlations() + ", was " + correlations.get(i));
            }
        }
        return found;
    }

    /** Compares one CDEvent. */
    public static List<String> event(
            SentCommand sent, String application, ExpectedEvent expected, JsonNode event, EventLog chronicle) {
        Differences differences = new Differences("event " + application + "@" + expected.revision(), event);
        NestedComparison particulars = new NestedComparison(application, chronicle, differences);
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
        if (sent.at() != null) {
            differences.time("/context/timestamp", sent.at());
        }
        if (expected.deployment() != null) {
            ExpectedDeployment deployment = expected.deployment();
            particulars.deployment(OURS + "/deployment", deployment);
            differences.text(OURS + "/linkedFrom", deployment.linkedFrom(chronicle, application));
            differences.text(OURS + "/previousRelease", expected.previousRelease());
            if (expected.fact().tellsWhy()) {
                particulars.why(OURS + "/deployment", deployment);
            }
        }
        if (expected.fact().ofEnvironment()) {
            differences.endsWith("/subject/source", "/applications/" + application);
            particulars.stopInEvent(OURS + "/environment", expected.stop());
        }
        if (expected.fact().ofApplication()) {
            particulars.facts(OURS, expected.facts());
        }
        if (expected.fact().ofService() || expected.fact().ofDeployment()) {
            service(expected, differences);
        }
        if (expected.fact() == EventKind.DEPLOYMENT_FINISHED) {
            differences.text("/subject/content/outcome", expected.deployment().outcome());
        }
        return differences.found();
    }

    private static void about(ExpectedOutcome.ExpectedRelease expected, Differences differences) {
        differences.text("/context/chainId", expected.chainId());
        differences.text(OURS + "/release", expected.release());
        differences.number(OURS + "/createdRevision", expected.createdRevision());
        differences.object(OURS + "/source", expected.source());
        differences.text(OURS + "/notes", expected.notes());
        differences.pairs(OURS + "/labels", expected.labels());
    }

    private static void service(ExpectedEvent expected, Differences differences) {
        differences.text("/subject/content/environment/id", expected.environment());
        if (expected.fact() == EventKind.SERVICE_REMOVED) {
            differences.absent("/subject/content/artifactId");
        } else {
            differences.startsWith("/subject/content/artifactId", "pkg:");
        }
    }

    private static List<String> types(ExpectedOutcome expected) {
        return expected.events().stream().map(event -> event.fact().type()).toList();
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.at("/context/type").asText()).toList();
    }
}
