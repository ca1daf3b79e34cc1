package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.faults.ObservedDeployment.Stage;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The deployments of one application according to their events, and what none of them may do (contract, rules 14 and 19 to 26).
 */
final class ObservedDeployments {

    private static final Map<String, String> OUTCOMES = Map.of(
            "succeeded", "success",
            "failed", "failure",
            "errored", "error",
            "timed_out", "error",
            "lost", "error",
            "cancelled", "cancel",
            "superseded", "cancel",
            "expired", "cancel");

    private final ObservedEvent moment;
    private final Map<String, ObservedDeployment> byId = new HashMap<>();

    ObservedDeployments(ObservedEvent moment) {
        this.moment = moment;
    }

    Collection<ObservedDeployment> all() {
        return byId.values();
    }

    /** Null for an unknown one. */
    ObservedDeployment get(String id) {
        return byId.get(id);
    }

    /**
     * @param what    the last word of the event's type
     * @param outcome of {@code finished}
     */
    void life(String what, JsonNode told, String outcome, ObservedEnvironment environment) {
        ObservedDeployment deployment = byId.get(told.get("id").textValue());
        switch (what) {
            case "queued" -> queued(told, deployment, environment);
            case "started" -> started(told, deployment, environment);
            case "waiting" -> waits(told, deployment);
            case "finished" -> finished(told, deployment, environment, outcome);
            default -> require(deployment, Stage.IN_PROGRESS, what, told);
        }
    }

    private void queued(JsonNode event, ObservedDeployment known, ObservedEnvironment environment) {
        if (known != null) {
            moment.add(Breach.DOUBLED, known + " is queued, and was there before");
            return;
        }
        ObservedDeployment one = begin(event, Stage.WAITING);
        environment.waiting.put(one.id, one);
        if (one.restoreOf != null) {
            moment.differs(one + " waits, and is to restore what was before " + one.restoreOf);
        }
        waits(event, one);
    }

    private void waits(JsonNode told, ObservedDeployment one) {
        require(one, Stage.WAITING, "waiting", told);
        if (one != null) {
            one.awaitsItsTime = told.path("blockedBy").findValuesAsText("code").stream()
                    .anyMatch(Set.of("NOT_BEFORE", "NOT_SOAKED")::contains);
        }
    }

    private void started(JsonNode told, ObservedDeployment known, ObservedEnvironment environment) {
        if (known != null && known.stage != Stage.WAITING) {
            moment.add(Breach.DOUBLED, known + " starts, and is " + known.stage);
            return;
        }
        ObservedDeployment one = known == null ? begin(told, Stage.IN_PROGRESS) : known;
        says(told, "in_progress");
        if (known == null && !environment.isReported()) {
            moment.differs(one + " starts, where a deployment that does not wait succeeds at once");
        }
        String release = told.get("release").textValue();
        if (!release.equals(one.release) && !told.get("action").asText().equals("undeploy")) {
            moment.differs(one + " starts with release " + release);
        }
        one.release = release;
        one.stage = Stage.IN_PROGRESS;
        one.startedAt = ObservedDeployment.time(told, "startedAt");
        if (!moment.now().equals(one.startedAt)) {
            moment.differs(one + " says that it started at " + one.startedAt + ", not now");
        }
        starts(one, environment);
        environment.begin(one);
    }

    /** Alone, in its time, and in its turn (rules 20, 21 and 23). */
    private void starts(ObservedDeployment one, ObservedEnvironment environment) {
        environment.waiting.remove(one.id);
        if (environment.active != null) {
            moment.differs(one + " starts beside " + environment.active);
        }
        if (one.notBefore != null && one.notBefore.isAfter(moment.now())) {
            moment.differs(one + " starts before its time");
        }
        if (one.expiresAt != null && one.expiresAt.isBefore(moment.now())) {
            moment.differs(one + " starts at " + moment.now() + ", though it expired at " + one.expiresAt);
        }
        ObservedDeployment ahead = environment.firstInLine();
        if (ahead != null && one.restoreOf == null && ahead.number < one.number) {
            moment.add(Breach.OUT_OF_ORDER, one + " starts before " + ahead);
        }
        ObservedDeployment failed = environment.toRestore;
        environment.toRestore = null;
        if (!Objects.equals(failed == null ? null : failed.id, one.restoreOf)) {
            moment.differs(
                    failed == null
                            ? one + " restores what was before " + one.restoreOf + ", which does not ask for it"
                            : one + " starts, and does not restore what was before " + failed);
        } else if (failed != null && !one.release.equals(environment.current.release)) {
            moment.differs(
                    one + " is to restore what was before " + failed + ", which is " + environment.current.release);
        }
    }

    private void finished(JsonNode told, ObservedDeployment one, ObservedEnvironment environment, String outcome) {
        if (one == null) {
            moment.differs("deployment " + told.get("id") + " ends, and never began");
            return;
        }
        if (one.stage == Stage.ENDED) {
            moment.add(Breach.DOUBLED, one + " ends again");
            return;
        }
        boolean hasStarted = one.stage == Stage.IN_PROGRESS;
        one.stage = Stage.ENDED;
        one.finishedAt = ObservedDeployment.time(told, "finishedAt");
        one.status = told.get("status").textValue();
        one.failureKind = told.get("failureKind").textValue();
        one.supersededBy = told.get("supersededBy").textValue();
        one.policyAtTheEnd = environment.policy;
        one.policySince = environment.policySince;
        if (!moment.now().equals(one.finishedAt)) {
            moment.differs(one + " says that it ended at " + one.finishedAt + ", not now");
        }
        if (outcome == null || !outcome.equals(OUTCOMES.get(one.end()))) {
            moment.differs(one + " ends as " + one.end() + " with the outcome " + outcome);
        }
        checkEnd(one, hasStarted);
        environment.waiting.remove(one.id);
        if (hasStarted) {
            environment.end(one);
            boolean restores = !one.status.equals("succeeded")
                    && environment.says("onFailure", "restore")
                    && !told.get("action").asText().equals("redeploy")
                    && environment.current != null;
            environment.toRestore = restores ? one : null;
        }
    }

    /** What can be checked about an end without knowing when its deployer last reported. */
    private void checkEnd(ObservedDeployment one, boolean hasStarted) {
        boolean succeeded = one.status.equals("succeeded");
        if (succeeded && one.serviceRevision != moment.revision() - 1 || !succeeded && one.serviceRevision != 0) {
            moment.differs(one + " ends as " + one.end() + ", its service event has revision " + one.serviceRevision);
        }
        boolean neverStarts = Set.of("superseded", "expired").contains(one.status);
        if (hasStarted ? neverStarts : !neverStarts && !one.status.equals("cancelled")) {
            moment.differs(
                    one + " ends as " + one.end() + (hasStarted ? ", and had started" : ", and had not started"));
        }
        if (one.status.equals("superseded") != (one.supersededBy != null)) {
            moment.differs(one + " ends as " + one.end() + ", superseded by " + one.supersededBy);
        }
    }

    /** @param removes whether the environment is empty from then on */
    void service(JsonNode told, ObservedEnvironment environment, boolean removes) {
        ObservedDeployment one = byId.get(told.get("id").textValue());
        says(told, "succeeded");
        if (one == null) {
            one = begin(told, Stage.ENDED);
            one.status = "succeeded";
            one.startedAt = moment.now();
            one.finishedAt = moment.now();
            if (environment.isReported()) {
                moment.differs(one + " succeeds at once, where deployments are reported");
            }
            starts(one, environment);
            environment.end(one);
        } else if (one.stage != Stage.IN_PROGRESS || one.serviceRevision != 0) {
            moment.add(Breach.DOUBLED, one + " succeeds, and is " + one.stage + ", " + one.serviceRevision);
        }
        one.serviceRevision = moment.revision();
        environment.current = removes ? null : one;
    }

    private ObservedDeployment begin(JsonNode told, Stage stage) {
        ObservedDeployment one = new ObservedDeployment(told, stage, byId.size());
        byId.put(one.id, one);
        return one;
    }

    private void require(ObservedDeployment one, Stage stage, String what, JsonNode told) {
        if (one == null || one.stage != stage) {
            moment.differs("deployment " + told.get("id") + " is " + what + ", and "
                    + (one == null ? "never began" : "is " + one.stage));
        }
        says(told, stage == Stage.WAITING ? "pending" : "in_progress");
    }

    private void says(JsonNode told, String status) {
        if (!told.get("status").asText().equals(status)) {
            moment.differs(
                    "deployment " + told.get("id") + " has the status " + told.get("status") + ", not " + status);
        }
    }

    /** At the end, everything that began has ended, and nothing was superseded by a deployment that never existed. */
    void finish() {
        for (ObservedDeployment one : byId.values()) {
            if (one.stage != Stage.ENDED) {
                moment.add(Breach.LOST, one + " never ends, it is " + one.stage);
            } else if (one.supersededBy != null && !byId.containsKey(one.supersededBy)) {
                moment.differs(one + " is superseded by " + one.supersededBy + ", of which nobody knows");
            }
        }
    }
}
