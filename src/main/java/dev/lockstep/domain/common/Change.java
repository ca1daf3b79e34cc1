package dev.lockstep.domain.common;

/**
 * An optional field of an update: left out, cleared, or set.
 *
 * @param named whether the command named the field at all
 * @param value the new value; null clears the field
 */
public record Change<T>(boolean named, T value) {
    private static final Change<?> KEEP = new Change<>(false, null);

    @SuppressWarnings("unchecked")
    public static <T> Change<T> keep() {
        return (Change<T>) KEEP;
    }

    public static <T> Change<T> to(T value) {
        return new Change<>(true, value);
    }

    public static <T> Change<T> clear() {
        return new Change<>(true, null);
    }

    /** The field's value after the update, given the one before. */
    public T over(T before) {
        return named ? value : before;
    }
}
