package dev.lockstep.domain.release;

import dev.lockstep.domain.common.FieldChange;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The notes and labels of a release, which may change at any time because they do not affect what runs (rule 17).
 *
 * @param notes or null
 * @param labels by name, in the order in which they came
 */
public record Annotations(String notes, Map<String, String> labels) {

    /** The most labels that a release can have. */
    public static final int MAX_LABELS = 20;

    public static final Annotations NONE = new Annotations(null, Map.of());

    public Annotations {
        labels = Collections.unmodifiableMap(labels);
    }

    /** A copy with these labels added, or replacing those of the same name; a null value removes one. */
    public Annotations with(FieldChange<String> notes, Map<String, String> changed) {
        Map<String, String> merged = new LinkedHashMap<>(labels);
        changed.forEach((name, value) -> {
            if (value == null) {
                merged.remove(name);
            } else {
                merged.put(name, value);
            }
        });
        return new Annotations(notes.applyTo(this.notes), merged);
    }
}
