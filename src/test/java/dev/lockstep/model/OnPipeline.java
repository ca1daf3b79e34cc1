package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.Details;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Rule 8. */
record OnPipeline(ModelState state, Publication published) {

    Expected define(JsonNode data) {
        Definition definition = new Definition(state.pipeline, data.get("environments"));
        if (!definition.fits()) {
            return state.refused(Code.PIPELINE_INVALID);
        }
        ModelPipeline wanted = definition.wanted();
        boolean dropsUsed = state.pipeline.ids().stream().anyMatch(id -> !wanted.has(id) && isInUse(id));
        boolean changesFirst =
                state.exists() && !state.pipeline.isFirst(wanted.ids().get(0));
        boolean anyLocked = state.releases.values().stream().anyMatch(ModelRelease::isLocked);
        if (dropsUsed || changesFirst && anyLocked) {
            return state.refused(Code.ENVIRONMENT_IN_USE);
        }
        List<String> changed = announce(wanted);
        state.firstSince = changesFirst ? state.revision : state.firstSince;
        keep(Keep.of(data, state.facts.keep()));
        changed.forEach(id -> new Waiting(state, id).lookAgain(Waiting.Cause.POLICY_OR_TIMER));
        return state.accepted();
    }

    /** A change is looked at soon (rule 29). */
    private void keep(Keep wanted) {
        if (!Objects.equals(wanted, state.facts.keep())) {
            state.facts = state.facts.with(wanted);
            state.nextLook = state.now;
            state.emitApplication(Fact.APPLICATION_UPDATED);
        }
    }

    private boolean isInUse(String environment) {
        return state.environment(environment).current() != null
                || !state.onTheirWayTo(environment).isEmpty();
    }

    /** One environment alone; {@code after} names what stands before it. */
    Expected configure(JsonNode data) {
        String id = data.get("environment").textValue();
        if (!state.pipeline.has(id)) {
            return state.refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        List<Stop> stops = new ArrayList<>(state.pipeline.stops());
        int place = state.pipeline.indexOf(id);
        List<String> earlier = state.pipeline.ids().subList(0, place);
        Stop wanted = stops.get(place).with(data);
        if (place == 0 && (data.hasNonNull("after") || data.hasNonNull("policy"))) {
            return state.refused(Code.INVALID_COMMAND);
        }
        if (data.path("after").isArray() && !earlier.containsAll(wanted.after())) {
            return state.refused(Code.PIPELINE_INVALID);
        }
        stops.set(place, wanted);
        List<String> changed = announce(new ModelPipeline(stops));
        changed.forEach(one -> new Waiting(state, one).lookAgain(Waiting.Cause.POLICY_OR_TIMER));
        return state.accepted();
    }

    /** Rule 14: created, then modified, then deleted, each in pipeline order. @return those that were modified */
    List<String> announce(ModelPipeline wanted) {
        ModelPipeline old = state.pipeline;
        state.pipeline = wanted;
        List<String> changed = new ArrayList<>();
        wanted.ids().stream()
                .filter(id -> !old.has(id))
                .forEach(id -> state.emitEnvironment(Fact.ENVIRONMENT_CREATED, wanted.view(id)));
        wanted.ids().stream()
                .filter(id -> old.has(id) && isModified(id, old, wanted))
                .forEach(changed::add);
        changed.forEach(id -> state.emitEnvironment(Fact.ENVIRONMENT_MODIFIED, wanted.view(id)));
        old.ids().stream()
                .filter(id -> !wanted.has(id))
                .forEach(id -> state.emitEnvironment(
                        Fact.ENVIRONMENT_DELETED, old.view(id).gone()));
        return changed;
    }

    /** Naming what it comes after anyway is a change, too. */
    private static boolean isModified(String id, ModelPipeline old, ModelPipeline wanted) {
        boolean named = old.stop(id).after() != null;
        boolean nowNamed = wanted.stop(id).after() != null;
        return named != nowNamed || !old.view(id).equals(wanted.view(id));
    }
}
