package dev.lockstep.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.ExpectedOutcome.ExpectedEvent;
import dev.lockstep.model.ExpectedOutcome.ExpectedRelease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** The model itself in the contract's JSON: it tests the comparison and the judge, not the worker. */
class ModelSubject implements Subject {

    /** So that several things happen at the same moment. */
    static final int REVISIONS_PER_MOMENT = 4;

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    final ReferenceModel model = new ReferenceModel();
    final EventLog chronicle = new EventLog();
    final ModelStatuses statuses = new ModelStatuses(model, chronicle);

    private final Map<List<Object>, Instant> moments = new HashMap<>();

    @Override
    public Actual apply(SentCommand sent) {
        return actual(sent, model.apply(sent));
    }

    /** What this subject publishes for it. */
    Actual actual(SentCommand sent, ExpectedOutcome expected) {
        List<JsonNode> events = new ArrayList<>();
        List<String> correlations = new ArrayList<>();
        for (ExpectedEvent event : expected.events()) {
            moments.putIfAbsent(
                    List.of(sent.application(), event.revision()), sent.at() == null ? moment(event) : sent.at());
        }
        for (ExpectedEvent event : expected.events()) {
            chronicle.record(context(sent.application(), event));
        }
        for (ExpectedEvent event : expected.events()) {
            events.add(event(sent, event));
            correlations.add(event.correlations().iterator().next());
        }
        JsonNode result = expected.answer() == ExpectedOutcome.Response.RESULT ? result(sent, expected) : null;
        return new Actual(
                result, events, correlations, expected.answer() == ExpectedOutcome.Response.DEAD_LETTER ? 1 : 0);
    }

    private static Instant moment(ExpectedEvent event) {
        return BEGINNING.plusSeconds(event.revision() / REVISIONS_PER_MOMENT);
    }

    @Override
    public Published published(String application) {
        return statuses.published(application);
    }

    ObjectNode result(SentCommand sent, ExpectedOutcome expected) {
        ObjectNode result = ModelJson.object()
                .put("commandId", sent.id())
                .put("commandSource", sent.source())
                .put("commandType", sent.type())
                .put("application", expected.application())
                .put("outcome", expected.outcome())
                .put("duplicate", expected.duplicate())
                .put("revision", expected.revision());
        if (expected.dryRun()) {
            result.put("dryRun", true);
        }
        for (String member : List.of("release", "environment", "actor", "reason")) {
            result.put(member, sent.text(member));
        }
        ExpectedOutcome.AffectedDeployment made = expected.made();
        if (made != null) {
            result.put("deployment", json(expected.application()).id(made.revision()))
                    .put("deploymentStatus", made.status());
            if (!made.blockedBy().isEmpty()) {
                json(expected.application()).blockedBy(result.putArray("blockedBy"), made.blockedBy(), sent.at());
            }
        }
        if (expected.code() != null) {
            result.set("problem", problem(expected, sent.at()));
        }
        return result;
    }

    private ObjectNode problem(ExpectedOutcome expected, Instant at) {
        String code = expected.code().name();
        ExpectedOutcome.Details details = expected.details();
        ObjectNode problem = ModelJson.object()
                .put(
                        "type",
                        "urn:lockstep:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("title", code)
                .put("detail", code)
                .put("code", code)
                .put("requiredEnvironment", details.requiredEnvironment());
        problem.set("requiredEnvironments", ModelJson.texts(details.requiredEnvironments()));
        problem.set("environments", ModelJson.texts(details.environments()));
        problem.set("currentEnvironments", ModelJson.texts(details.currentEnvironments()));
        json(expected.application()).lockReasons(problem.putArray("lockReasons"), details.locks());
        if (expected.code() == ExpectedRefusal.REVISION_CONFLICT) {
            problem.put("currentRevision", details.currentRevision());
        }
        if (!details.blockedBy().isEmpty()) {
            json(expected.application()).blockedBy(problem.putArray("blockedBy"), details.blockedBy(), at);
        }
        problem.put("deployment", json(expected.application()).id(details.deployment()));
        ExpectedOutcome.End end = details.end();
        if (end != null) {
            Instant finished = chronicle.time(expected.application(), end.finished());
            problem.put("deploymentStatus", end.status())
                    .put("failureKind", end.failureKind())
                    .put("finishedAt", finished.toString());
        }
        if (expected.code() == ExpectedRefusal.INVALID_COMMAND) {
            problem.putArray("violations").addObject().put("pointer", "").put("message", "broken");
        }
        return problem;
    }

    private ModelJson json(String application) {
        return new ModelJson(application, chronicle);
    }

    ObjectNode event(SentCommand sent, ExpectedEvent expected) {
        String application = sent.application();
        EventKind fact = expected.fact();
        ObjectNode event = context(application, expected);
        ObjectNode context = (ObjectNode) event.get("context");
        ObjectNode subject = event.putObject("subject").put("id", expected.subjectId());
        ObjectNode content = subject.putObject("content");
        ObjectNode ours = (ObjectNode) event.at("/customData/lockstep");
        ours.put("commandId", sent.id()).put("commandSource", sent.source());
        ours.set("actor", sent.data().get("actor"));
        ours.set("reason", sent.data().get("reason"));
        if (expected.about() != null) {
            context.put("chainId", expected.about().chainId());
            about(ours, expected.about());
        }
        if (expected.deployment() != null) {
            ours.put("previousRelease", expected.previousRelease());
            ours.put("linkedFrom", expected.deployment().linkedFrom(chronicle, application));
            ObjectNode deployment = json(application).deployment(expected.deployment());
            ours.set(
                    "deployment",
                    fact.tellsWhy() ? json(application).why(deployment, expected.deployment()) : deployment);
        }
        if (fact.ofEnvironment()) {
            subject.put("source", "/lockstep/applications/" + application);
            ours.set("environment", ModelJson.stop(expected.stop()));
        }
        if (fact.ofApplication()) {
            ModelJson.facts(ours, expected.facts());
        }
        if (fact.ofService() || fact.ofDeployment()) {
            content.putObject("environment").put("id", expected.environment());
        }
        if (fact == EventKind.DEPLOYMENT_FINISHED) {
            content.put("outcome", expected.deployment().outcome());
        }
        if ((fact.ofService() || fact.ofDeployment()) && fact != EventKind.SERVICE_REMOVED) {
            content.put("artifactId", "pkg:generic/" + application + "@" + expected.release());
        }
        return event;
    }

    private ObjectNode context(String application, ExpectedEvent expected) {
        ObjectNode event = ModelJson.object();
        event.putObject("context")
                .put("id", id("event", application, expected.revision()))
                .put("type", expected.fact().type())
                .put(
                        "timestamp",
                        moments.get(List.of(application, expected.revision())).toString());
        event.putObject("customData")
                .putObject("lockstep")
                .put("application", application)
                .put("revision", expected.revision());
        return event;
    }

    private static void about(ObjectNode ours, ExpectedRelease about) {
        ours.put("release", about.release()).put("createdRevision", about.createdRevision());
        ours.set("source", about.source());
        ours.put("notes", about.notes());
        ours.set("labels", ModelJson.pairs(about.labels()));
    }

    private static String id(String what, String application, long revision) {
        return UUID.nameUUIDFromBytes((what + " " + application + " " + revision).getBytes(UTF_8))
                .toString();
    }
}
