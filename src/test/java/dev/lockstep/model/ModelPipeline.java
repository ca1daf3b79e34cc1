package dev.lockstep.model;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An application's environments in order, and which come before and after which. */
final class ModelPipeline {

    static final ModelPipeline NONE = new ModelPipeline(List.of());
    /** Rule 1. */
    static final ModelPipeline DEFAULT = new ModelPipeline(ModelStage.tiers("development", "staging", "production"));

    private final List<ModelStage> stops;
    private final List<String> ids;
    private final Map<String, List<String>> after = new HashMap<>();
    private final Map<String, Set<String>> behind = new HashMap<>();

    ModelPipeline(List<ModelStage> stops) {
        this.stops = List.copyOf(stops);
        this.ids = stops.stream().map(ModelStage::id).toList();
        ids.forEach(id -> after.put(id, computeUpstream(id)));
        ids.forEach(id -> behind.put(id, behindOf(id)));
    }

    private List<String> computeUpstream(String environment) {
        int place = indexOf(environment);
        List<String> named = stops.get(place).after();
        if (named != null) {
            return ids.stream().filter(named::contains).toList();
        }
        return place == 0 ? List.of() : List.of(ids.get(place - 1));
    }

    private Set<String> behindOf(String environment) {
        Set<String> found = new LinkedHashSet<>();
        for (String later : ids) {
            if (after.get(later).stream().anyMatch(id -> id.equals(environment) || found.contains(id))) {
                found.add(later);
            }
        }
        return found;
    }

    List<ModelStage> stops() {
        return stops;
    }

    List<String> ids() {
        return ids;
    }

    /** -1 if it is not in the pipeline. */
    int indexOf(String environment) {
        return ids.indexOf(environment);
    }

    boolean has(String environment) {
        return after.containsKey(environment);
    }

    boolean isFirst(String environment) {
        return !ids.isEmpty() && ids.get(0).equals(environment);
    }

    ModelStage stop(String environment) {
        return stops.get(indexOf(environment));
    }

    /** The environments that it comes directly after, in pipeline order. */
    List<String> predecessors(String environment) {
        return after.get(environment);
    }

    /** All that come after it, directly or indirectly. */
    Set<String> successors(String environment) {
        return behind.get(environment);
    }

    /** Those after which no other comes. */
    List<String> ends() {
        return ids.stream().filter(id -> successors(id).isEmpty()).toList();
    }

    StageView view(String environment) {
        ModelStage stop = stop(environment);
        return new StageView(
                stop.id(),
                stop.title(),
                stop.tier(),
                indexOf(environment),
                stop.after() == null ? predecessors(environment) : stop.after(),
                stop.policy());
    }

    List<StageView> views() {
        return ids.stream().map(this::view).toList();
    }

    /** Whether the order of the environments, or what they come after, differs from {@code old}. */
    boolean isOrderedOtherwiseThan(ModelPipeline old) {
        return !ids.equals(old.ids) || !after.equals(old.after);
    }
}
