package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.faults.LiveDeployment.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Follows the events of one application, each as it comes, and says what no deployment may do (contract, rules 4, 14 and 19 to 26). */
final class LiveApplication {

    private static final String OF_LIFE = "dev.cdeventsx.lockstep-deployment.";
    private static final String OF_RELEASE = "dev.cdeventsx.lockstep-release.";
    private static final String OF_ENVIRONMENT = "dev.cdevents.environment.";
    private static final Map<String, String> OUTCOMES = Map.of(
            "succeeded", "success",
            "failed", "failure",
            "errored", "error",
            "timed_out", "error",
            "lost", "error",
            "cancelled", "cancel",
            "superseded", "cancel",
            "expired", "cancel");

    private record Pending(long revision, String what, JsonNode value) {}

    private final String id;
    private final Findings findings;
    private final Map<String, LiveEnvironment> environments = new HashMap<>();
    private final Map<String, LiveDeployment> deployments = new HashMap<>();
    private final Set<String> locked = new HashSet<>();
    private final List<Pending> pending = new ArrayList<>();
    private long revision;
    /** The deployment whose failure the next event must mend, null for none. */
    private String toRestore;

    private String restored;

    LiveApplication(String id, Findings findings) {
        this.id = id;
        this.findings = findings;
    }

    Collection<LiveDeployment> deployments() {
        return deployments.values();
    }

    /** Null for an unknown one. */
    LiveDeployment deployment(String deployment) {
        return deployments.get(deployment);
    }

    boolean isAtRest() {
        return environments.values().stream()
                .allMatch(environment -> environment.active == null && environment.waiting.isEmpty());
    }

    /** @param value of an event that was not seen before, in the order of revisions */
    void event(JsonNode value) {
        String type = value.at("/context/type").textValue();
        JsonNode ours = value.at("/customData/lockstep");
        revision = ours.get("revision").longValue();
        JsonNode deployment = ours.path("deployment");
        Instant now = Instant.parse(value.at("/context/timestamp").textValue());
        restored = toRestore;
        toRestore = null;
        if (restored != null && !restored.equals(deployment.path("restoreOf").textValue())) {
            differs("nothing restores what was before deployment " + restored);
        }
        if (type.startsWith(OF_ENVIRONMENT)) {
            environment(ours.at("/environment/id").textValue()).policy = ours.at("/environment/policy");
        } else if (type.startsWith(OF_RELEASE)) {
            release(word(type, OF_RELEASE), ours);
        } else if (type.startsWith(OF_LIFE)) {
            life(word(type, OF_LIFE), deployment, value, now);
        } else if (deployment.isObject()) {
            service(type, deployment, now);
        } else {
            emptied(value.at("/subject/content/environment/id").textValue());
        }
        settle();
    }

    private static String word(String type, String prefix) {
        return type.substring(prefix.length(), type.indexOf('.', prefix.length()));
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
            differs("release " + release + " is " + what + ", though it is "
                    + (locked.contains(release) ? "locked" : "not locked"));
        }
    }

    private void life(String what, JsonNode told, JsonNode event, Instant now) {
        LiveEnvironment environment = environment(told.get("environment").textValue());
        LiveDeployment one = deployments.get(told.get("id").textValue());
        switch (what) {
            case "queued" -> queued(told, one, environment);
            case "started" -> started(told, one, environment, now);
            case "waiting" -> require(one, Stage.WAITING, what, told);
            case "finished" -> finished(told, one, environment, event, now);
            default -> require(one, Stage.IN_PROGRESS, what, told);
        }
        environment.keep(revision);
    }

    private void queued(JsonNode told, LiveDeployment known, LiveEnvironment environment) {
        if (known != null) {
            findings.add(Breach.DOUBLED, at() + known + " is queued, and was there before");
            return;
        }
        LiveDeployment one = begin(told, Stage.WAITING);
        says(told, "pending");
        environment.waiting.put(one.id, one);
    }

    private void started(JsonNode told, LiveDeployment known, LiveEnvironment environment, Instant now) {
        if (known != null && known.stage != Stage.WAITING) {
            findings.add(Breach.DOUBLED, at() + known + " starts, and is " + known.stage);
            return;
        }
        LiveDeployment one = known == null ? begin(told, Stage.IN_PROGRESS) : known;
        environment.waiting.remove(one.id);
        if (environment.active != null) {
            differs(one + " starts beside " + environment.active);
        }
        says(told, "in_progress");
        String release = told.get("release").textValue();
        if (!release.equals(one.release) && !told.get("action").asText().equals("undeploy")) {
            differs(one + " starts with release " + release);
        }
        one.release = release;
        one.stage = Stage.IN_PROGRESS;
        one.isReported = true;
        one.startedAt = LiveDeployment.time(told, "startedAt");
        one.free = environment.freeSince;
        environment.active = one;
        if (!now.equals(one.startedAt)) {
            differs(one + " says that it started at " + one.startedAt + ", not now");
        }
        if (one.notBefore != null && one.notBefore.isAfter(now)) {
            differs(one + " starts before its time");
        }
        if (one.expiresAt != null && !one.expiresAt.isAfter(now)) {
            differs(one + " starts at " + now + ", though it expired at " + one.expiresAt);
        }
        LiveDeployment ahead = known == null ? null : firstWithoutTime(environment);
        if (ahead != null && one.restoreOf == null && isBehind(one, ahead)) {
            findings.add(Breach.OUT_OF_ORDER, at() + one + " starts before " + ahead);
        }
    }

    private static LiveDeployment firstWithoutTime(LiveEnvironment environment) {
        return environment.waiting.values().stream()
                .filter(one -> one.notBefore == null)
                .findFirst()
                .orElse(null);
    }

    private static boolean isBehind(LiveDeployment one, LiveDeployment other) {
        return one.number > other.number;
    }

    private void finished(JsonNode told, LiveDeployment one, LiveEnvironment environment, JsonNode event, Instant now) {
        if (one == null) {
            differs("deployment " + told.get("id") + " ends, and never began");
            return;
        }
        if (one.stage == Stage.ENDED) {
            findings.add(Breach.DOUBLED, at() + one + " ends again");
            return;
        }
        if (one.stage == Stage.IN_PROGRESS) {
            environment.active = null;
            environment.freeSince = now;
            environment.lastDeployment = one.id;
        }
        environment.waiting.remove(one.id);
        one.finishedAt = LiveDeployment.time(told, "finishedAt");
        one.status = told.get("status").textValue();
        one.failureKind = told.get("failureKind").textValue();
        one.policyAtTheEnd = environment.policy;
        if (!now.equals(one.finishedAt)) {
            differs(one + " says that it ended at " + one.finishedAt + ", not now");
        }
        String outcome = event.at("/subject/content/outcome").textValue();
        if (outcome == null || !outcome.equals(OUTCOMES.get(one.end()))) {
            differs(one + " ends as " + one.end() + " with the outcome " + outcome);
        }
        boolean hasStarted = one.stage == Stage.IN_PROGRESS;
        one.stage = Stage.ENDED;
        checkEnd(told, one, hasStarted);
        if (hasStarted && !one.status.equals("succeeded")) {
            boolean restores = environment.policy.path("onFailure").asText().equals("restore")
                    && !told.get("action").asText().equals("redeploy")
                    && environment.current != null;
            toRestore = restores ? one.id : null;
        }
    }

    /** What can be said of an end without knowing when its deployer was last heard of. */
    private void checkEnd(JsonNode told, LiveDeployment one, boolean hasStarted) {
        boolean succeeded = one.status.equals("succeeded");
        if (succeeded && one.serviceRevision != revision - 1 || !succeeded && one.serviceRevision != 0) {
            differs(one + " ends as " + one.end() + ", its service event has revision " + one.serviceRevision);
        }
        boolean neverStarts = Set.of("superseded", "expired").contains(one.status);
        if (hasStarted ? neverStarts : !neverStarts && !one.status.equals("cancelled")) {
            differs(one + " ends as " + one.end() + (hasStarted ? ", and had started" : ", and had not started"));
        }
        String by = told.get("supersededBy").textValue();
        if (one.status.equals("superseded") != (by != null)) {
            differs(one + " ends as " + one.end() + ", superseded by " + by);
        }
    }

    private void service(String type, JsonNode told, Instant now) {
        LiveEnvironment environment = environment(told.get("environment").textValue());
        LiveDeployment one = deployments.get(told.get("id").textValue());
        if (one == null) {
            one = begin(told, Stage.ENDED);
            one.status = "succeeded";
            one.startedAt = now;
            one.finishedAt = now;
            one.policyAtTheEnd = environment.policy;
            environment.lastDeployment = one.id;
            if (environment.active != null) {
                differs(one + " succeeds at once beside " + environment.active);
            }
        } else if (one.stage != Stage.IN_PROGRESS || one.serviceRevision != 0) {
            findings.add(Breach.DOUBLED, at() + one + " succeeds, and is " + one.stage + ", " + one.serviceRevision);
        }
        one.serviceRevision = revision;
        says(told, "succeeded");
        environment.current = type.contains("service.removed") ? null : one.id;
        environment.keep(revision);
    }

    private void emptied(String id) {
        LiveEnvironment environment = environment(id);
        environment.current = null;
        environment.keep(revision);
    }

    private LiveDeployment begin(JsonNode told, Stage stage) {
        LiveDeployment one = new LiveDeployment(told, stage, deployments.size());
        deployments.put(one.id, one);
        if (one.restoreOf != null && !one.restoreOf.equals(restored)) {
            differs(one + " restores what was before " + one.restoreOf + ", which does not ask for it");
        }
        return one;
    }

    private void require(LiveDeployment one, Stage stage, String what, JsonNode told) {
        if (one == null || one.stage != stage) {
            differs("deployment " + told.get("id") + " is " + what + ", and "
                    + (one == null ? "never began" : "is " + one.stage));
        }
        says(told, stage == Stage.WAITING ? "pending" : "in_progress");
    }

    private void says(JsonNode told, String status) {
        if (!told.get("status").asText().equals(status)) {
            differs("deployment " + told.get("id") + " has the status " + told.get("status") + ", not " + status);
        }
    }

    private LiveEnvironment environment(String environment) {
        return environments.computeIfAbsent(environment, name -> new LiveEnvironment());
    }

    /** A status record, to be held against the events up to its revision when they are there. */
    void status(String what, JsonNode value) {
        pending.add(new Pending(value.get("revision").longValue(), what, value));
        settle();
    }

    private void settle() {
        pending.removeIf(one -> {
            if (one.revision > revision) {
                return false;
            }
            if (one.value.has("placements")) {
                compareRelease(one);
            } else {
                compareEnvironment(one);
            }
            return true;
        });
    }

    private void compareEnvironment(Pending status) {
        JsonNode value = status.value;
        LiveEnvironment.Snapshot expected =
                environment(value.at("/environment/id").textValue()).at(status.revision);
        same(
                status,
                "active",
                expected.active() == null ? null : expected.active().id(),
                value.at("/active/id"));
        same(status, "current", expected.current(), value.at("/current/deployment"));
        same(status, "lastDeployment", expected.lastDeployment(), value.at("/lastDeployment/id"));
        List<String> waiting = StreamSupport.stream(value.path("waiting").spliterator(), false)
                .map(one -> one.get("id").textValue())
                .toList();
        List<String> queued =
                expected.waiting().stream().map(LiveEnvironment.OnItsWay::id).toList();
        if (!waiting.equals(queued)) {
            differs(status.what + " at " + status.revision + ": waiting is " + waiting + ", by the events " + queued);
        }
    }

    private void compareRelease(Pending status) {
        String release = status.value.get("release").textValue();
        for (JsonNode placement : status.value.get("placements")) {
            LiveEnvironment.Snapshot expected =
                    environment(placement.get("environment").textValue()).at(status.revision);
            same(status, "active", expected.onItsWay(release), placement.at("/active/id"));
        }
    }

    private void same(Pending status, String member, String expected, JsonNode actual) {
        if (!Objects.equals(expected, actual.textValue())) {
            differs(status.what + " at " + status.revision + ": " + member + " is " + actual + ", by the events "
                    + expected);
        }
    }

    /** At the end: all that began has ended, and every status has its events. */
    void finish() {
        deployments.values().stream()
                .filter(one -> one.stage != Stage.ENDED)
                .forEach(one -> findings.add(Breach.LOST, id + ": " + one + " never ends, it is " + one.stage));
        pending.forEach(one -> findings.add(
                Breach.TORN, id + ": " + one.what + " at " + one.revision + ", and no event beyond " + revision));
    }

    private void differs(String what) {
        findings.add(Breach.DIFFERING, at() + what);
    }

    private String at() {
        return id + " at " + revision + ": ";
    }
}
