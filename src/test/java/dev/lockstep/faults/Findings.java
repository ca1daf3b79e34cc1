package dev.lockstep.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The broken guarantees that were found: all are counted, and the first of each kind are listed. */
final class Findings {

    /** The guarantees of the contract's section 7, by how they can be broken. */
    enum Breach {
        LOST("lost"),
        DOUBLED("doubled"),
        OUT_OF_ORDER("out-of-order"),
        WENT_BACK("went-back"),
        GAP("gaps"),
        TORN("torn"),
        LATE("late"),
        DIFFERING("differing"),
        /** It had no consequences, but only because a second line of defence held; the first one did not. */
        UNGUARDED("unguarded");

        private final String label;

        Breach(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    private static final int MAX_LISTED = 12;

    private final Map<Breach, Long> counts = new EnumMap<>(Breach.class);
    private final Map<Breach, List<String>> listed = new EnumMap<>(Breach.class);

    synchronized void add(Breach breach, String what) {
        counts.merge(breach, 1L, Long::sum);
        List<String> first = listed.computeIfAbsent(breach, b -> new ArrayList<>());
        if (first.size() < MAX_LISTED) {
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
        listed.forEach((breach, first) -> first.forEach(what -> lines.add(breach.label() + ": " + what)));
        return lines;
    }
}
