package dev.lockstep.board.api;

/** The parameter {@code limit}: the number of items on a page. */
final class PageLimit {

    static final int DEFAULT = 50;
    static final int MAX = 100;

    private PageLimit() {}

    static int of(String asked) {
        if (asked == null) {
            return DEFAULT;
        }
        try {
            int limit = Integer.parseInt(asked);
            if (limit >= 1 && limit <= MAX) {
                return limit;
            }
        } catch (NumberFormatException malformed) {
            // reported below
        }
        throw ProblemException.invalidParameter("limit", "must be from 1 to " + MAX);
    }
}
