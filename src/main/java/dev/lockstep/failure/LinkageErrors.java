package dev.lockstep.failure;

import org.jspecify.annotations.Nullable;

/** Detects failures to load code or a native library. Retrying does not help. */
public final class LinkageErrors {

    private LinkageErrors() {}

    /** @return what cannot be loaded, in words; null if the failure is something else */
    public static @Nullable String findIn(Throwable failure) {
        return Causes.chain(failure)
                .filter(LinkageError.class::isInstance)
                .reduce((outer, inner) -> inner)
                .map(LinkageErrors::describe)
                .orElse(null);
    }

    /** In one line. */
    public static String describe(Throwable error) {
        Throwable told = error.getMessage() == null && error.getCause() != null ? error.getCause() : error;
        String message = told.getMessage() == null
                ? ""
                : ": " + told.getMessage().strip().lines().findFirst().orElse("");
        return told.getClass().getSimpleName() + message;
    }
}
