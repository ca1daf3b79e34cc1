package dev.lockstep.model;

import dev.lockstep.model.ReleaseView.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an application consists of, and the questions that the rules ask of it. */
final class ModelState {

    List<Stop> pipeline = List.of();
    final Map<String, ModelRelease> releases = new LinkedHashMap<>();
    private final Map<String, ModelEnvironment> environments = new HashMap<>();

    Map<String, ReleaseView> releaseViews() {
        Map<String, ReleaseView> views = new LinkedHashMap<>();
        releases.values().forEach(release -> views.put(release.id, view(release)));
        return views;
    }

    Map<String, EnvironmentView> environmentViews() {
        Map<String, EnvironmentView> views = new LinkedHashMap<>();
        pipeline.forEach(stop -> views.put(stop.id(), view(stop)));
        return views;
    }

    private ReleaseView view(ModelRelease release) {
        List<Placement> placements = new ArrayList<>();
        for (Stop stop : pipeline) {
            String status = placementStatus(release, stop.id());
            placements.add(new Placement(stop.id(), status, release.successes.get(stop.id())));
        }
        int furthest = furthest(release);
        boolean nowhere = gaveUp(release, furthest) || furthest == pipeline.size() - 1;
        return new ReleaseView(
                release.id,
                release.title,
                release.description,
                release.artifactId,
                release.source,
                release.createdBy,
                release.createdRevision,
                List.copyOf(release.locks),
                placements,
                nowhere ? null : pipeline.get(furthest + 1).id());
    }

    private String placementStatus(ModelRelease release, String environment) {
        if (indexOf(environment) == 0) {
            return "present";
        }
        if (release.id.equals(environment(environment).current())) {
            return "current";
        }
        return succeeded(release, environment) ? "past" : "none";
    }

    private EnvironmentView view(Stop stop) {
        ModelEnvironment environment = environment(stop.id());
        return new EnvironmentView(
                stop.id(),
                stop.tier(),
                indexOf(stop.id()),
                environment.current(),
                environment.previous(),
                environment.rollbackTo(),
                environment.lastRelease,
                environment.lastAction);
    }

    boolean succeeded(ModelRelease release, String environment) {
        return indexOf(environment) == 0 || release.successes.containsKey(environment);
    }

    /** The index of the furthest environment of today's pipeline in which the release succeeded (rule 2). */
    int furthest(ModelRelease release) {
        int furthest = 0;
        for (int i = 0; i < pipeline.size(); i++) {
            furthest = succeeded(release, pipeline.get(i).id()) ? i : furthest;
        }
        return furthest;
    }

    boolean gaveUp(ModelRelease release, int furthest) {
        String there = environment(pipeline.get(furthest).id()).current();
        return furthest > 0 && !release.id.equals(there);
    }

    String firstWithoutSuccess(ModelRelease release) {
        return pipeline.stream()
                .map(Stop::id)
                .filter(id -> !succeeded(release, id))
                .findFirst()
                .orElseThrow();
    }

    int indexOf(String environment) {
        for (int i = 0; i < pipeline.size(); i++) {
            if (pipeline.get(i).id().equals(environment)) {
                return i;
            }
        }
        return -1;
    }

    String before(String environment) {
        return pipeline.get(indexOf(environment) - 1).id();
    }

    ModelEnvironment environment(String id) {
        return environments.computeIfAbsent(id, ModelEnvironment::new);
    }
}
