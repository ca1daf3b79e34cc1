package dev.lockstep.failure;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The chain of causes of a failure. */
public final class Causes {

    private Causes() {}

    /** The failure itself, its cause, and so on down to the root. */
    public static Stream<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
    }

    /** @return the outermost failure of that type, or null */
    public static <T> @Nullable T first(Throwable failure, Class<T> type) {
        return chain(failure)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(null);
    }
}
