package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Pipelines for {@code pipeline.define}: small changes of the one there is, or any other. What is dropped, and what comes
 * back, most often has a line: that is what there is to be forgotten.
 */
record Pipelines(Random random, ReferenceModel model) {

    static final List<String> NAMES = List.of("development", "staging", "production", "qa", "canary", "eu-1");
    private static final List<String> TIERS = List.of("development", "testing", "staging", "production");

    ArrayNode next(String application, boolean plausible) {
        List<Stop> stops = new ArrayList<>(model.pipeline(application));
        if (stops.isEmpty() || !plausible && random.nextInt(2) == 0) {
            return json(anyOther());
        }
        switch (random.nextInt(8)) {
            case 0, 1 -> add(stops, application);
            case 2, 3, 4 -> drop(stops, plausible, application);
            case 5 -> swap(stops, plausible);
            case 6 -> retier(stops);
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

    private void add(List<Stop> stops, String application) {
        List<String> missing = NAMES.stream()
                .filter(name -> stops.stream().noneMatch(stop -> stop.id().equals(name)))
                .toList();
        List<String> missed = missing.stream()
                .filter(name -> !model.line(application, name).isEmpty())
                .toList();
        List<String> names = missed.isEmpty() ? missing : missed;
        if (!names.isEmpty()) {
            stops.add(1 + random.nextInt(stops.size()), stop(names.get(random.nextInt(names.size()))));
        }
    }

    private void drop(List<Stop> stops, boolean notTheFirst, String application) {
        List<Stop> emptied = stops.stream()
                .filter(stop -> !model.line(application, stop.id()).isEmpty())
                .filter(stop ->
                        model.environments(application).get(stop.id()).value().current() == null)
                .toList();
        if (notTheFirst && !emptied.isEmpty()) {
            stops.remove(emptied.get(random.nextInt(emptied.size())));
        } else if (stops.size() > 1) {
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
