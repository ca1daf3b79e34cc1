package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedEnvironment.CurrentDeployment;
import dev.lockstep.model.ExpectedEnvironment.WaitingDeployment;
import dev.lockstep.model.ExpectedOutcome.ExpectedEvent;
import dev.lockstep.model.ExpectedRelease.Placement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** The status records of an application after each of its commands, tombstones too. */
final class ExpectedStatuses {

    private ModelState state;
    private ModelPipeline pipeline = ModelPipeline.NONE;
    Stamped<ExpectedApplication> application;
    Map<String, Stamped<ExpectedRelease>> releases = Map.of();
    Map<String, Stamped<ExpectedEnvironment>> environments = Map.of();
    /** For what was published and no longer is: the reasons that its tombstone may have. */
    final Map<String, Set<String>> goneReleases = new HashMap<>();

    final Map<String, Set<String>> goneEnvironments = new HashMap<>();

    /** By release: the revision of its tombstone. */
    private final Map<String, Long> goneRevisions = new HashMap<>();

    /** The revision of a status record for which another was expected, null if all are as expected (section 4). */
    Long conflict(JsonNode data) {
        String release = data.path("release").textValue();
        Long ofRelease = releases.containsKey(release)
                ? Long.valueOf(releases.get(release).revision())
                : goneRevisions.get(release);
        if (isOther(data.path("expectedReleaseRevision"), ofRelease)) {
            return ofRelease;
        }
        Stamped<ExpectedEnvironment> there =
                environments.get(data.path("environment").textValue());
        Long ofEnvironment = there == null ? null : Long.valueOf(there.revision());
        return isOther(data.path("expectedEnvironmentRevision"), ofEnvironment) ? ofEnvironment : null;
    }

    private static boolean isOther(JsonNode expected, Long revision) {
        return expected.isNumber() && revision != null && expected.longValue() != revision;
    }

    /**
     * A new order changes the status of every release (section 6), even of one that it does not affect; and what an
     * event is about has changed, even if an environment only names what it came after anyway.
     */
    void update(List<ExpectedEvent> events, ModelState after) {
        state = after;
        Map<String, Stamped<ExpectedRelease>> releasesBefore = releases;
        Map<String, Stamped<ExpectedEnvironment>> environmentsBefore = environments;
        Map<String, ExpectedRelease> releasesNow = releaseViews(events);
        Set<String> touched =
                new HashSet<>(state.pipeline.isOrderedOtherwiseThan(pipeline) ? releasesNow.keySet() : Set.of());
        events.stream().filter(event -> event.deployment() != null).forEach(event -> touched.add(event.release()));
        releases = Stamped.restamp(releases, releasesNow, touched, state.revision);
        Set<String> modified = new HashSet<>();
        events.stream()
                .filter(event -> event.fact().ofEnvironment())
                .forEach(event -> modified.add(event.environment()));
        environments = Stamped.restamp(environments, environmentViews(), modified, state.revision);
        application = Stamped.of(
                modified.isEmpty() ? application : null,
                new ExpectedApplication(state.facts, state.archived, state.pipeline.views()),
                state.revision);
        pipeline = state.pipeline;
        recordTombstones(
                releasesBefore.keySet(),
                releases.keySet(),
                goneReleases,
                id -> state.releases.containsKey(id) ? "archived" : "deleted");
        recordTombstones(
                environmentsBefore.keySet(),
                environments.keySet(),
                goneEnvironments,
                id -> state.archived ? "archived" : "dropped");
        releasesBefore.forEach((id, before) -> {
            if (!releases.containsKey(id)) {
                goneRevisions.put(id, state.revision);
            }
        });
        // Whether the deletion of an archived release leads to another tombstone is left open.
        goneReleases.replaceAll((id, reasons) -> state.releases.containsKey(id) || reasons.contains("deleted")
                ? reasons
                : Set.of("archived", "deleted"));
    }

    private static void recordTombstones(
            Set<String> before, Set<String> now, Map<String, Set<String>> gone, UnaryOperator<String> reason) {
        before.stream().filter(id -> !now.contains(id)).forEach(id -> gone.put(id, Set.of(reason.apply(id))));
        gone.keySet().removeAll(now);
    }

    /** A view depends on the release, the pipeline, and what happens to the release there: otherwise it stays as it was. */
    private Map<String, ExpectedRelease> releaseViews(List<ExpectedEvent> events) {
        boolean ofOneRelease = events.stream().allMatch(event -> event.fact().ofRelease());
        Set<String> touched = new HashSet<>();
        events.forEach(event -> touched.add(event.release()));
        Map<String, ExpectedRelease> views = new LinkedHashMap<>();
        if (state.archived) {
            return views;
        }
        for (ModelRelease release : state.releases.values()) {
            Stamped<ExpectedRelease> before = releases.get(release.id);
            boolean same = before != null && ofOneRelease && !touched.contains(release.id);
            if (!release.archived) {
                views.put(release.id, same ? before.value() : view(release));
            }
        }
        return views;
    }

    private Map<String, ExpectedEnvironment> environmentViews() {
        Map<String, ExpectedEnvironment> views = new LinkedHashMap<>();
        if (!state.archived) {
            state.pipeline.ids().forEach(id -> views.put(id, view(id)));
        }
        return views;
    }

    private ExpectedRelease view(ModelRelease release) {
        List<String> ways = new ModelPromotion(state, release).nextEnvironments();
        return new ExpectedRelease(
                release.id,
                release.title,
                release.description,
                release.artifactId,
                release.source,
                release.notes,
                release.labels,
                release.createdBy,
                release.createdRevision,
                release.locks(),
                state.pipeline.ids().stream().map(id -> placement(release, id)).toList(),
                ways.size() == 1 ? ways.get(0) : null,
                new TreeSet<>(ways));
    }

    private Placement placement(ModelRelease release, String environment) {
        if (state.pipeline.isFirst(environment)) {
            SortedSet<Long> since = new TreeSet<>(Set.of(release.createdRevision));
            since.add(Math.max(release.createdRevision, state.firstSince));
            return new Placement(environment, "present", null, since, release.createdRevision, 0, null);
        }
        ModelRelease.EnvironmentHistory place = release.places.get(environment);
        ExpectedDeployment active = active(release, environment);
        if (place == null) {
            return new Placement(environment, "none", active, new TreeSet<>(), 0, 0, null);
        }
        boolean current = release.id.equals(state.environment(environment).current());
        return new Placement(
                environment,
                current ? "current" : "past",
                active,
                new TreeSet<>(Set.of(place.since)),
                place.firstSuccess,
                place.deployment,
                place.link);
    }

    /** A deployment in progress takes precedence over waiting ones. */
    private ExpectedDeployment active(ModelRelease release, String environment) {
        return state.unfinishedTo(environment).stream()
                .filter(deployment -> deployment.release.equals(release.id))
                .min(Comparator.comparing(ModelDeployment::isWaiting).thenComparing(deployment -> deployment.number))
                .map(deployment -> state.view(deployment).brief())
                .orElse(null);
    }

    private ExpectedEnvironment view(String id) {
        ModelEnvironment environment = state.environment(id);
        ModelDeployment inProgress = state.inProgressIn(id);
        CurrentDeployment running = environment.current() == null
                ? null
                : new CurrentDeployment(
                        environment.current(),
                        environment.currentDeployment,
                        environment.since,
                        environment.currentActor);
        String back = environment.beforeCurrent();
        ModelRelease before = state.releases.get(back);
        return new ExpectedEnvironment(
                state.pipeline.view(id),
                running,
                environment.previous(),
                before == null || before.archived ? null : before.id,
                environment.last,
                inProgress == null ? null : state.view(inProgress),
                waiting(id));
    }

    private List<WaitingDeployment> waiting(String environment) {
        List<ModelDeployment> line = new ModelLifecycle(state, environment).line();
        return state.waitingIn(environment).stream()
                .map(deployment -> new WaitingDeployment(state.view(deployment), line.indexOf(deployment) + 1))
                .toList();
    }
}
