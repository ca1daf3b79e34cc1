package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.Expected.ExpectedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The model itself in the contract's JSON: proves the comparison and the judge, not the worker. */
class ModelSubject implements Subject {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    final ReferenceModel model = new ReferenceModel();

    @Override
    public Actual apply(Sent sent) {
        Expected expected = model.apply(sent);
        List<JsonNode> events = expected.events().stream()
                .map(event -> (JsonNode) event(sent, event))
                .toList();
        return new Actual(result(sent, expected), events);
    }

    @Override
    public Map<String, JsonNode> releaseStatus(String application) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        model.releases(application).forEach((id, view) -> values.put(id, release(application, view)));
        return values;
    }

    @Override
    public Map<String, JsonNode> deploymentStatus(String application) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        model.environments(application).forEach((id, view) -> values.put(id, environment(application, view)));
        return values;
    }

    static ObjectNode result(Sent sent, Expected expected) {
        ObjectNode result = JSON.objectNode()
                .put("commandId", sent.id())
                .put("commandSource", sent.source())
                .put("commandType", sent.type())
                .put("application", expected.application())
                .put("outcome", expected.outcome())
                .put("duplicate", expected.duplicate())
                .put("revision", expected.revision());
        if (expected.deploymentMade()) {
            result.put("deployment", "d-" + expected.revision());
        }
        if (expected.code() != null) {
            result.set("problem", problem(expected));
        }
        return result;
    }

    private static ObjectNode problem(Expected expected) {
        String code = expected.code().name();
        ObjectNode problem = JSON.objectNode()
                .put("type", "urn:example:" + code)
                .put("title", code)
                .put("detail", code)
                .put("code", code)
                .put("currentRevision", expected.revision());
        if (expected.requiredEnvironment() != null) {
            problem.put("requiredEnvironment", expected.requiredEnvironment());
        }
        lockReasons(problem, expected.lockEnvironments());
        if (expected.code() == Code.INVALID_COMMAND) {
            problem.putArray("violations").addObject().put("pointer", "").put("message", "broken");
        }
        return problem;
    }

    static ObjectNode event(Sent sent, ExpectedEvent expected) {
        ObjectNode event = JSON.objectNode();
        event.putObject("context").put("type", expected.fact().type());
        ObjectNode subject = event.putObject("subject").put("id", expected.subjectId());
        if (expected.fact().ofEnvironment()) {
            subject.put("source", "/lockstep/applications/" + sent.application());
        }
        ObjectNode content = subject.putObject("content");
        if (expected.fact().ofService()) {
            content.putObject("environment").put("id", expected.environment());
        }
        if (expected.fact().ofService() && expected.fact() != Fact.SERVICE_REMOVED) {
            content.put("artifactId", "pkg:generic/" + sent.application() + "@" + expected.release());
        }
        ObjectNode ours = event.putObject("customData").putObject("lockstep");
        ours.put("application", sent.application()).put("revision", expected.revision());
        ours.put("commandId", sent.id()).put("commandSource", sent.source());
        ours.put("release", expected.release()).put("createdRevision", expected.createdRevision());
        ours.put("previousRelease", expected.previousRelease());
        if (expected.action() != null) {
            ours.putObject("deployment").put("action", expected.action()).put("status", "succeeded");
        }
        return event;
    }

    static ObjectNode release(String application, Stamped<ReleaseView> stamped) {
        ReleaseView view = stamped.value();
        ObjectNode value = JSON.objectNode()
                .put("application", application)
                .put("release", view.id())
                .put("title", view.title())
                .put("description", view.description())
                .put("artifactId", view.artifactId())
                .put("createdBy", view.createdBy())
                .put("createdRevision", view.createdRevision())
                .put("deletable", view.deletable())
                .put("next", view.next());
        value.set("source", view.source());
        lockReasons(value, view.lockEnvironments());
        ArrayNode placements = value.putArray("placements");
        view.placements().forEach(placement -> placements
                .addObject()
                .put("environment", placement.environment())
                .put("status", placement.status())
                .put("linkedFrom", placement.linkedFrom()));
        return stamped(value, stamped);
    }

    static ObjectNode environment(String application, Stamped<EnvironmentView> stamped) {
        EnvironmentView view = stamped.value();
        ObjectNode value = JSON.objectNode().put("application", application);
        value.putObject("environment")
                .put("id", view.id())
                .put("tier", view.tier())
                .put("position", StatusComparison.FIRST_POSITION + view.index());
        if (view.current() != null) {
            value.putObject("current").put("release", view.current());
        }
        value.put("previous", view.previous()).put("rollbackTo", view.rollbackTo());
        if (view.lastRelease() != null) {
            value.putObject("lastDeployment")
                    .put("release", view.lastRelease())
                    .put("action", view.lastAction())
                    .put("status", "succeeded");
        }
        return stamped(value, stamped);
    }

    private static ObjectNode stamped(ObjectNode value, Stamped<?> stamped) {
        return value.put("revision", stamped.to())
                .put("updatedAt", "2026-01-01T00:00:00Z")
                .put("lastEventId", "e-" + stamped.to());
    }

    private static void lockReasons(ObjectNode target, List<String> environments) {
        ArrayNode reasons = target.putArray("lockReasons");
        environments.forEach(environment -> reasons.addObject().put("environment", environment));
    }
}
