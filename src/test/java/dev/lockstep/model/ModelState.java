package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ApplicationView.Facts;
import dev.lockstep.model.Expected.Details;
import dev.lockstep.model.Expected.ExpectedEvent;
import dev.lockstep.model.Expected.Made;
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
    /** The revision with which the first environment became the first. */
    long firstSince;
    /** When {@code keep} is to be looked at, meaningless without it. */
    Instant nextLook;
    /** The time of the last decision, and of the one at hand. */
    Instant now = Instant.EPOCH;

    final Map<String, ModelRelease> releases = new LinkedHashMap<>();
    private final Map<String, ModelEnvironment> environments = new HashMap<>();
    /** By number: those on their way, and those that are remembered as they ended. */
    final TreeMap<Long, ModelDeployment> onTheirWay = new TreeMap<>();

    final TreeMap<Long, ModelDeployment> ended = new TreeMap<>();
    private long numbers;

    private Sent sent;
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
        copy.numbers = numbers;
        releases.forEach((id, release) -> copy.releases.put(id, release.copy()));
        environments.forEach((id, environment) -> copy.environments.put(id, environment.copy()));
        onTheirWay.forEach((number, deployment) -> copy.onTheirWay.put(number, deployment.copy()));
        copy.ended.putAll(ended);
        return copy;
    }

    /** Coming into being makes events, so only an unknown application is at revision 0. */
    boolean exists() {
        return revision > 0;
    }

    void begin(Sent sent) {
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

    /** Where it runs, in the pipeline's order; the first environment has no current release. */
    List<String> currentIn(ModelRelease release) {
        return pipeline.ids().stream()
                .filter(id -> release.id.equals(environment(id).current()))
                .toList();
    }

    /** Those on their way into an environment, in the order of asking. */
    List<ModelDeployment> onTheirWayTo(String environment) {
        return onTheirWay.values().stream()
                .filter(deployment -> deployment.environment.equals(environment))
                .toList();
    }

    List<ModelDeployment> waitingIn(String environment) {
        return onTheirWayTo(environment).stream()
                .filter(ModelDeployment::isWaiting)
                .toList();
    }

    /** Null if there is none. */
    ModelDeployment inProgressIn(String environment) {
        return onTheirWayTo(environment).stream()
                .filter(ModelDeployment::isInProgress)
                .findFirst()
                .orElse(null);
    }

    /** On its way or remembered; null if it is neither. */
    ModelDeployment deployment(String id) {
        for (Map<Long, ModelDeployment> all : List.of(onTheirWay, ended)) {
            for (ModelDeployment deployment : all.values()) {
                if (!deployment.forgotten
                        && Chronicle.deploymentId(name, deployment.revision).equals(id)) {
                    return deployment;
                }
            }
        }
        return null;
    }

    long nextNumber() {
        return ++numbers;
    }

    Asking asking() {
        return Asking.by(sent.data(), sent.id(), label());
    }

    /** Nobody asks for what restores (rule 23). */
    Asking restoring(ModelDeployment failed) {
        return Asking.byNobody(failed.correlations, label());
    }

    private String label() {
        return sent.id() + "#" + made++;
    }

    Expected accepted() {
        return accepted(null);
    }

    /** @param deployment which was made, reported on or cancelled */
    Expected accepted(ModelDeployment deployment) {
        Made about = deployment == null
                ? null
                : new Made(
                        deployment.revision,
                        deployment.status,
                        deployment.isWaiting() ? deployment.blockedBy : List.of());
        return Expected.accepted(name, revision, finishedEvents(), about);
    }

    /** By whom something was superseded is known only when that has had its first event. */
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
        return onTheirWay.getOrDefault(number, ended.get(number));
    }

    Expected refused(Code code) {
        return refused(code, Details.NONE);
    }

    Expected refused(Code code, Details details) {
        return Expected.refused(code, name, revision, details);
    }

    void emitRelease(Fact fact, ModelRelease release) {
        emit(fact, name + "/" + release.id, release, null, null, null, null);
    }

    /** A lock that comes or goes with a deployment, which the event may name. */
    void emitLock(Fact fact, ModelRelease release, ModelDeployment deployment) {
        emit(fact, name + "/" + release.id, release, null, null, null, null);
        Set<String> either = new HashSet<>(deployment.correlations);
        either.add(sent.id());
        events.add(events.remove(events.size() - 1).with(either));
    }

    void emitEnvironment(Fact fact, StopView stop) {
        emit(fact, stop.id(), null, stop.id(), null, stop, null);
    }

    void emitApplication(Fact fact) {
        emit(fact, name, null, null, null, null, facts);
    }

    /** A removal without a deployment. */
    void emitRemoved(ModelRelease release, String environment) {
        emit(Fact.SERVICE_REMOVED, name, release, environment, null, null, null);
    }

    /** Whatever is about a deployment; gives it its revision if it has none. */
    void emitAbout(Fact fact, ModelDeployment deployment) {
        deployment.revision = deployment.revision == 0 ? revision + 1 : deployment.revision;
        ModelRelease release = releases.get(deployment.release);
        String subject = fact.ofService() ? name : Chronicle.deploymentId(name, deployment.revision);
        emit(fact, subject, release, deployment.environment, deployment, null, null);
    }

    private void emit(
            Fact fact,
            String subject,
            ModelRelease release,
            String environment,
            ModelDeployment deployment,
            StopView stop,
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
