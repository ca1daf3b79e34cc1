package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ApplicationView.Facts;
import dev.lockstep.model.Expected.Details;
import dev.lockstep.model.Expected.ExpectedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an application consists of, and the events of the command that is being judged. */
final class ModelState {

    final String name;
    long revision;
    Facts facts = Facts.NONE;
    boolean archived;
    ModelPipeline pipeline = ModelPipeline.NONE;
    /** The revision with which the first environment became the first. */
    long firstSince;

    final Map<String, ModelRelease> releases = new LinkedHashMap<>();
    private final Map<String, ModelEnvironment> environments = new HashMap<>();
    private List<ExpectedEvent> events = new ArrayList<>();

    ModelState(String name) {
        this.name = name;
    }

    /** Coming into being makes events, so only an unknown application is at revision 0. */
    boolean exists() {
        return revision > 0;
    }

    void beginCommand() {
        events = new ArrayList<>();
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

    Expected accepted() {
        return Expected.accepted(name, revision, events, 0);
    }

    /** With the deployment of which the last event told. */
    Expected deployed() {
        return Expected.accepted(name, revision, events, revision);
    }

    Expected refused(Code code) {
        return refused(code, Details.NONE);
    }

    Expected refused(Code code, Details details) {
        return Expected.refused(code, name, revision, details);
    }

    void emitRelease(Fact fact, ModelRelease release) {
        revision++;
        events.add(new ExpectedEvent(
                fact, name + "/" + release.id, revision, release.about(), null, null, null, null, null));
    }

    void emitEnvironment(Fact fact, StopView stop) {
        revision++;
        events.add(new ExpectedEvent(fact, stop.id(), revision, null, stop.id(), null, null, stop, null));
    }

    void emitApplication(Fact fact) {
        revision++;
        events.add(new ExpectedEvent(fact, name, revision, null, null, null, null, null, facts));
    }

    /** @param deployment whose revision must be the next; null for a removal */
    void emitService(Fact fact, ModelRelease release, String environment, ExpectedDeployment deployment) {
        revision++;
        String replaced = deployment == null ? null : deployment.previousRelease();
        events.add(new ExpectedEvent(
                fact, name, revision, release.about(), environment, replaced, deployment, null, null));
    }
}
