package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.ExpectedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The rules of contract section 5 for one application; each command's checks stand in the order of section 4. */
final class ModelApplication {

    private final String name;
    private long revision;
    private final ModelState state = new ModelState();
    private List<ExpectedEvent> events = new ArrayList<>();
    private Map<String, Stamped<ReleaseView>> releaseStatus = Map.of();
    private Map<String, Stamped<EnvironmentView>> environmentStatus = Map.of();

    ModelApplication(String name) {
        this.name = name;
    }

    /** Coming into being makes events, so only an unknown application is at revision 0. */
    boolean exists() {
        return revision > 0;
    }

    long revision() {
        return revision;
    }

    List<Stop> pipeline() {
        return state.pipeline;
    }

    Map<String, Stamped<ReleaseView>> releaseStatus() {
        return releaseStatus;
    }

    Map<String, Stamped<EnvironmentView>> environmentStatus() {
        return environmentStatus;
    }

    List<String> line(String environment) {
        return state.environment(environment).line();
    }

    Expected apply(Kind kind, JsonNode data) {
        events = new ArrayList<>();
        if (!exists() && kind != Kind.CREATE && kind != Kind.DEFINE) {
            return refused(Code.APPLICATION_NOT_FOUND);
        }
        if (data.has("expectedRevision") && data.get("expectedRevision").longValue() != revision) {
            return refused(Code.REVISION_CONFLICT);
        }
        return switch (kind) {
            case CREATE -> create(data);
            case UPDATE -> update(data);
            case DEPLOY -> deploy(data);
            case DELETE -> delete(data);
            case UNDEPLOY -> undeploy(data);
            case ROLLBACK -> rollback(data);
            case DEFINE -> define(data);
        };
    }

    private Expected create(JsonNode data) {
        String id = text(data, "release");
        if (state.releases.containsKey(id)) {
            return refused(Code.RELEASE_EXISTS);
        }
        if (!exists()) {
            announce(Stop.DEFAULT_PIPELINE);
        }
        state.releases.put(id, new ModelRelease(data, revision + 1));
        emitRelease(Fact.RELEASE_CREATED, id);
        return accepted();
    }

    private Expected update(JsonNode data) {
        ModelRelease release = state.releases.get(text(data, "release"));
        if (release == null) {
            return refused(Code.RELEASE_NOT_FOUND);
        }
        if (!release.locks.isEmpty()) {
            return locked(release);
        }
        if (release.change(data)) {
            emitRelease(Fact.RELEASE_UPDATED, release.id);
        }
        return accepted();
    }

    private Expected delete(JsonNode data) {
        ModelRelease release = state.releases.get(text(data, "release"));
        if (release == null) {
            return refused(Code.RELEASE_NOT_FOUND);
        }
        if (!release.locks.isEmpty()) {
            return locked(release);
        }
        emitRelease(Fact.RELEASE_DELETED, release.id);
        state.releases.remove(release.id);
        return accepted();
    }

    private Expected deploy(JsonNode data) {
        ModelRelease release = state.releases.get(text(data, "release"));
        if (release == null) {
            return refused(Code.RELEASE_NOT_FOUND);
        }
        if (!data.has("environment")) {
            return deployToNext(release);
        }
        String target = text(data, "environment");
        if (state.indexOf(target) < 0) {
            return refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        if (state.indexOf(target) == 0) {
            return refused(Code.FIRST_ENVIRONMENT);
        }
        if (release.id.equals(state.environment(target).current())) {
            return refused(Code.ALREADY_CURRENT);
        }
        if (!state.succeeded(release, state.before(target)) && !state.succeeded(release, target)) {
            return refused(Code.PROMOTION_ORDER).requiring(state.firstWithoutSuccess(release));
        }
        return bring(release, state.environment(target));
    }

    private Expected deployToNext(ModelRelease release) {
        int furthest = state.furthest(release);
        if (state.gaveUp(release, furthest)) {
            return refused(Code.ENVIRONMENT_REQUIRED);
        }
        if (furthest == state.pipeline.size() - 1) {
            return refused(Code.NOTHING_LEFT);
        }
        return bring(release, state.environment(state.pipeline.get(furthest + 1).id()));
    }

    private Expected undeploy(JsonNode data) {
        String target = text(data, "environment");
        if (state.indexOf(target) < 0) {
            return refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        if (state.indexOf(target) == 0) {
            return refused(Code.FIRST_ENVIRONMENT);
        }
        String current = state.environment(target).current();
        if (current == null) {
            return refused(Code.NOTHING_LEFT);
        }
        emit(Fact.SERVICE_REMOVED, name, current, target, null, null);
        state.environment(target).empty();
        return accepted();
    }

    private Expected rollback(JsonNode data) {
        ModelRelease named = state.releases.get(text(data, "release"));
        if (data.has("release") && named == null) {
            return refused(Code.RELEASE_NOT_FOUND);
        }
        String target = text(data, "environment");
        if (state.indexOf(target) < 0) {
            return refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        if (state.indexOf(target) == 0) {
            return refused(Code.FIRST_ENVIRONMENT);
        }
        ModelEnvironment environment = state.environment(target);
        if (named == null) {
            ModelRelease predecessor = state.releases.get(environment.rollbackTo());
            return predecessor == null ? refused(Code.NOTHING_LEFT) : bring(predecessor, environment);
        }
        if (named.id.equals(environment.current())) {
            return refused(Code.ALREADY_CURRENT);
        }
        if (!state.succeeded(named, target)) {
            return refused(Code.NOT_DEPLOYED_THERE);
        }
        return bring(named, environment);
    }

    private Expected define(JsonNode data) {
        List<Stop> wanted = new ArrayList<>();
        for (JsonNode stop : data.get("environments")) {
            wanted.add(new Stop(text(stop, "id"), text(stop, "tier")));
        }
        List<String> wantedIds = wanted.stream().map(Stop::id).toList();
        boolean dropsUsed = state.pipeline.stream()
                .anyMatch(stop -> !wantedIds.contains(stop.id())
                        && state.environment(stop.id()).current() != null);
        boolean changesFirst =
                !state.releases.isEmpty() && !state.pipeline.get(0).id().equals(wantedIds.get(0));
        if (dropsUsed || changesFirst) {
            return refused(Code.ENVIRONMENT_IN_USE);
        }
        announce(wanted);
        return accepted();
    }

    /** Rule 14: created, then modified, then deleted, each in pipeline order. */
    private void announce(List<Stop> wanted) {
        List<Stop> old = state.pipeline;
        List<String> oldIds = old.stream().map(Stop::id).toList();
        List<String> newIds = wanted.stream().map(Stop::id).toList();
        state.pipeline = List.copyOf(wanted);
        newIds.stream().filter(id -> !oldIds.contains(id)).forEach(id -> emitEnvironment(Fact.ENVIRONMENT_CREATED, id));
        for (int i = 0; i < wanted.size(); i++) {
            int before = oldIds.indexOf(newIds.get(i));
            boolean moved = before >= 0 && before != i;
            boolean retiered = before >= 0
                    && !Objects.equals(old.get(before).tier(), wanted.get(i).tier());
            if (moved || retiered) {
                emitEnvironment(Fact.ENVIRONMENT_MODIFIED, newIds.get(i));
            }
        }
        oldIds.stream().filter(id -> !newIds.contains(id)).forEach(id -> emitEnvironment(Fact.ENVIRONMENT_DELETED, id));
    }

    private Expected bring(ModelRelease release, ModelEnvironment target) {
        String replaced = target.current();
        String action = target.actionFor(release.id);
        boolean wasDeletable = release.locks.isEmpty();
        release.locks.add(target.id);
        if (wasDeletable) {
            emitRelease(Fact.RELEASE_LOCKED, release.id);
        }
        Fact whenReplacing = action.equals("rollback") ? Fact.SERVICE_ROLLEDBACK : Fact.SERVICE_UPGRADED;
        Fact fact = replaced == null ? Fact.SERVICE_DEPLOYED : whenReplacing;
        emit(fact, name, release.id, target.id, replaced, action);
        release.successes.putIfAbsent(target.id, state.before(target.id));
        target.succeed(release.id);
        publish(Set.of(release.id), Set.of(target.id), revision);
        return Expected.accepted(name, revision, events, true);
    }

    private Expected accepted() {
        if (!events.isEmpty()) {
            publish(Set.of(), Set.of(), events.get(0).revision());
        }
        return Expected.accepted(name, revision, events, false);
    }

    private Expected refused(Code code) {
        return Expected.refused(code, name, revision);
    }

    private Expected locked(ModelRelease release) {
        return refused(Code.RELEASE_LOCKED).lockedBy(List.copyOf(release.locks));
    }

    private void emitRelease(Fact fact, String release) {
        emit(fact, name + "/" + release, release, null, null, null);
    }

    private void emitEnvironment(Fact fact, String environment) {
        emit(fact, environment, null, environment, null, null);
    }

    private void emit(Fact fact, String subject, String release, String environment, String replaced, String action) {
        revision++;
        long createdRevision = release == null ? 0 : state.releases.get(release).createdRevision;
        events.add(new ExpectedEvent(fact, subject, revision, release, environment, replaced, action, createdRevision));
    }

    private void publish(Set<String> touchedReleases, Set<String> touchedEnvironments, long from) {
        releaseStatus = Stamped.restamp(releaseStatus, state.releaseViews(), touchedReleases, from, revision);
        environmentStatus =
                Stamped.restamp(environmentStatus, state.environmentViews(), touchedEnvironments, from, revision);
    }

    private static String text(JsonNode data, String field) {
        return data.path(field).textValue();
    }
}
