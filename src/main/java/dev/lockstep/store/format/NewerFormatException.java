package dev.lockstep.store.format;

/**
 * A newer version has written a row that this one cannot read. It must not be rewritten without the data that this one does
 * not understand, and cannot be skipped without breaking the order.
 */
public final class NewerFormatException extends RuntimeException {

    private NewerFormatException(String table, String what) {
        super("the table " + table + " has rows " + what
                + ": run the version that wrote them, or a newer one. See docs/operations.md");
    }

    /** @param constant one of the current format that this version does not know */
    static NewerFormatException unknownConstant(String table, Object constant) {
        return new NewerFormatException(table, "with the value " + constant + ", which this version does not know");
    }

    /** @return the constant with that name; null for null */
    public static <E extends Enum<E>> E parseConstant(String table, Class<E> type, String name) {
        if (name == null) {
            return null;
        }
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw unknownConstant(table, name);
        }
    }

    /** @throws NewerFormatException if {@code format} is above what this version knows */
    public static void requireKnown(String table, int format, int known) {
        if (format > known) {
            throw new NewerFormatException(
                    table, "of format " + format + ", and this version reads formats up to " + known);
        }
    }
}
