package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Follows the events of one application, one by one, and reports what no deployment may do (contract, rules 4, 7, 14 and 19 to
 * 28).
 */
final class ObservedApplication {

    private static final String OF_LIFE = "dev.cdeventsx.lockstep-deployment.";
    private static final String OF_RELEASE = "dev.cdeventsx.lockstep-release.";
    private static final String OF_ENVIRONMENT = "dev.cdevents.environment.";
    private static final String OF_SERVICE = "service.";

    private final ObservedEvent moment;
    private final Map<String, ObservedEnvironment> environments = new HashMap<>();
    private final ObservedDeployments deployments;
    private final Set<String> locked = new HashSet<>();
    private final ObservedStatuses statuses;
    /** The command or timer being processed, and where it has changed something. */
    private String decision;

    private final Set<String> changed = new HashSet<>();

    ObservedApplication(String id, Findings findings) {
        moment = new ObservedEvent(id, findings);
        deployments = new ObservedDeployments(moment);
        statuses = new ObservedStatuses(id, findings, this::environment);
    }

    Collection<ObservedDeployment> deployments() {
        return deployments.all();
    }

    /** Null for an unknown one. */
    ObservedDeployment deployment(String deployment) {
        return deployments.get(deployment);
    }

    boolean isAtRest() {
        return environments.values().stream()
                .allMatch(environment -> environment.active == null && environment.waiting.isEmpty());
    }

    /** @param value of an event that was not seen before, in the order of revisions */
    void event(JsonNode value) {
        JsonNode ours = value.at("/customData/lockstep");
        String by = ours.get("commandSource").textValue() + " "
                + ours.get("commandId").textValue();
        if (!by.equals(decision)) {
            checkDecisionComplete();
            decision = by;
        }
        Instant now = Instant.parse(value.at("/context/timestamp").textValue());
        moment.moveTo(ours.get("revision").longValue(), now);
        String type = value.at("/context/type").textValue();
        if (type.startsWith(OF_ENVIRONMENT)) {
            environment(ours.at("/environment/id").textValue()).changePolicy(ours.at("/environment/policy"), now);
        } else if (type.startsWith(OF_RELEASE)) {
            release(word(type, OF_RELEASE), ours);
        } else if (type.startsWith(OF_LIFE) || type.contains(OF_SERVICE)) {
            inEnvironment(type, value, ours.path("deployment"));
        }
        statuses.settle(moment.revision());
    }

    private void inEnvironment(String type, JsonNode event, JsonNode deployment) {
        String name = event.at("/subject/content/environment/id").textValue();
        ObservedEnvironment environment = environment(name);
        if (type.startsWith(OF_LIFE)) {
            String outcome = event.at("/subject/content/outcome").textValue();
            deployments.life(word(type, OF_LIFE), deployment, outcome, environment);
        } else if (deployment.isObject()) {
            deployments.service(deployment, environment, type.contains("service.removed"));
        } else {
            emptied(name, environment);
        }
        environment.keep(moment.revision());
        changed.add(name);
    }

    private void emptied(String name, ObservedEnvironment environment) {
        if (environment.active != null || environment.isReported()) {
            moment.differs(name + " is emptied without a deployment");
        }
        environment.current = null;
    }

    private static String word(String type, String prefix) {
        return type.substring(prefix.length(), type.indexOf('.', prefix.length()));
    }

    /** Whatever must follow from what happened has followed in the same decision (rules 23 and 28). */
    private void checkDecisionComplete() {
        for (String name : changed) {
            ObservedEnvironment environment = environment(name);
            if (environment.toRestore != null) {
                moment.differs("nothing restores what was before " + environment.toRestore);
                environment.toRestore = null;
            }
            ObservedDeployment first = environment.firstInLine();
            if (environment.active == null && first != null) {
                moment.differs(first + " waits for nothing");
            } else if (environment.active != null && !environment.active.isReported) {
                moment.differs(environment.active + " is in progress where a deployment succeeds when it starts");
            }
        }
        changed.clear();
    }

    private void release(String what, JsonNode ours) {
        String release = ours.get("release").textValue() + " " + ours.get("createdRevision");
        boolean isRight =
                switch (what) {
                    case "locked" -> locked.add(release);
                    case "unlocked" -> locked.remove(release);
                    case "deleted" -> !locked.contains(release);
                    default -> true;
                };
        if (!isRight) {
            moment.differs("release " + release + " is " + what + ", though it is "
                    + (locked.contains(release) ? "locked" : "not locked"));
        }
    }

    private ObservedEnvironment environment(String environment) {
        return environments.computeIfAbsent(environment, name -> new ObservedEnvironment());
    }

    /** A status record, to be compared with the events up to its revision once they are there. */
    void status(String what, String key, JsonNode value) {
        statuses.take(what, key, value);
        statuses.settle(moment.revision());
    }

    void tombstone(String what, String key, long revision) {
        statuses.takeTombstone(what, key, revision);
        statuses.settle(moment.revision());
    }

    /** At the end: nothing more will come. */
    void finish() {
        checkDecisionComplete();
        deployments.finish();
        statuses.finish(moment.revision());
    }
}
