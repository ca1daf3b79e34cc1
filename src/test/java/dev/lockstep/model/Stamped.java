package dev.lockstep.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A status with the revision of the last event of the command that changed it. */
public record Stamped<V>(V value, long revision) {

    /** The new statuses: those that neither changed nor were touched keep their stamps. */
    static <V> Map<String, Stamped<V>> restamp(
            Map<String, Stamped<V>> before, Map<String, V> now, Set<String> touched, long revision) {
        Map<String, Stamped<V>> after = new LinkedHashMap<>();
        now.forEach((id, value) -> after.put(
                id, touched.contains(id) ? new Stamped<>(value, revision) : of(before.get(id), value, revision)));
        return after;
    }

    /** The previous one, if it says the same. */
    static <V> Stamped<V> of(Stamped<V> before, V value, long revision) {
        return before != null && before.value.equals(value) ? before : new Stamped<>(value, revision);
    }
}
