package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Pipelines for {@code pipeline.define}: small changes of the one there is, or any other, straight and branched. What is
 * dropped, and what comes back, most often has a line: that is what there is to be forgotten.
 */
record Pipelines(Random random, ReferenceModel model, Lives lives) {

    static final List<String> NAMES = List.of(
            "development", "staging", "production", "qa", "canary", "eu-1", "eu-2", "us-1", "load-test", "demo");
    private static final List<String> TIERS = List.of("development", "testing", "staging", "production");
    private static final int LONGEST = 8;

    ArrayNode next(String application, boolean plausible) {
        List<Stop> stops = new ArrayList<>(model.pipeline(application));
        if (stops.isEmpty() || !plausible && random.nextInt(2) == 0) {
            return json(anyOther(), plausible, 2);
        }
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> add(stops, application);
            case 3, 4, 5 -> drop(stops, plausible, application);
            case 6 -> swap(stops, plausible);
            case 7 -> { // as it is: accepted, no event
                return json(stops, plausible, 0);
            }
            default -> {
                return json(stops, plausible, 3);
            }
        }
        return json(stops, plausible, 5);
    }

    private List<Stop> anyOther() {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        if (random.nextInt(3) > 0) {
            names.remove("development");
            names.add(0, "development");
        }
        return names.subList(0, random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(LONGEST)).stream()
                .map(Stop::named)
                .toList();
    }

    private void add(List<Stop> stops, String application) {
        List<String> missing = NAMES.stream()
                .filter(name -> stops.stream().noneMatch(stop -> stop.id().equals(name)))
                .toList();
        List<String> missed = missing.stream()
                .filter(name -> !model.line(application, name).isEmpty())
                .toList();
        List<String> names = missed.isEmpty() ? missing : missed;
        if (!names.isEmpty() && stops.size() < LONGEST) {
            stops.add(1 + random.nextInt(stops.size()), Stop.named(oneOf(names)));
        }
    }

    private void drop(List<Stop> stops, boolean notTheFirst, String application) {
        List<Stop> emptied = stops.stream()
                .filter(stop -> !model.line(application, stop.id()).isEmpty())
                .filter(stop -> model.environments(application).containsKey(stop.id()))
                .filter(stop ->
                        model.environments(application).get(stop.id()).value().current() == null)
                .toList();
        if (notTheFirst && !emptied.isEmpty()) {
            stops.remove(oneOf(emptied));
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

    /**
     * @param plausible whether to mend some of what the new order makes of an {@code after} that would be kept
     * @param changes   one member in how many is named, 0 for none
     */
    private ArrayNode json(List<Stop> stops, boolean plausible, int changes) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        List<String> earlier = new ArrayList<>();
        for (Stop stop : stops) {
            ObjectNode one = json.addObject().put("id", stop.id());
            if (oneIn(changes)) {
                title(one);
            }
            if (oneIn(changes)) {
                tier(one);
            }
            boolean misplaced = stop.after() != null && !earlier.containsAll(stop.after());
            if (!earlier.isEmpty() && (oneIn(changes) || plausible && misplaced && random.nextInt(3) == 0)) {
                after(one, earlier);
            }
            if (!earlier.isEmpty() && oneIn(2 * changes)) {
                policy(one);
            }
            if (earlier.isEmpty() && oneIn(3 * changes)) {
                one.putNull(random.nextBoolean() ? "after" : "policy");
            }
            earlier.add(stop.id());
        }
        return json;
    }

    private void title(ObjectNode one) {
        one.put("title", random.nextInt(3) == 0 ? null : "Where «" + random.nextInt(3) + "» runs");
    }

    private void tier(ObjectNode one) {
        one.put("tier", random.nextInt(4) == 0 ? null : oneOf(TIERS));
    }

    private void after(ObjectNode one, List<String> earlier) {
        if (random.nextInt(5) == 0) {
            one.putNull("after");
            return;
        }
        List<String> chosen = new ArrayList<>(earlier);
        Collections.shuffle(chosen, random);
        ArrayNode named = one.putArray("after");
        chosen.subList(0, 1 + random.nextInt(Math.min(3, chosen.size()))).forEach(named::add);
    }

    private void policy(ObjectNode one) {
        switch (random.nextInt(6)) {
            case 0 -> one.putNull("policy");
            case 1 -> one.putObject("policy").putNull("onlyNewer");
            case 2 -> one.putObject("policy").put("onlyNewer", false);
            default -> lives.policy(one.putObject("policy"));
        }
    }

    private boolean oneIn(int many) {
        return many > 0 && random.nextInt(many) == 0;
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
