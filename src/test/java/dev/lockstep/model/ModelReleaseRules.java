package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedOutcome.Details;

/** The commands that change a release, but do not move it: rules 1, 4, 5, 12, 16 and 17. */
record ModelReleaseRules(ModelState state, ExpectedStatuses published) {

    private static final int LABELS = 20;

    ExpectedOutcome create(JsonNode data) {
        String id = data.get("release").textValue();
        if (state.releases.containsKey(id)) {
            return state.refused(ExpectedRefusal.RELEASE_EXISTS);
        }
        if (!state.exists()) {
            new ModelPipelineRules(state, published).announce(ModelPipeline.DEFAULT);
        }
        ModelRelease release = new ModelRelease(data, state.revision + 1, state.now);
        state.releases.put(id, release);
        state.emitRelease(EventKind.RELEASE_CREATED, release);
        return state.accepted();
    }

    ExpectedOutcome update(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(ExpectedRefusal.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.archived) {
            return state.refused(ExpectedRefusal.RELEASE_ARCHIVED);
        }
        if (release.isLocked()) {
            return state.refused(ExpectedRefusal.RELEASE_LOCKED, Details.locks(release.locks()));
        }
        if (release.change(data)) {
            state.emitRelease(EventKind.RELEASE_UPDATED, release);
        }
        return state.accepted();
    }

    /** Too many labels can only be detected if everything else is in order. */
    ExpectedOutcome annotate(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(ExpectedRefusal.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.archived) {
            return state.refused(ExpectedRefusal.RELEASE_ARCHIVED);
        }
        if (release.labelsWith(data).size() > LABELS) {
            return state.refused(ExpectedRefusal.INVALID_COMMAND);
        }
        if (release.annotate(data)) {
            state.emitRelease(EventKind.RELEASE_ANNOTATED, release);
        }
        return state.accepted();
    }

    ExpectedOutcome delete(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(ExpectedRefusal.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.isLocked()) {
            return state.refused(ExpectedRefusal.RELEASE_LOCKED, Details.locks(release.locks()));
        }
        state.emitRelease(EventKind.RELEASE_DELETED, release);
        state.releases.remove(release.id);
        return state.accepted();
    }

    ExpectedOutcome archive(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(ExpectedRefusal.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        boolean onItsWay =
                state.unfinished.values().stream().anyMatch(deployment -> deployment.release.equals(release.id));
        if (onItsWay || !state.currentIn(release).isEmpty()) {
            return state.refused(ExpectedRefusal.RELEASE_IN_USE, Details.current(state.currentIn(release), null));
        }
        if (!release.archived) {
            release.archived = true;
            state.emitRelease(EventKind.RELEASE_ARCHIVED, release);
        }
        return state.accepted();
    }

    ExpectedOutcome unarchive(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(ExpectedRefusal.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.archived) {
            release.archived = false;
            release.lastUsedAt = state.now;
            state.emitRelease(EventKind.RELEASE_UNARCHIVED, release);
        }
        return state.accepted();
    }
}
