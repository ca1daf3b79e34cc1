package dev.lockstep.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.Expected.About;
import dev.lockstep.model.Expected.ExpectedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** The model itself in the contract's JSON: proves the comparison and the judge, not the worker. */
class ModelSubject implements Subject {

    /** So that several things happen at the same moment. */
    static final int REVISIONS_PER_MOMENT = 4;

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    final ReferenceModel model = new ReferenceModel();
    final Chronicle chronicle = new Chronicle();
    final ModelStatuses statuses = new ModelStatuses(model, chronicle);

    @Override
    public Actual apply(Sent sent) {
        return actual(sent, model.apply(sent));
    }

    /** What this publishes of it. */
    Actual actual(Sent sent, Expected expected) {
        List<JsonNode> events = new ArrayList<>();
        for (ExpectedEvent event : expected.events()) {
            ObjectNode json = event(sent, event);
            events.add(json);
            chronicle.record(json);
        }
        return new Actual(result(sent, expected), events);
    }

    @Override
    public Published published(String application) {
        return statuses.published(application);
    }

    ObjectNode result(Sent sent, Expected expected) {
        ObjectNode result = ModelJson.object()
                .put("commandId", sent.id())
                .put("commandSource", sent.source())
                .put("commandType", sent.type())
                .put("application", expected.application())
                .put("outcome", expected.outcome())
                .put("duplicate", expected.duplicate())
                .put("revision", expected.revision());
        if (expected.deployment() > 0) {
            result.put("deployment", chronicle.deployment(expected.application(), expected.deployment()));
        }
        if (expected.code() != null) {
            result.set("problem", problem(expected));
        }
        return result;
    }

    private ObjectNode problem(Expected expected) {
        String code = expected.code().name();
        Expected.Details details = expected.details();
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
        if (expected.code() == Code.REVISION_CONFLICT) {
            problem.put("currentRevision", expected.revision());
        }
        if (expected.code() == Code.INVALID_COMMAND) {
            problem.putArray("violations").addObject().put("pointer", "").put("message", "broken");
        }
        return problem;
    }

    private ModelJson json(String application) {
        return new ModelJson(application, chronicle);
    }

    ObjectNode event(Sent sent, ExpectedEvent expected) {
        String application = sent.application();
        Fact fact = expected.fact();
        Instant time = BEGINNING.plusSeconds(expected.revision() / REVISIONS_PER_MOMENT);
        ObjectNode event = ModelJson.object();
        ObjectNode context = event.putObject("context")
                .put("id", id("event", application, expected.revision()))
                .put("type", fact.type())
                .put("timestamp", time.toString());
        ObjectNode subject = event.putObject("subject").put("id", expected.subjectId());
        ObjectNode content = subject.putObject("content");
        ObjectNode ours = event.putObject("customData").putObject("lockstep");
        ours.put("application", application).put("revision", expected.revision());
        ours.put("commandId", sent.id()).put("commandSource", sent.source());
        ours.set("actor", sent.data().get("actor"));
        ours.set("reason", sent.data().get("reason"));
        if (expected.about() != null) {
            context.put("chainId", expected.about().chainId());
            about(ours, expected.about());
        }
        if (expected.deployment() != null) {
            ours.put("previousRelease", expected.previousRelease());
            ours.put("linkedFrom", expected.deployment().link().resolve(chronicle, application));
            String id = id("deployment", application, expected.revision());
            ours.set("deployment", json(application).deployment(expected.deployment(), id, time));
        }
        if (fact.ofEnvironment()) {
            subject.put("source", "/lockstep/applications/" + application);
            ours.set("environment", ModelJson.stop(expected.stop()));
        }
        if (fact.ofApplication()) {
            ModelJson.facts(ours, expected.facts());
        }
        if (fact.ofService()) {
            content.putObject("environment").put("id", expected.environment());
        }
        if (fact.ofService() && fact != Fact.SERVICE_REMOVED) {
            content.put("artifactId", "pkg:generic/" + application + "@" + expected.release());
        }
        return event;
    }

    private static void about(ObjectNode ours, About about) {
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
