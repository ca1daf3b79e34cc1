package dev.lockstep.store;

/**
 * A newer version has written a row that this one cannot read. It must not be written again without what this version does
 * not understand, and the order forbids passing over it.
 */
public final class NewerFormatException extends RuntimeException {

    private NewerFormatException(String table, int format, int known) {
        super("the table " + table + " has rows of format " + format + ", and this version reads formats up to " + known
                + ": run the version that wrote them, or a newer one. See docs/operations.md");
    }

    /** @throws NewerFormatException when {@code format} is above what this version knows */
    static void check(String table, int format, int known) {
        if (format > known) {
            throw new NewerFormatException(table, format, known);
        }
    }
}
