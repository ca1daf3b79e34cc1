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
        ObservedDeployment deployment = begin(event, Stage.WAITING);
        environment.waiting.put(deployment.id, deployment);
        if (deployment.restoreOf != null) {
            moment.differs(deployment + " waits, and is to restore what was before " + deployment.restoreOf);
        }
        waits(event, deployment);
    }

    private void waits(JsonNode told, ObservedDeployment deployment) {
        require(deployment, Stage.WAITING, "waiting", told);
        if (deployment != null) {
            deployment.awaitsItsTime = told.path("blockedBy").findValuesAsText("code").stream()
                    .anyMatch(Set.of("NOT_BEFORE", "NOT_SOAKED")::contains);
        }
    }

    private void started(JsonNode told, ObservedDeployment known, ObservedEnvironment environment) {
        if (known != null && known.stage != Stage.WAITING) {
            moment.add(Breach.DOUBLED, known + " starts, and is " + known.stage);
            return;
        }
        ObservedDeployment deployment = known == null ? begin(told, Stage.IN_PROGRESS) : known;
        says(told, "in_progress");
        if (known == null && !environment.isReported()) {
            moment.differs(deployment + " starts, where a deployment that does not wait succeeds at once");
        }
        String release = told.get("release").textValue();
        if (!release.equals(deployment.release) && !told.get("action").asText().equals("undeploy")) {
            moment.differs(deployment + " starts with release " + release);
        }
        deployment.release = release;
        deployment.stage = Stage.IN_PROGRESS;
        deployment.startedAt = ObservedDeployment.time(told, "startedAt");
        if (!moment.now().equals(deployment.startedAt)) {
            moment.differs(deployment + " says that it started at " + deployment.startedAt + ", not now");
        }
        starts(deployment, environment);
        environment.begin(deployment);
    }

    /** Alone, in its time, and in its turn (rules 20, 21 and 23). */
    private void starts(ObservedDeployment deployment, ObservedEnvironment environment) {
        environment.waiting.remove(deployment.id);
        if (environment.active != null) {
            moment.differs(deployment + " starts beside " + environment.active);
        }
        if (deployment.notBefore != null && deployment.notBefore.isAfter(moment.now())) {
            moment.differs(deployment + " starts before its time");
        }
        if (deployment.expiresAt != null && deployment.expiresAt.isBefore(moment.now())) {
            moment.differs(
                    deployment + " starts at " + moment.now() + ", though it expired at " + deployment.expiresAt);
        }
        ObservedDeployment ahead = environment.firstInLine();
        if (ahead != null && deployment.restoreOf == null && ahead.number < deployment.number) {
            moment.add(Breach.OUT_OF_ORDER, deployment + " starts before " + ahead);
        }
        ObservedDeployment failed = environment.toRestore;
        environment.toRestore = null;
        if (!Objects.equals(failed == null ? null : failed.id, deployment.restoreOf)) {
            moment.differs(
                    failed == null
                            ? deployment + " restores what was before " + deployment.restoreOf
                                    + ", which does not ask for it"
                            : deployment + " starts, and does not restore what was before " + failed);
        } else if (failed != null && !deployment.release.equals(environment.current.release)) {
            moment.differs(deployment + " is to restore what was before " + failed + ", which is "
                    + environment.current.release);
        }
    }

    private void finished(
            JsonNode told, ObservedDeployment deployment, ObservedEnvironment environment, String outcome) {
        if (deployment == null) {
            moment.differs("deployment " + told.get("id") + " ends, and never began");
            return;
        }
        if (deployment.stage == Stage.ENDED) {
            moment.add(Breach.DOUBLED, deployment + " ends again");
            return;
        }
        boolean hasStarted = deployment.stage == Stage.IN_PROGRESS;
        deployment.stage = Stage.ENDED;
        deployment.finishedAt = ObservedDeployment.time(told, "finishedAt");
        deployment.status = told.get("status").textValue();
        deployment.failureKind = told.get("failureKind").textValue();
        deployment.supersededBy = told.get("supersededBy").textValue();
        deployment.policyAtTheEnd = environment.policy;
        deployment.policySince = environment.policySince;
        if (!moment.now().equals(deployment.finishedAt)) {
            moment.differs(deployment + " says that it ended at " + deployment.finishedAt + ", not now");
        }
        if (outcome == null || !outcome.equals(OUTCOMES.get(deployment.end()))) {
            moment.differs(deployment + " ends as " + deployment.end() + " with the outcome " + outcome);
        }
        checkEnd(deployment, hasStarted);
        environment.waiting.remove(deployment.id);
        if (hasStarted) {
            environment.end(deployment);
            boolean restores = !deployment.status.equals("succeeded")
                    && environment.says("onFailure", "restore")
                    && !told.get("action").asText().equals("redeploy")
                    && environment.current != null;
            environment.toRestore = restores ? deployment : null;
        }
    }

    /** What can be checked about an end without knowing when its deployer last reported. */
    private void checkEnd(ObservedDeployment deployment, boolean hasStarted) {
        boolean succeeded = deployment.status.equals("succeeded");
        if (succeeded && deployment.serviceRevision != moment.revision() - 1
                || !succeeded && deployment.serviceRevision != 0) {
            moment.differs(deployment + " ends as " + deployment.end() + ", its service event has revision "
                    + deployment.serviceRevision);
        }
        boolean neverStarts = Set.of("superseded", "expired").contains(deployment.status);
        if (hasStarted ? neverStarts : !neverStarts && !deployment.status.equals("cancelled")) {
            moment.differs(deployment + " ends as " + deployment.end()
                    + (hasStarted ? ", and had started" : ", and had not started"));
        }
        if (deployment.status.equals("superseded") != (deployment.supersededBy != null)) {
            moment.differs(deployment + " ends as " + deployment.end() + ", superseded by " + deployment.supersededBy);
        }
    }

    /** @param removes whether the environment is empty from then on */
    void service(JsonNode told, ObservedEnvironment environment, boolean removes) {
        ObservedDeployment deployment = byId.get(told.get("id").textValue());
        says(told, "succeeded");
        if (deployment == null) {
            deployment = begin(told, Stage.ENDED);
            deployment.status = "succeeded";
            deployment.startedAt = moment.now();
            deployment.finishedAt = moment.now();
            if (environment.isReported()) {
                moment.differs(deployment + " succeeds at once, where deployments are reported");
            }
            starts(deployment, environment);
            environment.end(deployment);
        } else if (deployment.stage != Stage.IN_PROGRESS || deployment.serviceRevision != 0) {
            moment.add(
                    Breach.DOUBLED,
                    deployment + " succeeds, and is " + deployment.stage + ", " + deployment.serviceRevision);
        }
        deployment.serviceRevision = moment.revision();
        environment.current = removes ? null : deployment;
    }

    private ObservedDeployment begin(JsonNode told, Stage stage) {
        ObservedDeployment deployment = new ObservedDeployment(told, stage, byId.size());
        byId.put(deployment.id, deployment);
        return deployment;
    }

    private void require(ObservedDeployment deployment, Stage stage, String what, JsonNode told) {
        if (deployment == null || deployment.stage != stage) {
            moment.differs("deployment " + told.get("id") + " is " + what + ", and "
                    + (deployment == null ? "never began" : "is " + deployment.stage));
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
        for (ObservedDeployment deployment : byId.values()) {
            if (deployment.stage != Stage.ENDED) {
                moment.add(Breach.LOST, deployment + " never ends, it is " + deployment.stage);
            } else if (deployment.supersededBy != null && !byId.containsKey(deployment.supersededBy)) {
                moment.differs(deployment + " is superseded by " + deployment.supersededBy + ", of which nobody knows");
            }
        }
    }
}
