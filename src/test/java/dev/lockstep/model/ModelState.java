package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedApplication.Facts;
import dev.lockstep.model.ExpectedOutcome.AffectedDeployment;
import dev.lockstep.model.ExpectedOutcome.Details;
import dev.lockstep.model.ExpectedOutcome.ExpectedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What an application consists of, and the events of the command that is being judged. */
final class ModelState {

    final String name;
    long revision;
    Facts facts = Facts.NONE;
    boolean archived;
    ModelPipeline pipeline = ModelPipeline.NONE;
    /** The revision at which the first environment became the first. */
    long firstSince;
    /** When {@code keep} has to be checked next, meaningless without it. */
    Instant nextLook;
    /** The time of the last decision, or of the current one. */
    Instant now = Instant.EPOCH;

    final Map<String, ModelRelease> releases = new LinkedHashMap<>();
    private final Map<String, ModelEnvironment> environments = new HashMap<>();
    /** By number: unfinished deployments, and remembered ended ones. */
    final TreeMap<Long, ModelDeployment> unfinished = new TreeMap<>();

    final TreeMap<Long, ModelDeployment> ended = new TreeMap<>();
    private long lastNumber;

    private SentCommand sent;
    private int made;
    private List<ExpectedEvent> events = new ArrayList<>();
    /** The numbers of the deployments that they are about, 0 for none. */
    private List<Long> about = new ArrayList<>();

    ModelState(String name) {
        this.name = name;
    }

    ModelState copy() {
        ModelState copy = new ModelState(name);
        copy.revision = revision;
        copy.facts = facts;
        copy.archived = archived;
        copy.pipeline = pipeline;
        copy.firstSince = firstSince;
        copy.nextLook = nextLook;
        copy.now = now;
        copy.lastNumber = lastNumber;
        releases.forEach((id, release) -> copy.releases.put(id, release.copy()));
        environments.forEach((id, environment) -> copy.environments.put(id, environment.copy()));
        unfinished.forEach((number, deployment) -> copy.unfinished.put(number, deployment.copy()));
        copy.ended.putAll(ended);
        return copy;
    }

    /** Creation causes events, so only an unknown application is at revision 0. */
    boolean exists() {
        return revision > 0;
    }

    void begin(SentCommand sent) {
        this.sent = sent;
        now = sent.at() == null || sent.at().isBefore(now) ? now : sent.at();
        made = 0;
        events = new ArrayList<>();
        about = new ArrayList<>();
    }

    ModelEnvironment environment(String id) {
        return environments.computeIfAbsent(id, ModelEnvironment::new);
    }

    /** The release that the command names, null if it is not there. */
    ModelRelease release(JsonNode data) {
        return releases.get(data.path("release").textValue());
    }

    /** Since creation in the first environment. */
    boolean succeeded(ModelRelease release, String environment) {
        return pipeline.isFirst(environment) || release.places.containsKey(environment);
    }

    /** Where it is current, in pipeline order; the first environment has no current release. */
    List<String> currentIn(ModelRelease release) {
        return pipeline.ids().stream()
                .filter(id -> release.id.equals(environment(id).current()))
                .toList();
    }

    /** Unfinished deployments to an environment, in the order of their requests. */
    List<ModelDeployment> unfinishedTo(String environment) {
        return unfinished.values().stream()
                .filter(deployment -> deployment.environment.equals(environment))
                .toList();
    }

    List<ModelDeployment> waitingIn(String environment) {
        return unfinishedTo(environment).stream()
                .filter(ModelDeployment::isWaiting)
                .toList();
    }

    /** Null if there is none. */
    ModelDeployment inProgressIn(String environment) {
        return unfinishedTo(environment).stream()
                .filter(ModelDeployment::isInProgress)
                .findFirst()
                .orElse(null);
    }

    /** Unfinished or remembered; null if it is neither. */
    ModelDeployment deployment(String id) {
        for (Map<Long, ModelDeployment> all : List.of(unfinished, ended)) {
            for (ModelDeployment deployment : all.values()) {
                if (!deployment.forgotten
                        && EventLog.deploymentId(name, deployment.revision).equals(id)) {
                    return deployment;
                }
            }
        }
        return null;
    }

    long nextNumber() {
        return ++lastNumber;
    }

    DeploymentRequest asking() {
        return DeploymentRequest.by(sent.data(), sent.id(), label());
    }

    /** Nobody requests a restore (rule 23). */
    DeploymentRequest restoring(ModelDeployment failed) {
        return DeploymentRequest.withoutActor(failed.correlations, label());
    }

    private String label() {
        return sent.id() + "#" + made++;
    }

    ExpectedOutcome accepted() {
        return accepted(null);
    }

    /** @param deployment the one that was created, reported on or cancelled */
    ExpectedOutcome accepted(ModelDeployment deployment) {
        AffectedDeployment about = deployment == null
                ? null
                : new AffectedDeployment(
                        deployment.revision,
                        deployment.status,
                        deployment.isWaiting() ? deployment.blockedBy : List.of());
        return ExpectedOutcome.accepted(name, revision, finishedEvents(), about);
    }

    /** What superseded a deployment is known only once that has had its first event. */
    private List<ExpectedEvent> finishedEvents() {
        List<ExpectedEvent> finished = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            ExpectedEvent event = events.get(i);
            ModelDeployment deployment = find(about.get(i));
            boolean superseded = deployment != null
                    && deployment.supersededBy > 0
                    && event.deployment().status().equals("superseded");
            finished.add(
                    superseded
                            ? event.with(event.deployment().supersededBy(find(deployment.supersededBy).revision))
                            : event);
        }
        return finished;
    }

    /** Null for 0. */
    ModelDeployment find(long number) {
        return unfinished.getOrDefault(number, ended.get(number));
    }

    ExpectedOutcome refused(ExpectedRefusal code) {
        return refused(code, Details.NONE);
    }

    ExpectedOutcome refused(ExpectedRefusal code, Details details) {
        return ExpectedOutcome.refused(code, name, revision, details);
    }

    void emitRelease(EventKind fact, ModelRelease release) {
        emit(fact, name + "/" + release.id, release, null, null, null, null);
    }

    /** Emits the locking or unlocking caused by a deployment, which the event may name. */
    void emitLock(EventKind fact, ModelRelease release, ModelDeployment deployment) {
        emit(fact, name + "/" + release.id, release, null, null, null, null);
        Set<String> either = new HashSet<>(deployment.correlations);
        either.add(sent.id());
        events.add(events.remove(events.size() - 1).with(either));
    }

    void emitEnvironment(EventKind fact, StageView stop) {
        emit(fact, stop.id(), null, stop.id(), null, stop, null);
    }

    void emitApplication(EventKind fact) {
        emit(fact, name, null, null, null, null, facts);
    }

    /** Emits a removal without a deployment. */
    void emitRemoved(ModelRelease release, String environment) {
        emit(EventKind.SERVICE_REMOVED, name, release, environment, null, null, null);
    }

    /** Emits an event about a deployment, and gives the deployment its revision if it has none. */
    void emitAbout(EventKind fact, ModelDeployment deployment) {
        deployment.revision = deployment.revision == 0 ? revision + 1 : deployment.revision;
        ModelRelease release = releases.get(deployment.release);
        String subject = fact.ofService() ? name : EventLog.deploymentId(name, deployment.revision);
        emit(fact, subject, release, deployment.environment, deployment, null, null);
    }

    private void emit(
            EventKind fact,
            String subject,
            ModelRelease release,
            String environment,
            ModelDeployment deployment,
            StageView stop,
            Facts facts) {
        revision++;
        ExpectedDeployment view = deployment == null ? null : view(deployment);
        events.add(new ExpectedEvent(
                fact,
                subject,
                revision,
                release == null ? null : release.about(),
                environment,
                view == null ? null : view.previousRelease(),
                view,
                stop,
                facts,
                deployment == null ? Set.of(sent.id()) : deployment.correlations));
        about.add(deployment == null ? 0 : deployment.number);
    }

    ExpectedDeployment view(ModelDeployment deployment) {
        ModelDeployment restored = find(deployment.restoreOf);
        ModelDeployment superseding = find(deployment.supersededBy);
        return deployment.view(
                restored == null ? 0 : restored.revision, superseding == null ? 0 : superseding.revision);
    }
}
