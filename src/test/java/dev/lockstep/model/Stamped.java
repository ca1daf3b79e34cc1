package dev.lockstep.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A status with the revisions between which its record last changed, both inclusive. They differ only where one command
 * made several events and the contract leaves open which of them changed this record.
 */
public record Stamped<V>(V value, long from, long to) {

    /** The new statuses: what did not change keeps its stamp. */
    static <V> Map<String, Stamped<V>> restamp(
            Map<String, Stamped<V>> before, Map<String, V> now, Set<String> touched, long from, long to) {
        Map<String, Stamped<V>> after = new LinkedHashMap<>();
        now.forEach((id, value) -> {
            Stamped<V> old = before.get(id);
            boolean unchanged = old != null && old.value.equals(value) && !touched.contains(id);
            after.put(id, unchanged ? old : new Stamped<>(value, from, to));
        });
        return after;
    }
}
