package dev.lockstep.board.api;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What somebody looks for, as Postgres' full text search takes it: all words, each the beginning of one. */
final class Words {

    private static final int MOST = 200;

    private Words() {}

    /** @return null when nothing is looked for */
    static String query(String words) {
        if (words == null || words.isBlank()) {
            return null;
        }
        if (words.length() > MOST) {
            throw Problem.invalid("q", "must have up to " + MOST + " characters");
        }
        return Arrays.stream(words.replace('\0', ' ').strip().split("\\s+"))
                .map(word -> "'" + word.replace("\\", "\\\\").replace("'", "''") + "':*")
                .collect(Collectors.joining(" & "));
    }
}
