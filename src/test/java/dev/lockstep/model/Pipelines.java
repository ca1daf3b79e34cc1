package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Pipelines for {@code pipeline.define}: small changes of the one there is, or any other. */
record Pipelines(Random random) {

    static final List<String> NAMES = List.of("development", "staging", "production", "qa", "canary", "eu-1");
    private static final List<String> TIERS = List.of("development", "testing", "staging", "production");

    ArrayNode next(List<Stop> today, boolean plausible) {
        List<Stop> stops = new ArrayList<>(today);
        if (stops.isEmpty() || !plausible && random.nextInt(2) == 0) {
            return json(anyOther());
        }
        switch (random.nextInt(5)) {
            case 0 -> add(stops);
            case 1 -> drop(stops, plausible);
            case 2 -> swap(stops, plausible);
            case 3 -> retier(stops);
            default -> { // as it is: accepted, no event
            }
        }
        return json(stops);
    }

    private List<Stop> anyOther() {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        if (random.nextInt(3) > 0) {
            names.remove("development");
            names.add(0, "development");
        }
        return new ArrayList<>(names.subList(0, 1 + random.nextInt(5)))
                .stream().map(this::stop).toList();
    }

    private void add(List<Stop> stops) {
        List<String> missing = NAMES.stream()
                .filter(name -> stops.stream().noneMatch(stop -> stop.id().equals(name)))
                .toList();
        if (!missing.isEmpty()) {
            stops.add(1 + random.nextInt(stops.size()), stop(missing.get(random.nextInt(missing.size()))));
        }
    }

    private void drop(List<Stop> stops, boolean notTheFirst) {
        if (stops.size() > 1) {
            stops.remove(notTheFirst ? 1 + random.nextInt(stops.size() - 1) : random.nextInt(stops.size()));
        }
    }

    private void swap(List<Stop> stops, boolean notTheFirst) {
        int from = notTheFirst ? 1 : 0;
        if (stops.size() > from + 1) {
            int one = from + random.nextInt(stops.size() - from);
            int other = from + random.nextInt(stops.size() - from);
            Collections.swap(stops, one, other);
        }
    }

    private void retier(List<Stop> stops) {
        int place = random.nextInt(stops.size());
        stops.set(place, stop(stops.get(place).id()));
    }

    private Stop stop(String name) {
        return new Stop(name, random.nextInt(4) == 0 ? null : TIERS.get(random.nextInt(TIERS.size())));
    }

    private static ArrayNode json(List<Stop> stops) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (Stop stop : stops) {
            ObjectNode one = json.addObject().put("id", stop.id());
            if (stop.tier() != null) {
                one.put("tier", stop.tier());
            }
        }
        return json;
    }
}
