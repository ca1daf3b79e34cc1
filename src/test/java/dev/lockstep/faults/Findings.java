package dev.lockstep.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was found to break a promise: counted all, told the first of each kind. */
final class Findings {

    /** The promises of the contract's section 7, by how they break. */
    enum Breach {
        LOST("lost"),
        DOUBLED("doubled"),
        OUT_OF_ORDER("out-of-order"),
        WENT_BACK("went-back"),
        GAP("gaps"),
        TORN("torn"),
        LATE("late"),
        DIFFERING("differing"),
        /** Nothing came of it, but only because a second line of defence held: the first one did not. */
        UNGUARDED("unguarded");

        private final String label;

        Breach(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    private static final int TOLD = 12;

    private final Map<Breach, Long> counts = new EnumMap<>(Breach.class);
    private final Map<Breach, List<String>> told = new EnumMap<>(Breach.class);

    synchronized void add(Breach breach, String what) {
        counts.merge(breach, 1L, Long::sum);
        List<String> first = told.computeIfAbsent(breach, b -> new ArrayList<>());
        if (first.size() < TOLD) {
            first.add(what);
        }
    }

    void addAll(Breach breach, List<String> all) {
        all.forEach(what -> add(breach, what));
    }

    synchronized long count(Breach breach) {
        return counts.getOrDefault(breach, 0L);
    }

    synchronized boolean none() {
        return counts.isEmpty();
    }

    /** One line for each. */
    synchronized List<String> tell() {
        List<String> lines = new ArrayList<>();
        told.forEach((breach, first) -> first.forEach(what -> lines.add(breach.label() + ": " + what)));
        return lines;
    }
}
