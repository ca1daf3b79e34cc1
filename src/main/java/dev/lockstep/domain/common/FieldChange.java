package dev.lockstep.domain.common;

/**
 * An optional field of an update: left out, cleared, or set.
 *
 * @param isPresent whether the command named the field at all
 * @param value the new value; null clears the field
 */
public record FieldChange<T>(boolean isPresent, T value) {
    private static final FieldChange<?> KEEP = new FieldChange<>(false, null);

    @SuppressWarnings("unchecked")
    public static <T> FieldChange<T> keep() {
        return (FieldChange<T>) KEEP;
    }

    public static <T> FieldChange<T> to(T value) {
        return new FieldChange<>(true, value);
    }

    public static <T> FieldChange<T> clear() {
        return new FieldChange<>(true, null);
    }

    /** The field's value after the update, given the one before. */
    public T applyTo(T before) {
        return isPresent ? value : before;
    }
}
