package dev.lockstep.board.api;

/** How many a page has. */
final class Limit {

    private static final int DEFAULT = 50;
    private static final int MOST = 200;

    private Limit() {}

    static int of(Integer asked) {
        if (asked == null) {
            return DEFAULT;
        }
        if (asked < 1 || asked > MOST) {
            throw Problem.invalid("limit", "must be from 1 to " + MOST);
        }
        return asked;
    }
}
