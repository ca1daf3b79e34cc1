package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.Details;

/** The commands that change a release, but do not move it: rules 1, 4, 5, 12, 16 and 17. */
record OnReleases(ModelState state, Publication published) {

    private static final int LABELS = 20;

    Expected create(JsonNode data) {
        String id = data.get("release").textValue();
        if (state.releases.containsKey(id)) {
            return state.refused(Code.RELEASE_EXISTS);
        }
        if (!state.exists()) {
            new OnPipeline(state, published).announce(ModelPipeline.DEFAULT);
        }
        ModelRelease release = new ModelRelease(data, state.revision + 1, state.now);
        state.releases.put(id, release);
        state.emitRelease(Fact.RELEASE_CREATED, release);
        return state.accepted();
    }

    Expected update(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(Code.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.archived) {
            return state.refused(Code.RELEASE_ARCHIVED);
        }
        if (release.isLocked()) {
            return state.refused(Code.RELEASE_LOCKED, Details.locks(release.locks()));
        }
        if (release.change(data)) {
            state.emitRelease(Fact.RELEASE_UPDATED, release);
        }
        return state.accepted();
    }

    /** Too many labels can only be told when all else is in order. */
    Expected annotate(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(Code.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.archived) {
            return state.refused(Code.RELEASE_ARCHIVED);
        }
        if (release.labelsWith(data).size() > LABELS) {
            return state.refused(Code.INVALID_COMMAND);
        }
        if (release.annotate(data)) {
            state.emitRelease(Fact.RELEASE_ANNOTATED, release);
        }
        return state.accepted();
    }

    Expected delete(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(Code.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.isLocked()) {
            return state.refused(Code.RELEASE_LOCKED, Details.locks(release.locks()));
        }
        state.emitRelease(Fact.RELEASE_DELETED, release);
        state.releases.remove(release.id);
        return state.accepted();
    }

    Expected archive(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(Code.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        boolean onItsWay =
                state.onTheirWay.values().stream().anyMatch(deployment -> deployment.release.equals(release.id));
        if (onItsWay || !state.currentIn(release).isEmpty()) {
            return state.refused(Code.RELEASE_IN_USE, Details.current(state.currentIn(release), null));
        }
        if (!release.archived) {
            release.archived = true;
            state.emitRelease(Fact.RELEASE_ARCHIVED, release);
        }
        return state.accepted();
    }

    Expected unarchive(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(Code.RELEASE_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (release.archived) {
            release.archived = false;
            release.lastOfUse = state.now;
            state.emitRelease(Fact.RELEASE_UNARCHIVED, release);
        }
        return state.accepted();
    }
}
