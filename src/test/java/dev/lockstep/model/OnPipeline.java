package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;

/** Rule 8. */
record OnPipeline(ModelState state) {

    Expected define(JsonNode data) {
        Definition definition = new Definition(state.pipeline, data.get("environments"));
        if (!definition.fits()) {
            return state.refused(Code.PIPELINE_INVALID);
        }
        ModelPipeline wanted = definition.wanted();
        boolean dropsUsed = state.pipeline.ids().stream()
                .anyMatch(id -> !wanted.has(id) && state.environment(id).current() != null);
        boolean changesFirst =
                state.exists() && !state.pipeline.isFirst(wanted.ids().get(0));
        boolean anyLocked = state.releases.values().stream().anyMatch(ModelRelease::isLocked);
        if (dropsUsed || changesFirst && anyLocked) {
            return state.refused(Code.ENVIRONMENT_IN_USE);
        }
        announce(wanted);
        state.firstSince = changesFirst ? state.revision : state.firstSince;
        return state.accepted();
    }

    /** Rule 14: created, then modified, then deleted, each in pipeline order. */
    void announce(ModelPipeline wanted) {
        ModelPipeline old = state.pipeline;
        state.pipeline = wanted;
        wanted.ids().stream()
                .filter(id -> !old.has(id))
                .forEach(id -> state.emitEnvironment(Fact.ENVIRONMENT_CREATED, wanted.view(id)));
        wanted.ids().stream()
                .filter(id -> old.has(id) && isModified(id, old, wanted))
                .forEach(id -> state.emitEnvironment(Fact.ENVIRONMENT_MODIFIED, wanted.view(id)));
        old.ids().stream()
                .filter(id -> !wanted.has(id))
                .forEach(id -> state.emitEnvironment(
                        Fact.ENVIRONMENT_DELETED, old.view(id).gone()));
    }

    /** Naming what it comes after anyway is a change, too. */
    private static boolean isModified(String id, ModelPipeline old, ModelPipeline wanted) {
        boolean named = old.stop(id).after() != null;
        boolean nowNamed = wanted.stop(id).after() != null;
        return named != nowNamed || !old.view(id).equals(wanted.view(id));
    }
}
