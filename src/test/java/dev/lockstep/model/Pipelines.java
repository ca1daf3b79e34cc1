package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Pipelines for {@code pipeline.define}: small changes to the existing one, or any other, linear and branched. What is
 * dropped, and what comes back, usually has a line: that is what might be forgotten.
 */
record Pipelines(Random random, ReferenceModel model, DeploymentSamples lives) {

    static final List<String> NAMES = List.of(
            "development", "staging", "production", "qa", "canary", "eu-1", "eu-2", "us-1", "load-test", "demo");
    private static final List<String> TIERS = List.of("development", "testing", "staging", "production");
    private static final int MAX_LENGTH = 8;

    ArrayNode next(String application, boolean plausible) {
        List<ModelStage> stops = new ArrayList<>(model.pipeline(application));
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

    private List<ModelStage> anyOther() {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        if (random.nextInt(3) > 0) {
            names.remove("development");
            names.add(0, "development");
        }
        return names.subList(0, random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(MAX_LENGTH)).stream()
                .map(ModelStage::named)
                .toList();
    }

    private void add(List<ModelStage> stops, String application) {
        List<String> missing = NAMES.stream()
                .filter(name -> stops.stream().noneMatch(stop -> stop.id().equals(name)))
                .toList();
        List<String> missed = missing.stream()
                .filter(name -> !model.line(application, name).isEmpty())
                .toList();
        List<String> names = missed.isEmpty() ? missing : missed;
        if (!names.isEmpty() && stops.size() < MAX_LENGTH) {
            stops.add(1 + random.nextInt(stops.size()), ModelStage.named(oneOf(names)));
        }
    }

    private void drop(List<ModelStage> stops, boolean notTheFirst, String application) {
        List<ModelStage> emptied = stops.stream()
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

    private void swap(List<ModelStage> stops, boolean notTheFirst) {
        int from = notTheFirst ? 1 : 0;
        if (stops.size() > from + 1) {
            int one = from + random.nextInt(stops.size() - from);
            int other = from + random.nextInt(stops.size() - from);
            Collections.swap(stops, one, other);
        }
    }

    /**
     * @param plausible whether to fix some of the {@code after}s that would be kept but no longer fit the new order
     * @param changes   one in this many members is named, 0 for none
     */
    private ArrayNode json(List<ModelStage> stops, boolean plausible, int changes) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        List<String> earlier = new ArrayList<>();
        for (ModelStage stop : stops) {
            ObjectNode node = json.addObject().put("id", stop.id());
            if (oneIn(changes)) {
                title(node);
            }
            if (oneIn(changes)) {
                tier(node);
            }
            boolean misplaced = stop.after() != null && !earlier.containsAll(stop.after());
            if (!earlier.isEmpty() && (oneIn(changes) || plausible && misplaced && random.nextInt(3) == 0)) {
                after(node, earlier);
            }
            if (!earlier.isEmpty() && oneIn(2 * changes)) {
                policy(node, earlier.size());
            }
            if (earlier.isEmpty() && oneIn(3 * changes)) {
                node.putNull(random.nextBoolean() ? "after" : "policy");
            }
            earlier.add(stop.id());
        }
        return json;
    }

    private void title(ObjectNode node) {
        node.put("title", random.nextInt(3) == 0 ? null : "Where «" + random.nextInt(3) + "» runs");
    }

    private void tier(ObjectNode node) {
        node.put("tier", random.nextInt(4) == 0 ? null : oneOf(TIERS));
    }

    private void after(ObjectNode node, List<String> earlier) {
        if (random.nextInt(5) == 0) {
            node.putNull("after");
            return;
        }
        List<String> chosen = new ArrayList<>(earlier);
        Collections.shuffle(chosen, random);
        ArrayNode named = node.putArray("after");
        chosen.subList(0, 1 + random.nextInt(Math.min(3, chosen.size()))).forEach(named::add);
    }

    private void policy(ObjectNode node, int place) {
        switch (random.nextInt(6)) {
            case 0 -> node.putNull("policy");
            case 1 -> node.putObject("policy").putNull("onlyNewer");
            case 2 -> node.putObject("policy").put("onlyNewer", false);
            default -> {
                ObjectNode policy = node.putObject("policy");
                lives.policy(policy);
                lives.soak(policy, place);
            }
        }
    }

    private boolean oneIn(int many) {
        return many > 0 && random.nextInt(many) == 0;
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
