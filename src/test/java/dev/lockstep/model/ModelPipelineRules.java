package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedOutcome.Details;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Rule 8. */
record ModelPipelineRules(ModelState state, ExpectedStatuses published) {

    ExpectedOutcome define(JsonNode data) {
        PipelineDefinition definition = new PipelineDefinition(state.pipeline, data.get("environments"));
        if (!definition.fits()) {
            return state.refused(ExpectedRefusal.PIPELINE_INVALID);
        }
        ModelPipeline wanted = definition.wanted();
        boolean dropsUsed = state.pipeline.ids().stream().anyMatch(id -> !wanted.has(id) && isInUse(id));
        boolean changesFirst =
                state.exists() && !state.pipeline.isFirst(wanted.ids().get(0));
        boolean anyLocked = state.releases.values().stream().anyMatch(ModelRelease::isLocked);
        if (dropsUsed || changesFirst && anyLocked) {
            return state.refused(ExpectedRefusal.ENVIRONMENT_IN_USE);
        }
        List<String> changed = announce(wanted);
        state.firstSince = changesFirst ? state.revision : state.firstSince;
        keep(ModelKeepPolicy.of(data, state.facts.keep()));
        ModelQueue.reevaluateAll(state, changed);
        return state.accepted();
    }

    /** A change is checked soon (rule 29). */
    private void keep(ModelKeepPolicy wanted) {
        if (!Objects.equals(wanted, state.facts.keep())) {
            state.facts = state.facts.with(wanted);
            state.nextLook = state.now;
            state.emitApplication(EventKind.APPLICATION_UPDATED);
        }
    }

    private boolean isInUse(String environment) {
        return state.environment(environment).current() != null
                || !state.unfinishedTo(environment).isEmpty();
    }

    /** A single environment; {@code after} names those that come before it. */
    ExpectedOutcome configure(JsonNode data) {
        String id = data.get("environment").textValue();
        if (!state.pipeline.has(id)) {
            return state.refused(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        List<ModelStage> stops = new ArrayList<>(state.pipeline.stops());
        int place = state.pipeline.indexOf(id);
        List<String> earlier = state.pipeline.ids().subList(0, place);
        ModelStage wanted = stops.get(place).with(data);
        if (place == 0 && (data.hasNonNull("after") || data.hasNonNull("policy"))) {
            return state.refused(ExpectedRefusal.INVALID_COMMAND);
        }
        if (data.path("after").isArray() && !earlier.containsAll(wanted.after())) {
            return state.refused(ExpectedRefusal.PIPELINE_INVALID);
        }
        stops.set(place, wanted);
        List<String> changed = announce(new ModelPipeline(stops));
        ModelQueue.reevaluateAll(state, changed);
        return state.accepted();
    }

    /** Rule 14: created, then modified, then deleted, each in pipeline order. @return those that were modified */
    List<String> announce(ModelPipeline wanted) {
        ModelPipeline old = state.pipeline;
        state.pipeline = wanted;
        List<String> changed = new ArrayList<>();
        wanted.ids().stream()
                .filter(id -> !old.has(id))
                .forEach(id -> state.emitEnvironment(EventKind.ENVIRONMENT_CREATED, wanted.view(id)));
        wanted.ids().stream()
                .filter(id -> old.has(id) && isModified(id, old, wanted))
                .forEach(changed::add);
        changed.forEach(id -> state.emitEnvironment(EventKind.ENVIRONMENT_MODIFIED, wanted.view(id)));
        old.ids().stream()
                .filter(id -> !wanted.has(id))
                .forEach(id -> state.emitEnvironment(
                        EventKind.ENVIRONMENT_DELETED, old.view(id).asDeleted()));
        return changed;
    }

    /** Naming what it comes after anyway is also a change. */
    private static boolean isModified(String id, ModelPipeline old, ModelPipeline wanted) {
        boolean named = old.stop(id).after() != null;
        boolean nowNamed = wanted.stop(id).after() != null;
        return named != nowNamed || !old.view(id).equals(wanted.view(id));
    }
}
