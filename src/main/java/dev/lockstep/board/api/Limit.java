package dev.lockstep.board.api;

/** How many a page has. */
final class Limit {

    static final int DEFAULT = 50;
    static final int MOST = 100;

    private Limit() {}

    static int of(String asked) {
        if (asked == null) {
            return DEFAULT;
        }
        try {
            int limit = Integer.parseInt(asked);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException notOne) {
            // said below
        }
        throw Problem.invalid("limit", "must be from 1 to " + MOST);
    }
}
