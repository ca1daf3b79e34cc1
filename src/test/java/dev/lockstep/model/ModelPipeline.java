package dev.lockstep.model;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An application's environments in order, and what stands before and behind what. */
final class ModelPipeline {

    static final ModelPipeline NONE = new ModelPipeline(List.of());
    /** Rule 1. */
    static final ModelPipeline DEFAULT = new ModelPipeline(Stop.tiers("development", "staging", "production"));

    private final List<Stop> stops;
    private final List<String> ids;
    private final Map<String, List<String>> after = new HashMap<>();
    private final Map<String, Set<String>> behind = new HashMap<>();

    ModelPipeline(List<Stop> stops) {
        this.stops = List.copyOf(stops);
        this.ids = stops.stream().map(Stop::id).toList();
        ids.forEach(id -> after.put(id, afterOf(id)));
        ids.forEach(id -> behind.put(id, behindOf(id)));
    }

    private List<String> afterOf(String environment) {
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

    List<Stop> stops() {
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

    Stop stop(String environment) {
        return stops.get(indexOf(environment));
    }

    /** What it comes directly after, in the pipeline's order. */
    List<String> after(String environment) {
        return after.get(environment);
    }

    /** All that come after it, directly or further on. */
    Set<String> behind(String environment) {
        return behind.get(environment);
    }

    /** Those that no other comes after. */
    List<String> ends() {
        return ids.stream().filter(id -> behind(id).isEmpty()).toList();
    }

    StopView view(String environment) {
        Stop stop = stop(environment);
        return new StopView(
                stop.id(),
                stop.title(),
                stop.tier(),
                indexOf(environment),
                stop.after() == null ? after(environment) : stop.after(),
                stop.policy());
    }

    List<StopView> views() {
        return ids.stream().map(this::view).toList();
    }

    /** Whether the order of the environments, or what they come after, is another than in {@code old}. */
    boolean isOrderedOtherwiseThan(ModelPipeline old) {
        return !ids.equals(old.ids) || !after.equals(old.after);
    }
}
