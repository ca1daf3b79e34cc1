package dev.lockstep.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that was measured, and what it says about the goals. */
final class Measurements {

    /** @param contender who was measured, and under what conditions */
    record Key(String figure, String contender, String measure, String unit) {}

    /** @param atLeast whether more is better */
    record Goal(String text, boolean atLeast, double wanted, Series found) {

        boolean met() {
            return atLeast ? found.median() >= wanted : found.median() <= wanted;
        }
    }

    private final Map<Key, Series> series = new LinkedHashMap<>();
    private final Map<String, Object> background = new LinkedHashMap<>();
    private final List<Goal> goals = new ArrayList<>();

    void add(String figure, String contender, String measure, String unit, double value) {
        series(figure, contender, measure, unit).add(value);
    }

    Series series(String figure, String contender, String measure, String unit) {
        return series.computeIfAbsent(new Key(figure, contender, measure, unit), key -> new Series());
    }

    /** What a reader must know to judge the figures. */
    void background(String name, Object value) {
        background.put(name, value);
    }

    void goal(String text, boolean atLeast, double wanted, Series found) {
        goals.add(new Goal(text, atLeast, wanted, found));
    }

    Map<Key, Series> series() {
        return series;
    }

    Map<String, Object> background() {
        return background;
    }

    List<Goal> goals() {
        return goals;
    }
}
